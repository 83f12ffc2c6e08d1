"""The made log of decisions holds what it says: known chances, outcomes under every channel, one truth."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from nbalib.conversations.topics import load_topics
from nbalib.decisions.channels import CHANNELS
from nbalib.errors import ParameterError
from nbalib.feature_catalogue import features_schema
from nbalib.params import Policy
from nbalib.sources.synthetic.decision_log import ACTIONS, DECISION_LOG, made_decision_log
from nbalib.sources.synthetic.decision_log.log import drawn_actions
from nbalib.sources.synthetic.decision_log.moments import TOPICS
from nbalib.sources.synthetic.decision_log.truth import chances, log_odds, propensities

N = 40_000
DM, EMAIL, CALL, NOTHING = range(4)


@pytest.fixture(scope="module")
def log_table() -> pa.Table:
    """Make one log for all tests."""
    return made_decision_log(N, seed=3)


@pytest.fixture(scope="module")
def frame(log_table) -> pd.DataFrame:
    """Give it as a frame."""
    return log_table.to_pandas()


def each(frame: pd.DataFrame, prefix: str) -> np.ndarray:
    """Give the columns of `prefix`, one a channel, shape (n, 4)."""
    return frame[[f"{prefix}_{action}" for action in ACTIONS]].to_numpy()


def situation(**changed: object) -> pa.Table:
    """Give one moment of which only what `changed` says is remarkable."""
    plain = {
        "awaiting": "nobody",
        "n_interactions": 1,
        "mood": 0.0,
        "hours_since_customer": 0.0,
        "asked_channel": None,
        "topic": None,
        "n_contacts_7d": 0,
        "is_followed_up": False,
        **dict.fromkeys(("is_complaint", "is_escalation", "is_urgent", "says_thanks"), False),
    }
    return pa.Table.from_pylist([plain | changed])


def test_the_channels_are_those_of_the_decisions():
    """The log speaks of the same channels, in the same order, and no contact stands last."""
    assert list(CHANNELS) == list(ACTIONS)
    assert {name for name in TOPICS if name} <= {topic.label for topic in load_topics().topics}


def test_the_log_begins_with_the_features(log_table):
    """Whoever reads features reads the log: same names, types and order, and no null where none may be."""
    assert log_table.schema.equals(DECISION_LOG)
    assert list(DECISION_LOG)[: len(features_schema())] == list(features_schema())
    log_table.validate(full=True)
    nulls = {field.name for field in DECISION_LOG if log_table[field.name].null_count}
    assert nulls <= {field.name for field in features_schema() if field.nullable}
    assert len(set(log_table["decision_id"].to_pylist())) == N


def test_one_seed_makes_one_log(log_table):
    """The same seed makes the same rows, and another seed others."""
    assert made_decision_log(N, seed=3).equals(log_table)
    assert not made_decision_log(100, seed=4)["channel"].equals(made_decision_log(100, seed=3)["channel"])


def test_the_features_hold_together(frame):
    """Nobody is asked for anything before an agent wrote, and what is counted adds up."""
    assert (frame["n_interactions"] == frame["n_customer_messages"] + frame["n_agent_messages"]).all()
    alone = frame["n_agent_messages"] == 0
    answered = ["hours_since_agent", "first_response_hours", "asked_channel", "asked_for", "promised"]
    assert frame.loc[alone, answered].isna().all(axis=None)
    assert frame.loc[~alone, answered[:2]].notna().all(axis=None)
    assert (frame.loc[alone, "last_author"] == "customer").all()
    last = frame[["hours_since_customer", "hours_since_agent"]].min(axis=1)
    assert np.allclose(last, frame["hours_since_last"])
    assert (frame["hours_open"] >= frame["hours_since_customer"]).all()
    assert (frame.loc[frame["moved_private"], "awaiting"] == "customer").all()


def test_chances_are_positive_where_contact_is_allowed(frame):
    """They add up to 1, and are 0 for every contact where the policy forbids one, and nowhere else."""
    chance = each(frame, "propensity")
    forbidden = (frame["n_contacts_7d"] >= Policy().max_contacts_7d) | frame["is_followed_up"]
    assert np.abs(chance.sum(axis=1) - 1).max() < 1e-12
    assert (chance[forbidden] == [0, 0, 0, 1]).all()
    assert chance[~forbidden].min() > 0.005
    assert 0.05 < forbidden.mean() < 0.15


def test_channels_are_drawn_by_their_chances(frame):
    """In each band of chance a channel is chosen about as often as the chance says."""
    for place, action in enumerate(ACTIONS):
        chance = each(frame, "propensity")[:, place]
        band = pd.cut(chance, [0, 0.05, 0.1, 0.2, 0.4, 0.7, 1])
        bands = pd.DataFrame({"p": chance, "is_chosen": frame["channel"] == action}).groupby(
            band, observed=True
        )
        off = (bands["is_chosen"].mean() - bands["p"].mean()) / np.sqrt(0.25 / bands.size())
        assert off.abs().max() < 4.5


def test_a_channel_without_a_chance_is_never_drawn():
    """The smallest and the largest number of the stream fall on channels that have a chance."""
    chance = np.array([[0.0, 0.5, 0.5, 0.0]])
    assert [int(drawn_actions(chance, np.array([unit]))[0]) for unit in (0.0, 0.49, 0.5, 1 - 2**-53)] == [
        1,
        1,
        2,
        2,
    ]


def test_the_logged_columns_are_those_of_the_channel(frame):
    """What the log says of the chosen channel is what stands in that channel's own columns."""
    chosen = frame["channel"].map(list(ACTIONS).index).to_numpy()
    for prefix, logged in (("propensity", "propensity"), ("resolved_if", "resolved")):
        assert (each(frame, prefix)[np.arange(N), chosen] == frame[logged]).all()
    assert (each(frame, "p_resolved_if")[np.arange(N), chosen] == frame["p_resolved_logged"]).all()
    mean = (each(frame, "p_resolved_if") * each(frame, "propensity")).sum(axis=1)
    assert np.allclose(mean, frame["p_resolved_known"], atol=1e-6)


def test_the_truth_is_the_table_that_is_stated():
    """One situation by hand: an escalation, a day old, in a mood of -0.5."""
    (odds,) = log_odds(situation(is_escalation=True, hours_since_customer=24.0, mood=-0.5))
    assert odds == pytest.approx(
        [
            0.70 - 1.90 - 0.50 - 0.65,
            0.45 - 1.80 - 0.35 - 0.60,
            0.10 - 0.60 - 0.45 - 0.45,
            -0.10 - 2.10 - 0.50 - 0.75,
        ]
    )
    (chance,) = propensities(situation(is_escalation=True, asked_channel="email"), Policy())
    weights = [4 * 0.5 * 0.5, 2 * 0.5 * 3, 0.75 * 5, 1.5 * 0.5]
    assert chance == pytest.approx([weight / sum(weights) for weight in weights])


def test_customers_of_all_kinds_are_averaged():
    """By hand, for log-odds 1 and customers evenly between -3 and +3 around it; without any, logistic."""
    spread = 3 / np.sqrt(3)
    by_hand = (log(1 + exp(4)) - log(1 + exp(-2))) / 6
    assert chances(np.array([[1.0]]), spread)[0, 0] == pytest.approx(by_hand, abs=1e-6)
    assert chances(np.array([[1.0]]), 0)[0, 0] == pytest.approx(1 / (1 + exp(-1)), abs=1e-6)


def test_outcomes_come_true_as_often_as_the_truth_says(frame):
    """For each channel, in each tenth of the truth: within four and a half standard errors."""
    for action in ACTIONS:
        truth, came = frame[f"p_resolved_if_{action}"], frame[f"resolved_if_{action}"]
        tenth = pd.qcut(truth, 10)
        off = came.groupby(tenth, observed=True).mean() - truth.groupby(tenth, observed=True).mean()
        assert off.abs().max() < 4.5 * np.sqrt(0.25 / (N / 10)) * 1.3  # rows of one customer are alike


def test_one_customers_outcomes_are_alike(frame):
    """What is left over of two rows of one customer goes together, and does not without effects."""

    def kinship(rows: pd.DataFrame) -> float:
        left = (rows["resolved"] - rows["p_resolved_logged"]).to_numpy()
        same = (rows["customer_id"] == rows["customer_id"].shift()).to_numpy()[1:]
        return float(np.corrcoef(left[1:][same], left[:-1][same])[0, 1])

    sizes = frame.groupby("customer_id").size()
    assert 2.8 < sizes.mean() < 3.2
    assert kinship(made_decision_log(N, 3, customer_sd=2.0).to_pandas()) > 0.2
    assert abs(kinship(made_decision_log(N, 3, customer_sd=0).to_pandas())) < 0.03
    assert frame.groupby("customer_id")["customer_effect"].nunique().max() == 1


def test_plain_averages_mislead(frame):
    """Calls look much worse than messages, since they go to hard cases, where in truth they are better."""
    looks = frame.groupby("channel")["resolved"].mean()
    truth = each(frame, "p_resolved_if")
    hard = frame["is_escalation"] | (frame["n_interactions"] > 5)
    assert looks["twitter_dm_reply"] - looks["scheduling_phone_call"] > 0.12
    assert truth[hard, CALL].mean() - truth[hard, DM].mean() > 0.08
    assert truth[:, DM].mean() - truth[:, CALL].mean() < 0.08


def test_the_best_score_is_worth_learning(frame):
    """Features carry a signal as of a hard but honest problem, and the channel adds to it."""
    known = roc_auc_score(frame["resolved"], frame["p_resolved_known"])
    logged = roc_auc_score(frame["resolved"], frame["p_resolved_logged"])
    assert 0.70 < known < logged - 0.02 < 0.80


@pytest.mark.parametrize(
    ("n", "changed"), [(0, {}), (10, {"rows_per_customer": 0.5}), (10, {"customer_sd": -1.0})]
)
def test_an_impossible_log_is_refused(n, changed):
    """No rows, less than one row a customer, and a negative spread have no log."""
    with pytest.raises(ParameterError, match="no log has"):
        made_decision_log(n, 1, **changed)
