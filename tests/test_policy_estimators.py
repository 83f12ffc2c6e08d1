"""The estimators give what their formulas say, and keep the laws that hold for any log."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from decision_logs import by_hand, made, preferring
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from nbalib.errors import PolicyError
from nbalib.evaluation.policy import evaluate, tables
from nbalib.evaluation.policy.diagnostics import diagnose
from nbalib.evaluation.policy.estimate import RowValues, effective_size, estimate
from nbalib.evaluation.policy.known import KNOWN, known_columns
from nbalib.evaluation.policy.outcome_model import (
    cross_fitted,
    folds,
    logistic_by_action,
    logistic_weights,
    mean_by_action,
)
from nbalib.evaluation.policy.row_values import METHODS, row_values, weights
from nbalib.sources.synthetic.decision_log import ACTIONS

PREDICTED = np.tile([0.5, 0.25], (4, 1))
BY_HAND = {
    "replay": 2 / 3,  # rows 0, 2 and 3 agree: rewards 1, 0, 1
    "direct": (0.5 + 0.5 + 0.5 + 0.25) / 4,
    "ips": (2 * 1 + 0 * 1 + 4 * 0 + 2 * 1) / 4,
    "snips": 4 / 8,
    "doubly_robust": 0.4375 + (2 * 0.5 + 0 * 0.75 + 4 * -0.5 + 2 * 0.75) / 4,
}


@pytest.mark.parametrize("method", METHODS)
def test_each_estimator_is_its_formula(method):
    """Four decisions, worked out on paper."""
    log, target = by_hand()
    assert row_values(log, target, PREDICTED)[method].value == pytest.approx(BY_HAND[method])


def test_weights_are_cut_only_where_asked():
    """The weights are 2, 0, 4 and 2, count as 64/24 rows, and a limit of 3 cuts one of them."""
    log, target = by_hand()
    assert weights(log, target).tolist() == [2, 0, 4, 2]
    assert effective_size(weights(log, target)) == pytest.approx(64 / 24)
    assert weights(log, target, 3).tolist() == [2, 0, 3, 2]
    assert diagnose(log, target).n_clipped == 0
    cut = diagnose(log, target, 3)
    assert (cut.n_clipped, cut.clipped_share) == (1, pytest.approx(1 / 8))
    assert (cut.max_weight, cut.largest_cluster_share) == (3, pytest.approx(5 / 7))
    assert row_values(log, target, PREDICTED, 3)["snips"].value == pytest.approx(4 / 7)


def test_an_interval_is_students_by_clusters():
    """Rewards 1, 0, 1, 0 as four clusters, as two of equals, and as two that cancel: on paper."""
    rows = RowValues(np.array([1.0, 0, 1, 0]), np.ones(4))
    alone = estimate("mean", rows, np.arange(4), n_effective=4)
    assert alone.standard_error == pytest.approx(np.sqrt(4 / 3 * 1 / 16))
    assert (alone.low, alone.high) == pytest.approx(
        (0.5 - 3.18245 * 0.288675, 0.5 + 3.18245 * 0.288675), abs=1e-4
    )
    alike = estimate("mean", rows, np.array([7, 9, 7, 9]), n_effective=4)
    assert (alike.standard_error, alike.n_clusters) == (pytest.approx(np.sqrt(2 * 2 / 16)), 2)
    assert alike.high - alike.low == pytest.approx(2 * 12.7062 * 0.5, abs=1e-3)
    assert estimate("mean", rows, np.array([7, 7, 9, 9]), n_effective=4).standard_error == 0
    assert alone.covers(0.6)
    assert not alone.covers(1.5)


def test_a_ratio_has_the_error_of_its_ratio():
    """SNIPS of rewards that are all 1 is 1 without error, whatever the weights; IPS is not."""
    log, target = by_hand()
    rows = row_values(replace(log, reward=np.ones(4)), target, PREDICTED)
    snips = estimate("snips", rows["snips"], np.arange(4), n_effective=1)
    assert (snips.value, snips.standard_error) == (1, 0)
    assert estimate("ips", rows["ips"], np.arange(4), n_effective=1).standard_error > 0.5


def test_no_interval_from_one_cluster():
    """One cluster tells nothing of the error, and rows without a denominator have no value."""
    with pytest.raises(PolicyError, match="mean: no interval from 2 rows in 1 clusters"):
        estimate("mean", RowValues(np.ones(2), np.ones(2)), np.zeros(2, dtype=int), n_effective=2)
    with pytest.raises(PolicyError, match="replay: no interval from 2 rows in 2 clusters"):
        estimate("replay", RowValues(np.zeros(2), np.zeros(2)), np.arange(2), n_effective=0)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**20), n=st.integers(5, 300))
def test_the_policy_that_logged_has_the_plain_mean(seed, n):
    """For it all weights are 1: IPS and SNIPS are the mean reward, and every row counts."""
    log, _ = made(n, seed)
    rows = row_values(log, log.propensity, np.zeros(log.propensity.shape))
    for method in ("ips", "snips", "doubly_robust"):
        assert rows[method].value == pytest.approx(log.reward.mean())
    assert effective_size(weights(log, log.propensity)) == pytest.approx(n)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**20), shift=st.floats(-0.5, 0.5))
def test_laws_of_any_log(seed, shift):
    """Order is nothing; without predictions DR is IPS; more reward everywhere is as much more SNIPS."""
    log, _ = made(200, seed)
    chance = np.random.default_rng(seed)
    target, predicted = chance.dirichlet(np.ones(4), 200), chance.random((200, 4))
    target = np.where(log.propensity > 0, target, 0)
    target[:, 3] += 1 - target.sum(axis=1)
    order = chance.permutation(200)
    there, back = (
        row_values(log, target, predicted),
        row_values(log.rows(order), target[order], predicted[order]),
    )
    assert [back[m].value for m in METHODS] == pytest.approx([there[m].value for m in METHODS])
    bare = row_values(log, target, np.zeros((200, 4)))
    assert bare["doubly_robust"].value == pytest.approx(bare["ips"].value)
    more = row_values(replace(log, reward=log.reward + shift), target, predicted)
    assert more["snips"].value == pytest.approx(there["snips"].value + shift)
    influence = there["snips"].influence
    assert abs(influence.sum()) < 1e-8


def test_a_gain_is_a_difference_on_the_same_rows():
    """Over itself a policy gains nothing, without doubt, and its gain is more certain than its value."""
    log, _ = made(4000)
    predicted = cross_fitted(log, logistic_by_action)
    target = 0.5 * preferring(log, "email_reply") + 0.5 * log.propensity
    found = evaluate("half e-mail", log, target, predicted)
    rows = row_values(log, target, predicted)["doubly_robust"]
    itself = estimate("itself", rows, log.cluster, n_effective=1, baseline=rows)
    assert (itself.value, itself.standard_error) == (0, 0)
    assert found.gain.value == pytest.approx(found.estimates["doubly_robust"].value - log.reward.mean())
    assert found.gain.standard_error < found.estimates["doubly_robust"].standard_error


def test_predictions_come_from_other_clusters():
    """A model that knows by heart whom it was fitted to knows nobody whom it predicts."""
    log, _ = made(500)
    log = replace(log, known=log.cluster[:, None].astype(float))

    def by_heart(fitted_to, known):
        return np.tile(np.isin(known, fitted_to.known), (1, len(ACTIONS))).astype(float)

    assert cross_fitted(log, by_heart).max() == 0
    fold = folds(log.cluster, 5, seed=1)
    sizes = np.bincount([fold[log.cluster == owner][0] for owner in np.unique(log.cluster)])
    assert sizes.max() - sizes.min() <= 1
    with pytest.raises(PolicyError, match="3 clusters cannot be cut into 5 folds"):
        folds(np.array([1, 1, 2, 3]), 5, seed=0)


def test_predictions_by_action():
    """Means by hand; one never done takes the mean of all; a share counts as success and failure."""
    log, _ = by_hand()
    assert mean_by_action(log, np.zeros((1, 1))).tolist() == [[0.5, 1.0]]
    alone = replace(log, chosen=np.zeros(4, dtype=int))
    assert mean_by_action(alone, np.zeros((1, 1))).tolist() == [[0.75, 0.75]]
    halves = replace(alone, reward=np.array([0.25, 0.75, 0.25, 0.75]))
    assert logistic_by_action(halves, np.zeros((2, 1)))[:, 0] == pytest.approx([0.5, 0.5])
    assert logistic_by_action(log, np.zeros((1, 1)))[0] == pytest.approx([0.5, 1.0])


def test_the_logistic_model_is_the_usual_one():
    """On rewards of 0 and 1 its weights are those of scikit-learn; shares are fitted as half successes."""
    log, _ = made(600)
    usual = LogisticRegression(tol=1e-10, max_iter=1000).fit(log.known, log.reward)
    weights = logistic_weights(log.known, log.reward)
    assert weights == pytest.approx(np.append(usual.intercept_, usual.coef_), abs=1e-4)
    doubled = logistic_weights(np.repeat(log.known[:40], 2, axis=0), np.tile([1.0, 0.0], 40))
    assert logistic_weights(log.known[:40], np.full(40, 0.5)) == pytest.approx(doubled, abs=1e-6)


def test_a_model_that_separates_settles():
    """Rewards that one column tells apart, and rewards that are nearly all alike, have their weights."""
    known = np.column_stack([np.repeat([0.0, 1.0], 500), np.zeros(1000)])
    first, second, nothing = logistic_weights(known, known[:, 0])
    assert (first, first + second) == pytest.approx((-4.2, 4.2), abs=0.6)
    assert nothing == 0
    rare = np.append(np.zeros(9999), 1.0)
    assert logistic_weights(np.zeros((10_000, 1)), rare)[0] == pytest.approx(-np.log(9999), abs=1e-6)


def test_the_logistic_model_learns_the_truth():
    """On 20,000 decisions its predictions are within 5 points of the truth, in the mean of every action."""
    log, table = made(20_000)
    truth = np.column_stack([table[f"p_resolved_if_{action}"].to_numpy() for action in ACTIONS])
    off = np.abs(cross_fitted(log, logistic_by_action) - truth)[log.propensity[:, 0] > 0]
    assert off.mean(axis=0).max() < 0.05


def test_what_is_known_has_no_gaps():
    """Every column that a model looks at is a finite number, and an unknown mood is said to be one."""
    _, table = made(300)
    known = known_columns(table)
    assert known.shape == (300, len(KNOWN))
    assert np.isfinite(known).all()
    unknown = known[:, KNOWN.index("mood_is_unknown")] == 1
    assert unknown.tolist() == table["mood"].is_null().to_pylist()
    assert (known[unknown, KNOWN.index("mood")] == 0).all()


def test_tables_of_evaluations():
    """Best first, refused ones last; values beside the plain average and the truth."""
    log, table = made(3000)
    predicted = cross_fitted(log, mean_by_action)
    found = [
        evaluate(name, log, preferring(log, name), predicted) for name in ("no_action", "twitter_dm_reply")
    ]
    refused = evaluate("small", log.rows(np.arange(60)), log.propensity[:60], predicted[:60])
    frame = tables.comparison([*found, refused], {"no_action": 0.144})
    assert frame["policy"].tolist() == ["twitter_dm_reply", "no_action", "small"]
    assert frame["truth"].tolist()[1] == 0.144
    assert frame[["value", "plain", "gain"]].isna().all(axis=1).tolist() == [False, False, True]
    verdict = tables.verdicts([*found, refused])["verdict"].tolist()
    assert verdict[:2] == ["value given", "value given"]
    assert verdict[2].startswith("refused: ")
    assert tables.by_method([refused, *found])["policy"].tolist() == ["no_action", "twitter_dm_reply"]
    assert table.num_rows == 3000
