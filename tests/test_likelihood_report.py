"""What is shown of a trained likelihood: figures for any data, true aggregates, reasons that are meant."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_likelihood_training import examples_of

from nbalib.bench import likelihood_steps
from nbalib.bench.jobs import Job, Stopwatch
from nbalib.evaluation import likelihood_plots, likelihood_summaries
from nbalib.resolution.attempt import Attempt
from nbalib.resolution.labels import COLUMNS as LABEL_COLUMNS
from nbalib.resolution.noise import LEAST, status_noise
from nbalib.resolution.prefixes import Prefixes
from nbalib.resolution.reasons import LEAST_MOVE, NOTHING, effects, reasons
from nbalib.resolution.training import Trained, train
from nbalib.runs.shown import picture

if TYPE_CHECKING:
    from nbalib.resolution.candidates import Examples

N_ROWS = 8_000
FIGURES = ("ways", "reliability", "lift", "slices")


@pytest.fixture(scope="module")
def examples() -> Examples:
    """Give made decisions."""
    return examples_of(N_ROWS, 9)[0]


@pytest.fixture(scope="module")
def trained(examples: Examples) -> Trained:
    """Train on them."""
    return train(examples, n_resamples=10)


def frame_of(name: str, trained: Trained | None, examples: Examples) -> pd.DataFrame:
    """Give the frame behind a figure."""
    summary = getattr(likelihood_summaries, name)
    return summary(trained) if name == "ways" else summary(trained, examples)


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_draws_what_was_trained_and_says_where_nothing_was(name, trained, examples) -> None:
    """A trained likelihood gives a picture; without one the figure says so under its title."""
    drawn = picture(getattr(likelihood_plots, name)(frame_of(name, trained, examples)))
    assert drawn.png[:4] == b"\x89PNG"
    nothing = getattr(likelihood_plots, name)(frame_of(name, None, examples))
    assert [text.get_text() for text in nothing.axes[0].texts] == ["No data."]


def test_reliability_compares_said_with_seen(trained, examples) -> None:
    """The ten bins hold all later rows, rise with what was said, and their means are those of the rows."""
    bins = likelihood_summaries.reliability(trained, examples)
    rows = trained.judged.rows
    assert (len(bins), bins["n"].sum()) == (10, len(rows))
    assert bins["said"].is_monotonic_increasing
    assert np.average(bins["seen"], weights=bins["n"]) == pytest.approx(examples.resolved[rows].mean())
    assert ((bins["low"] <= bins["seen"]) & (bins["seen"] <= bins["high"])).all()


def test_lift_ends_with_everything_found(trained, examples) -> None:
    """All issues hold all resolutions, and the likeliest half holds more than half of them."""
    lift = likelihood_summaries.lift(trained, examples).set_index("share_of_rows")["share_found"]
    assert lift.iloc[-1] == 1.0
    assert lift[lift.index <= 0.5].max() > 0.55


def test_slices_part_the_rows(trained, examples) -> None:
    """The parts by who has the next word hold all later rows, but those too small to be shown."""
    slices = likelihood_summaries.slices(trained, examples)
    words = slices[slices["slice"].str.startswith("next word: ")]
    assert words["n"].sum() <= len(trained.judged.rows)
    assert len(words) >= 2
    assert (slices["n"] >= likelihood_summaries.LEAST_SLICE).all()


def test_every_row_is_counted(trained, examples) -> None:
    """What was looked at is what was left out and what was used."""
    rows = Prefixes(examples.features, pa.nulls(N_ROWS), examples.resolved, 72, N_ROWS + 30, 20, 10)
    counted = likelihood_summaries.counted(Attempt(rows, examples, trained, ""))
    looked_at, *others = counted["n"]
    assert looked_at == sum(others) == N_ROWS + 30


def test_reasons_are_what_the_model_looks_at(trained, examples) -> None:
    """A feature at its usual value moves nothing; a named one moves the likelihood as the words say."""
    likelihood = trained.likelihood
    few = examples.features.slice(0, 200)
    moved, said = effects(likelihood, few), reasons(likelihood, few)
    names = likelihood.card.columns
    matrix = likelihood.fitted.matrix(few, None)
    usual = np.array([np.nan if value is None else value for value in likelihood.card.typical])
    same = (matrix == usual) | (np.isnan(matrix) & np.isnan(usual))
    assert np.abs(moved[same]).max() < 1e-12
    for row, phrase in enumerate(said):
        largest = np.abs(moved[row]).max()
        assert (phrase == NOTHING) is bool(largest < LEAST_MOVE)
        if phrase != NOTHING:
            first = int(np.argmax(np.abs(moved[row])))
            word = names[first].removeprefix("n_").removeprefix("is_").replace("_", " ")
            verb = "raised by" if moved[row, first] > 0 else "lowered by"
            assert word in phrase.split(verb, 1)[1].split(";")[0]
    assert sum(phrase != NOTHING for phrase in said) > 100


def test_the_noise_of_statuses_by_hand() -> None:
    """Of forty conversations drawn by chance, with known errors, precision and recall by hand."""
    n = LEAST + 10
    ids = [f"twitter:{number}:1" for number in range(n)]
    truth = ["resolved"] * 12 + ["open"] * (n - 13) + ["unclear"]
    said = ["resolved"] * 9 + ["open"] * 3 + ["resolved"] * 3 + ["open"] * (n - 15)
    conversations = pd.DataFrame(
        {"conversation_id": ids, "last_interaction_id": ids, "resolution_status": said}
    )
    labels = pd.DataFrame(dict.fromkeys(LABEL_COLUMNS, [""] * n))
    labels = labels.assign(
        conversation_id=ids, last_interaction_id=ids, part="random", reader="A", resolution=truth
    )
    found = status_noise(conversations, labels)
    assert found == {"n": n - 1, "n_resolved": 12, "precision": 0.75, "recall": 0.75}
    others = [f"twitter:{number}:2" for number in range(n)]
    elsewhere = conversations.assign(conversation_id=others, last_interaction_id=others)
    assert status_noise(elsewhere, labels) == {}
    assert status_noise(conversations, labels.assign(part="enriched")) == {}


@pytest.mark.parametrize("side", ["ours", "bare"])
@pytest.mark.parametrize("step", ["likelihood_train", "likelihood_score", "likelihood_score_alone"])
def test_measured_steps_do_their_work(side, step, monkeypatch, tmp_path) -> None:
    """Each step counts the rows it was given, and its stopwatch ran."""
    monkeypatch.setattr(likelihood_steps, "ENOUGH_TO_TRAIN", 3_000)
    monkeypatch.setattr(likelihood_steps, "ASKED_ALONE", 20)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    job = Job(side, step, tmp_path, tmp_path, Path("params"), now, rows=3_000, seed=2)
    watch = Stopwatch()
    counted = likelihood_steps.STEPS[side][step](job, watch)
    assert counted == (20 if step.endswith("alone") else 3_000)
    assert watch.seconds > 0
