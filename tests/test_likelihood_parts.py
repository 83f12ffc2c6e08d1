"""The parts of a likelihood: metrics, splits, encoding, models, calibration, band, spreads. Truth by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from nbalib.errors import ModelError
from nbalib.resolution import trees
from nbalib.resolution.band import abstain_band
from nbalib.resolution.calibration import calibrate
from nbalib.resolution.encoding import RAREST_LEVEL, Encoding
from nbalib.resolution.models import fit
from nbalib.resolution.reference import Reference, shift_of
from nbalib.resolution.scores import Ranked, calibration_error, estimates, loss_difference
from nbalib.resolution.splits import folds, split
from nbalib.resolution.text_score import fit_text_score

HOUR = 3_600_000_000


def test_metrics_are_those_of_the_books() -> None:
    """AUC, Brier score and log loss agree with scikit-learn's, with ties."""
    dice = np.random.default_rng(2)
    p = dice.integers(1, 20, 500) / 20
    y = dice.random(500) < p
    found = estimates(y, p, np.arange(500), n_resamples=50)
    assert found["auc"].value == pytest.approx(roc_auc_score(y, p))
    assert found["brier"].value == pytest.approx(brier_score_loss(y, p))
    assert found["log_loss"].value == pytest.approx(log_loss(y, p))
    assert all(one.low < one.value < one.high for name, one in found.items() if name != "calibration_error")


def test_the_calibration_error_is_the_mean_distance_by_hand() -> None:
    """Ten rows of 0.2 of which four came true, and ten of 0.8 of which six did: 0.2 off on both sides."""
    p = np.repeat([0.2, 0.8], 10)
    y = np.array([True] * 4 + [False] * 6 + [True] * 6 + [False] * 4)
    rows, _ = Ranked.of(y, p)
    assert calibration_error(rows, np.ones(20)) == pytest.approx(0.2)


def test_intervals_know_that_rows_of_a_conversation_are_alike() -> None:
    """Each conversation's rows repeated nine times give the same interval, and not one a third as wide."""
    dice = np.random.default_rng(3)
    p = dice.random(300)
    y = dice.random(300) < p
    once = estimates(y, p, np.arange(300), n_resamples=200)["auc"]
    again = estimates(np.tile(y, 9), np.tile(p, 9), np.tile(np.arange(300), 9), n_resamples=200)["auc"]
    assert again.value == pytest.approx(once.value)
    assert again.high - again.low == pytest.approx(once.high - once.low, rel=0.15)
    assert (again.n_rows, again.n_conversations) == (2700, 300)


def test_a_difference_has_the_error_of_its_conversations() -> None:
    """The mean gap of two log losses by hand; whole conversations repeated do not make it surer."""
    y = np.array([True, False, True, False])
    one, other = np.array([0.5, 0.5, 0.5, 0.5]), np.array([0.8, 0.5, 0.6, 0.5])
    gap, error = loss_difference(y, one, other, np.arange(4))
    assert gap == pytest.approx((np.log(0.8 / 0.5) + np.log(0.6 / 0.5)) / 4)
    _, again = loss_difference(np.tile(y, 4), np.tile(one, 4), np.tile(other, 4), np.tile(np.arange(4), 4))
    assert again == pytest.approx(error)


@given(st.integers(0, 2**32 - 1))
def test_parts_share_neither_conversations_nor_time(seed: int) -> None:
    """Whatever the rows: no conversation in two parts, and no part begins before the last one's outcomes."""
    dice = np.random.default_rng(seed)
    groups = dice.integers(0, 400, 2000)
    at = (groups * 7 + dice.integers(0, 200, 2000)) * HOUR
    ends = at + 72 * HOUR
    y = dice.random(2000) < 0.4
    parts = split(groups, at, ends, y)
    used = [parts.trained, parts.calibrated, parts.tested]
    sets = [set(groups[rows]) for rows in used if rows.any()]
    assert sum(map(len, sets)) == len(set().union(*sets))
    assert ends[parts.trained].max() <= at[parts.tested].min()
    assert parts.n_between + sum(int(rows.sum()) for rows in used) == 2000


def test_folds_keep_groups_together_and_are_even() -> None:
    """Each group is in one fold, and folds have as many groups, but for one."""
    groups = np.repeat(np.arange(23), 5)
    fold_of = folds(groups, 5, seed=1)
    sizes = [len(set(groups[fold_of == fold])) for fold in range(5)]
    assert sorted(sizes) == [4, 4, 5, 5, 5]
    assert all(len(set(fold_of[groups == group])) == 1 for group in range(23))


def test_numbers_texts_and_truths_become_columns() -> None:
    """Levels are numbered by their share of outcomes; what is null, rare or new is NaN."""
    n = RAREST_LEVEL
    topics = ["bill"] * n + ["app"] * n + ["odd"] + [None]
    y = np.array([True] * n + [False] * n + [True, False])
    features = pa.table(
        {
            "topic": pa.array(topics, pa.string()),
            "is_urgent": [True, False] * n + [True, True],
            "mood": pa.array([0.5, None] * n + [0.1, -1.0]),
            "same": [1] * (2 * n + 2),
        }
    )
    encoding = Encoding.learned(features, y, ("topic", "is_urgent", "mood", "same"))
    assert (encoding.names, encoding.levels) == (("topic", "is_urgent", "mood"), {"topic": ("app", "bill")})
    rows = features.take(pa.array([0, n, 2 * n, 2 * n + 1]))
    expected = [[1, 1, 0.5], [0, 1, 0.5], [np.nan, 1, 0.1], [np.nan, 1, -1]]
    np.testing.assert_array_equal(encoding.matrix(rows), expected)
    fresh = rows.set_column(0, "topic", pa.array(["new"] * 4))
    assert np.isnan(encoding.matrix(fresh)[:, 0]).all()


@given(st.integers(0, 2**32 - 1))
def test_trees_as_arrays_say_what_scikit_learn_says(seed: int) -> None:
    """Whatever the rows, with and without missing values, on cuts and off: the same log odds."""
    dice = np.random.default_rng(seed)
    matrix = dice.integers(0, 12, (800, 4)).astype(float)
    matrix[dice.random((800, 4)) < 0.2] = np.nan
    y = np.nansum(matrix[:, :2], axis=1) + dice.normal(0, 3, 800) > 9
    grown = HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=trees.MOST_LEAVES, min_samples_leaf=5)
    grown.fit(matrix, y)
    ours = trees._as_arrays(grown, 4)
    fresh = dice.integers(-3, 30, (500, 4)) / 2
    fresh[dice.random((500, 4)) < 0.2] = np.nan
    np.testing.assert_allclose(ours.log_odds(fresh), grown.decision_function(fresh), atol=1e-10)


def test_a_logistic_model_finds_the_weights_that_made_the_rows() -> None:
    """Log odds that were made of a number, a missing one and a level are found again."""
    dice = np.random.default_rng(4)
    n = 40_000
    number = dice.exponential(5, n)
    missing = dice.random(n) < 0.3
    level = dice.integers(0, 3, n)
    truth = -1 + np.where(missing, 0.8, 0.7 * np.log1p(number)) + np.array([0.0, 1.0, -1.0])[level]
    y = dice.random(n) < 1 / (1 + np.exp(-truth))
    matrix = np.column_stack([np.where(missing, np.nan, number), level])
    model = fit("logistic", matrix, y, (1,), (3,))
    assert np.abs(model.log_odds(matrix) - truth).mean() < 0.05
    unknown = model.log_odds(np.array([[5.0, np.nan], [np.nan, np.nan]]))
    assert np.isfinite(unknown).all()


@pytest.mark.parametrize(("n", "method"), [(1_500, "sigmoid"), (40_000, "isotonic")])
def test_calibration_brings_the_truth_back(n: int, method: str) -> None:
    """Log odds that are twice too bold become likelihoods that come true; the curve never falls."""
    dice = np.random.default_rng(5)
    truth = dice.normal(0, 1, n)
    y = dice.random(n) < 1 / (1 + np.exp(-truth))
    curve = calibrate(2 * truth, y)
    said = curve(2 * truth)
    assert curve.method == method
    assert np.abs(said - 1 / (1 + np.exp(-truth))).mean() < 0.03
    along = curve(np.linspace(-900, 900, 5_001))
    assert (np.diff(along) >= 0).all()
    assert ((along > 0) & (along < 1)).all()


def test_log_odds_that_point_the_wrong_way_give_the_average() -> None:
    """Calibration does not turn a model round: where it orders falsely, every row gets the average."""
    dice = np.random.default_rng(6)
    odds = dice.normal(0, 1, 1_000)
    y = dice.random(1_000) < 1 / (1 + np.exp(odds))
    assert calibrate(odds, y)(odds) == pytest.approx(y.mean(), abs=1e-9)


def test_the_band_is_around_the_average_and_wide_where_little_is_known() -> None:
    """Of rows whose likelihood means something, the band is narrow; where it means nothing, it is all."""
    dice = np.random.default_rng(7)
    p = dice.random(20_000)
    groups = np.arange(20_000)
    low, high = abstain_band(p, dice.random(20_000) < p, groups)
    assert 0.4 < low <= high < 0.6
    assert abstain_band(p, dice.random(20_000) < 0.3, groups)[1] > 0.9
    few = abstain_band(p[:400], dice.random(400) < p[:400], groups[:400])
    assert few[1] - few[0] > high - low


def test_words_speak_for_and_against() -> None:
    """A word that goes with resolutions counts for them; accounts, links and rare words are never words."""
    texts = pa.array(
        [
            f"@Acme{n % 9} thanks it works https://t.co/x{n}" if n % 2 else f"still broken name{n}"
            for n in range(400)
        ]
    )
    y = np.arange(400) % 2 == 1
    score = fit_text_score(texts, y, np.arange(400))
    assert set(score.words) == {"thanks", "it", "works", "still", "broken"}
    said = score.log_odds(pa.array(["Thanks", "still", "thanks still", "unheard of", None]))
    assert said[0] > said[2] > said[1]
    assert said[3] == said[4] == score.intercept


def test_a_word_of_few_conversations_is_not_learned() -> None:
    """However often one person says it, a word of one conversation is no word of the model."""
    texts = pa.array(["hello world", "hello secret"] * 50)
    score = fit_text_score(texts, np.arange(100) % 4 < 2, np.where(np.arange(100) % 2, 0, np.arange(100)))
    assert "secret" not in score.words
    assert "hello" in score.words


def test_the_index_of_two_spreads_by_hand() -> None:
    """Halves that became a quarter and three quarters: the index is a quarter of the logarithm of three."""
    shift = shift_of("x", ("a", "b"), (5_000, 5_000), (2_500, 7_500), 10_000, 10_000)
    assert shift.index == pytest.approx(0.25 * np.log(3), rel=1e-3)
    assert (shift.verdict, shift.share_then, shift.most) == ("moved", pytest.approx(0.5), "a")
    assert shift_of("x", ("a", "b"), (50, 50), (48, 52), 100, 100).verdict == "stable"
    assert shift_of("x", ("a", "b"), (5, 5), (2, 8), 10, 10).verdict == "stable"  # chance alone does that


def test_a_later_period_is_counted_into_the_same_bins() -> None:
    """The same rows are stable in every column; other ones are told by column, largest shift first."""
    dice = np.random.default_rng(8)
    n = 2_000
    features = pa.table(
        {
            "conversation_id": [str(number) for number in range(n)],
            "hours_open": dice.exponential(10, n),
            "topic": pa.array(dice.choice(["bill", "app"], n).tolist(), pa.string()),
        }
    )
    p = dice.random(n)
    reference = Reference.of(features, p, ("hours_open", "topic"))
    assert all(shift.index < 1e-9 for shift in reference.shifts(features, p))
    later = features.set_column(2, "topic", pa.array(["new"] * n, pa.string()))
    first, *others = reference.shifts(later, p)
    assert (first.column, first.most, first.verdict) == ("topic", "other", "moved")
    assert {shift.column for shift in others} == {"hours_open", "p_resolved"}
    assert Reference.from_json(reference.as_json()) == reference


def test_an_encoding_needs_something_that_varies() -> None:
    """A single constant column is refused."""
    with pytest.raises(ModelError, match="each of the 1 features has one value in all rows"):
        Encoding.learned(pa.table({"a": [1, 1]}), np.array([True, False]), ("a",))
