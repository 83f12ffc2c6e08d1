"""Training on made decisions whose true chances are known, and on data that cannot teach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from nbalib.errors import ModelError
from nbalib.resolution.candidates import Examples, group_numbers
from nbalib.resolution.encoding import COLUMNS
from nbalib.resolution.scores import estimates
from nbalib.resolution.training import train
from nbalib.sources.synthetic.decision_log import HORIZON_HOURS, made_decision_log

if TYPE_CHECKING:
    from nbalib.resolution.training import Trained

N_KNOWN, N_SMALL = 100_000, 6_000
MORE = ("n_open_issues", "n_contacts_7d", "is_followed_up")
"""Features that the made teams looked at, too, and that rows of the past do not have."""


def examples_of(n: int, seed: int) -> tuple[Examples, pa.Table]:
    """Give a made log as examples, every decision by itself, and the log."""
    log = made_decision_log(n, seed)
    groups = group_numbers(log["conversation_id"])
    resolved = np.asarray(log["resolved"])
    return Examples(log, None, resolved, groups, HORIZON_HOURS, (*COLUMNS, *MORE)), log


@pytest.fixture(scope="module")
def small() -> Examples:
    """Give a few thousand made decisions."""
    return examples_of(N_SMALL, 5)[0]


@pytest.fixture(scope="module")
def known() -> tuple[Trained, Examples, pa.Table]:
    """Train on a made log whose true chances are known."""
    examples, log = examples_of(N_KNOWN, 3)
    return train(examples, n_resamples=20), examples, log


def test_it_is_nearly_as_good_as_the_truth(known: tuple[Trained, Examples, pa.Table]) -> None:
    """AUC within 0.02 of the true chances' own, and a calibration error of at most 0.02, on later rows.

    The true chances are the best that can be known from the features. With some 13,000 later rows chance
    alone gives a perfect model a calibration error of about 0.008, so that 0.02 is a bound with room.
    """
    trained, examples, log = known
    rows = trained.judged.rows
    truth = np.asarray(log["p_resolved_known"])[rows]
    best = estimates(examples.resolved[rows], truth, np.arange(len(rows)), n_resamples=2)
    found = trained.judged.metrics[trained.chosen]
    assert best["auc"].value - 0.02 <= found["auc"].value <= best["auc"].value + 0.005
    assert found["calibration_error"].value <= 0.02
    assert found["log_loss"].value - best["log_loss"].value <= 0.01
    assert np.abs(trained.judged.likelihoods[trained.chosen] - truth).mean() <= 0.04


def test_it_beats_the_base_rate_and_the_plainer_model(known: tuple[Trained, Examples, pa.Table]) -> None:
    """The made chances hold products of features, which trees find and a sum does not."""
    trained, _, _ = known
    loss = {name: metrics["log_loss"].value for name, metrics in trained.judged.metrics.items()}
    assert trained.chosen == "trees"
    assert loss["trees"] < loss["logistic"] < loss["base rate"]
    assert trained.judged.metrics["base rate"]["auc"].value == 0.5


def test_it_holds_for_brands_that_were_not_seen(known: tuple[Trained, Examples, pa.Table]) -> None:
    """The made chances do not depend on the brand, so that a model knows those of others nearly as well."""
    trained, _, _ = known
    assert trained.other_brands is not None
    assert len(trained.other_brands.rows) == len(trained.judged.rows)
    seen, unseen = (
        each.metrics[trained.chosen]["auc"].value for each in (trained.judged, trained.other_brands)
    )
    assert abs(seen - unseen) < 0.01


def test_the_parts_do_not_share_time_or_conversations(known: tuple[Trained, Examples, pa.Table]) -> None:
    """What is tested began after all outcomes were known that the model has seen, and the card says when."""
    trained, examples, _ = known
    parts = trained.split
    assert examples.ends[parts.trained].max() <= examples.at[parts.calibrated].min()
    assert examples.ends[parts.calibrated].max() <= examples.at[parts.tested].min()
    groups = [set(examples.groups[rows]) for rows in (parts.trained, parts.calibrated, parts.tested)]
    assert not groups[0] & groups[1]
    assert not (groups[0] | groups[1]) & groups[2]
    card = trained.likelihood.card
    assert card.trained_until < card.calibrated_until
    assert sum(card.n_rows.values()) == N_KNOWN


def test_the_same_rows_give_the_same_model(small: Examples) -> None:
    """Training again changes nothing, to the last digit."""
    one, other = train(small, n_resamples=5), train(small, n_resamples=5)
    assert one.likelihood.card == other.likelihood.card
    rows = small.features.slice(0, 500)
    assert np.array_equal(one.likelihood.chances(rows), other.likelihood.chances(rows))


@pytest.mark.parametrize(
    ("outcome", "said"), [(True, "all of them resolved"), (False, "none of them resolved")]
)
def test_one_outcome_teaches_nothing(small: Examples, outcome: bool, said: str) -> None:
    """Rows that all ended alike are refused."""
    with pytest.raises(ModelError, match=f"6000 rows of one outcome: {said}"):
        train(replace(small, resolved=np.full(len(small), outcome)))


def test_constant_columns_teach_nothing(small: Examples) -> None:
    """Features that never vary are refused if all are so, and left out and named if some are."""
    constant = small.features
    for name in COLUMNS + MORE:
        place = constant.column_names.index(name)
        constant = constant.set_column(place, name, pa.repeat(constant[name][0], len(small)))
    with pytest.raises(ModelError, match="each of the 27 features has one value in all rows"):
        train(replace(small, features=constant))
    place = small.features.column_names.index("language")
    one = small.features.set_column(place, "language", pa.repeat(pa.scalar("en"), len(small)))
    card = train(replace(small, features=one), n_resamples=5).likelihood.card
    assert "language" in card.constant
    assert "language" not in card.columns


def test_too_few_rows_are_refused(small: Examples) -> None:
    """Where no part can have enough of both outcomes, the error says how many there were."""
    few = replace(
        small, features=small.features.slice(0, 60), resolved=small.resolved[:60], groups=small.groups[:60]
    )
    with pytest.raises(ModelError, match=r"too little data for a model: \d+ rows with \d+ resolved to learn"):
        train(few)


def test_few_rows_are_calibrated_on_those_of_training(small: Examples) -> None:
    """Where there is too little for three parts, training rows calibrate, by fits that did not see them."""
    few = replace(
        small, features=small.features.slice(0, 360), resolved=small.resolved[:360], groups=small.groups[:360]
    )
    trained = train(few, n_resamples=5)
    assert not trained.split.is_in_three
    assert trained.likelihood.card.n_rows["calibrated"] == 0
    assert trained.chosen == "logistic"
    assert "Calibrated on" in trained.likelihood.card.as_markdown()


def test_a_missing_feature_is_named(small: Examples) -> None:
    """Features without a column, or with one renamed, are refused with the nearest name."""
    renamed = small.features.rename_columns(
        ["hours_opened" if name == "hours_open" else name for name in small.features.column_names]
    )
    with pytest.raises(
        ModelError, match=r"1 features that are not there, hours_open; did you mean 'hours_opened'"
    ):
        train(replace(small, features=renamed))


def test_made_and_real_rows_are_not_mixed(small: Examples) -> None:
    """A store with invented brands and others cannot be learned from."""
    brands = small.features["brand"].to_pylist()
    brands[0] = "AcmeHelp"
    place = small.features.column_names.index("brand")
    mixed = small.features.set_column(place, "brand", pa.array(brands, pa.string()))
    with pytest.raises(ModelError, match=r"made and real rows are mixed: .* 1 others such as 'AcmeHelp'"):
        train(replace(small, features=mixed))
