"""A log or a policy that cannot carry an answer is refused, with the numbers that say why."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from decision_logs import by_hand, logged, made, preferring

from nbalib.decisions.rules import load_rules
from nbalib.errors import PolicyError
from nbalib.evaluation.policy import Floors, candidates, evaluate, read_log
from nbalib.evaluation.policy.chances import calibration, misfit, propensity_doubt
from nbalib.evaluation.policy.damages import with_averaged_chances, without_action
from nbalib.evaluation.policy.diagnostics import overlap_by_month
from nbalib.params import load_params
from nbalib.sources.synthetic.decision_log import ACTIONS

CALL = "scheduling_phone_call"
TWO = ("write", "wait")
BAD_ROWS = {
    "no chance": ({"propensity_write": 0.0, "propensity_wait": 1.0}, "1 of 2 actions were done although"),
    "not adding up": (
        {"propensity_wait": 0.4},
        "1 of 2 rows of logged propensities do not add up to 1: row 1, 0.9",
    ),
    "above one": (
        {"propensity_write": 1.5, "propensity_wait": -0.5},
        "2 logged propensities are not from 0 to 1: row 1, write, 1.5",
    ),
    "not a number": (
        {"propensity_wait": float("nan")},
        "1 logged propensities are not from 0 to 1: row 1, wait, nan",
    ),
    "reward too large": ({"resolved": 1.2}, "1 of 2 rewards are not from 0 to 1: row 1, 1.2"),
    "reward not a number": ({"resolved": float("nan")}, "1 of 2 rewards are not from 0 to 1: row 1, nan"),
    "no reward": ({"resolved": None}, "column 'resolved' of the log is null in 1 of 2 rows"),
    "no cluster": ({"customer_id": None}, "column 'customer_id' of the log is null in 1 of 2 rows"),
    "unknown action": (
        {"channel": "wrote"},
        "1 logged actions are unknown, such as 'wrote'; did you mean 'write'?",
    ),
}


@pytest.mark.parametrize("fault", BAD_ROWS)
def test_a_log_that_cannot_be_is_refused(fault):
    """One bad row of two is counted, and shown."""
    change, said = BAD_ROWS[fault]
    with pytest.raises(PolicyError, match=said.replace("?", r"\?")):
        read_log(logged({}, change), TWO)


def test_a_log_without_its_columns_or_rows_is_refused():
    """An absent column is named, with the nearest one there is, and an empty log is no log."""
    with pytest.raises(PolicyError, match="lacks 'resolve'; did you mean 'resolved'"):
        read_log(logged({}), TWO, reward="resolve")
    with pytest.raises(PolicyError, match="lacks 'mood'"):
        read_log(logged({}).drop_columns("mood"), TWO)
    with pytest.raises(PolicyError, match="lacks 'propensity_call'"):
        read_log(logged({}), ("write", "call"))
    with pytest.raises(PolicyError, match="the log has no decisions"):
        read_log(logged({}).slice(0, 0), TWO)


def test_a_sound_log_is_read():
    """Rows, names and places come out as they went in."""
    log = read_log(logged({}, {"channel": "wait", "resolved": 0.25, "customer_id": "made:0"}), TWO)
    assert (log.chosen.tolist(), log.reward.tolist(), log.cluster.tolist()) == ([0, 1], [1, 0.25], [0, 0])
    assert log.chosen_propensity.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (np.ones((3, 2)), r"the policy has shape \(3, 2\); the log asks for \(4, 2\)"),
        (np.ones((4, 2)), "4 of 4 rows of the policy are no chances that add up to 1: row 0, 2"),
        (
            np.array([[1, 0], [2, -1], [0, 1], [1, 0]]),
            "1 of 4 rows of the policy are no chances .*: row 1, 1",
        ),
        (np.full((4, 2), np.nan), "4 of 4 rows of the policy are no chances"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(target, said):
    """A policy is one row of chances for each decision."""
    log, _ = by_hand()
    with pytest.raises(PolicyError, match=said):
        evaluate("odd", log, target, np.zeros((4, 2)))


def test_too_little_is_refused_with_its_numbers():
    """Four rows in two clusters are too few in every respect, and no value is given."""
    log, target = by_hand()
    found = evaluate("odd", log, target, np.zeros((4, 2)))
    assert found.refused == (
        "2 clusters, fewer than 40",
        "4 rows count as 3 for this policy, fewer than 100: it does what was rarely done",
        "one cluster has 75% of the weight, more than 10%",
    )
    assert (found.estimates, found.gain) == ({}, None)
    low = Floors(min_n_effective=2, min_clusters=2, max_cluster_share=0.8)
    assert evaluate("odd", log, target, np.zeros((4, 2)), floors=low).estimates["snips"].value == 0.5


def test_no_overlap_is_refused():
    """A policy whose actions had no chance in the log cannot be judged by it; the share is said."""
    log, table = made(2000)
    found = evaluate("mail to all", log, np.eye(4)[np.ones(2000, dtype=int)], np.zeros((2000, 4)))
    forbidden = sum(table["propensity_email_reply"].to_numpy() == 0) / 2000
    assert 0.05 < forbidden < 0.15
    assert found.refused[0] == (f"{forbidden:.1%} of what it does had no chance in the log, more than 1.0%")


def test_a_policy_that_the_log_never_agrees_with_is_refused():
    """No weight at all is no overlap, and nothing is divided by it."""
    log, _ = by_hand()
    found = evaluate("never", log, np.eye(2)[1 - log.chosen], np.zeros((4, 2)))
    assert "4 rows count as 0 for this policy" in found.refused[1]
    assert found.diagnostics.largest_cluster_share == 1


def test_a_month_without_overlap_is_named():
    """A channel that did not exist in November cannot be judged there; October alone is judged."""
    whole, _ = made(6000)
    log = without_action(whole, CALL, "2017-11")
    target = np.eye(4)[np.where(log.propensity[:, 3] == 1, 3, 2)]
    months = overlap_by_month(log, target).set_index("month")
    assert months.loc["2017-10", "share_unsupported"] == 0
    assert 0.8 < months.loc["2017-11", "share_unsupported"] < 0.95  # all but whom nobody may contact
    reasons = evaluate("calls", log, target, np.zeros(target.shape)).refused
    assert any(said.startswith("in 2017-11, ") and "evaluate the other months" in said for said in reasons)
    october = (log.decided_at >= np.datetime64("2017-10-01")) & (log.decided_at < np.datetime64("2017-11-01"))
    part = log.between(datetime(2017, 10, 1, tzinfo=UTC), datetime(2017, 11, 1, tzinfo=UTC))
    assert len(part) == october.sum()
    assert evaluate("calls", part, target[october], np.zeros((len(part), 4))).refused == ()


def test_a_period_without_decisions_is_refused():
    """The message says which period there is."""
    log, _ = by_hand()
    with pytest.raises(
        PolicyError, match=r"no decision from 2018-01.*the log covers 2017-10-01.* to 2017-11-02"
    ):
        log.between(datetime(2018, 1, 1, tzinfo=UTC), datetime(2018, 2, 1, tzinfo=UTC))


def test_chances_that_do_not_fit_are_refused():
    """Right chances pass; the mean of each channel in their place does not, though it adds up overall."""
    log, _ = made(4000)
    doubt = propensity_doubt(log)
    assert misfit(doubt) == min(1, 4 * doubt["p_value"].min()) > 1e-3
    wrong = with_averaged_chances(log)
    assert propensity_doubt(wrong)["p_value"].min() < 1e-20
    (reason,) = evaluate("messages", wrong, preferring(wrong, ACTIONS[0]), np.zeros((4000, 4))).refused
    assert reason.startswith("the logged chances do not fit what was done: ")
    off = calibration(log).eval("share_done - propensity").abs()
    assert off.max() < 0.1


def test_candidates_keep_to_the_contact_policy(repository):
    """Rules and single channels do nothing where contact is forbidden, and are certain everywhere."""
    log, table = made(500)
    params, rules = load_params(repository / "params"), load_rules(repository / "params" / "rules.yaml")
    made_of = [
        candidates.by_rules(table, rules, params, ACTIONS),
        *(candidates.always(action, table, params, ACTIONS) for action in ACTIONS),
    ]
    forbidden = log.propensity[:, 3] == 1
    for target in made_of:
        assert (target.sum(axis=1) == 1).all()
        assert (target.max(axis=1) == 1).all()
        assert (target[forbidden, 3] == 1).all()
    assert (made_of[1][~forbidden, 0] == 1).all()
    with pytest.raises(PolicyError, match="no channel is named 'fax'"):
        candidates.always("fax", table, params, ACTIONS)
    with pytest.raises(PolicyError, match="2 actions are unknown, such as 'fax'"):
        candidates.by_channel(["fax", "no_action", "fax"], ACTIONS)


def test_a_damage_names_the_known_actions():
    """To leave out what there is not is a mistake."""
    log, _ = by_hand()
    with pytest.raises(PolicyError, match="no action 'wrote'; did you mean 'write'"):
        without_action(log, "wrote", "2017-10")
