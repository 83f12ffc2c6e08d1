"""A model's file: what was saved is what is loaded, and nothing else is ever used."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
import skops.io
from test_likelihood_training import examples_of

from nbalib.errors import ModelError
from nbalib.resolution import storing
from nbalib.resolution.candidates import Examples, fit_candidate
from nbalib.resolution.card import FORMAT, Card
from nbalib.resolution.storing import load, load_if_there, save
from nbalib.resolution.training import CANDIDATES, train

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.resolution.likelihood import Likelihood

N_ROWS = 4_000


@pytest.fixture(scope="module")
def examples() -> Examples:
    """Give made decisions whose words tell a little of the outcome."""
    plain, _ = examples_of(N_ROWS, 8)
    dice = np.random.default_rng(1)
    mood = np.where(plain.resolved ^ (dice.random(N_ROWS) < 0.3), "great help", "still broken")
    return replace(plain, words=pa.array(mood.tolist(), pa.string()))


@pytest.fixture(scope="module")
def likelihood(examples: Examples) -> Likelihood:
    """Train a model."""
    return train(examples, n_resamples=5).likelihood


@pytest.fixture
def file(likelihood: Likelihood, tmp_path: Path) -> Path:
    """Save a model."""
    save(likelihood, tmp_path / "nba.model")
    return tmp_path / "nba.model"


def changed(file: Path, name: str, content: bytes, *, sign: bool = False) -> Path:
    """Put another content into the file, signed anew or not."""
    with zipfile.ZipFile(file) as old:
        parts = {part: old.read(part) for part in old.namelist()}
    parts[name] = content
    if sign:
        parts[storing.DIGEST] = storing._digest(parts).encode()
    with zipfile.ZipFile(file, "w") as new:
        for part, held in parts.items():
            new.writestr(part, held)
    return file


@pytest.mark.parametrize("candidate", CANDIDATES[1:], ids=lambda candidate: candidate.name)
def test_every_kind_comes_back_as_it_was(candidate, examples, likelihood, tmp_path) -> None:
    """Logistic or trees, with words or without: the same likelihoods to the last digit, and the same card."""
    fitted = fit_candidate(candidate, examples, np.ones(N_ROWS, dtype=bool), 1)
    kind = {"kind": candidate.kind, "reads_words": candidate.reads_words}
    levels = {"columns": fitted.encoding.names, "levels": dict(fitted.encoding.levels)}
    model = replace(likelihood, fitted=fitted, card=replace(likelihood.card, **kind, **levels))
    save(model, tmp_path / "nba.model")
    again = load(tmp_path / "nba.model")
    assert again.card == model.card
    assert again.digest == model.digest
    expected = model.chances(examples.features, examples.words)
    assert np.array_equal(again.chances(examples.features, examples.words), expected)
    assert again.reference == model.reference


def test_saving_again_gives_the_same_model(likelihood: Likelihood, file: Path, tmp_path: Path) -> None:
    """A copy has the name of the first; people get the card beside it, and nothing else is left."""
    save(likelihood, tmp_path / "again.model")
    assert load(tmp_path / "again.model").digest == load(file).digest == likelihood.digest
    assert (tmp_path / "again.model.md").read_text(encoding="utf-8") == likelihood.card.as_markdown()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "again.model",
        "again.model.md",
        "nba.model",
        "nba.model.md",
    ]


def test_a_changed_file_is_refused(file: Path, likelihood: Likelihood) -> None:
    """A card that was edited after training is not believed."""
    flattered = replace(likelihood.card, base_rate=0.99).as_json().encode()
    with pytest.raises(ModelError, match=r"nba\.model was changed after it was written"):
        load(changed(file, storing.CARD, flattered))


def test_an_older_file_is_refused(file: Path, likelihood: Likelihood) -> None:
    """Another format is named before anything else is read."""
    older = likelihood.card.as_json().replace(f'"format": {FORMAT}', '"format": 0').encode()
    with pytest.raises(
        ModelError, match="has format 0, and this version of nbalib reads 1; train the model again"
    ):
        load(changed(file, storing.CARD, older, sign=True))


def test_a_type_that_is_not_on_the_list_is_never_built(file: Path, tmp_path: Path) -> None:
    """A file that holds another type is refused, though it is signed; what it would do is not done."""
    evil = skops.io.dumps({"curve": _Evil(tmp_path / "done")})
    with pytest.raises(ModelError, match=r"nba\.model holds what no model of ours holds: .*_Evil"):
        load(changed(file, storing.PARTS, evil, sign=True))
    assert not (tmp_path / "done").exists()
    assert storing.TRUSTED == ()


class _Evil:
    """Writes a file when it is built from what was stored."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __setstate__(self, state: dict[str, str]) -> None:
        with open(state["path"], "w", encoding="utf-8"):  # noqa: PTH123 (what an attacker would write)
            pass


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"\x80\x04K\x01."])
def test_what_is_no_model_is_refused(content: bytes, tmp_path: Path) -> None:
    """An empty file, a cut one, a text and a pickle are named as no model; an absent one as absent."""
    (tmp_path / "nba.model").write_bytes(content)
    with pytest.raises(ModelError, match="is not a model of nbalib, or is damaged"):
        load(tmp_path / "nba.model")
    with pytest.raises(ModelError, match=r"there is no model .*; notebook 40 trains one"):
        load(tmp_path / "other.model")
    assert load_if_there(tmp_path / "other.model") is None


def test_a_card_without_a_field_is_refused(likelihood: Likelihood) -> None:
    """A card of the right format that lacks something is not readable, and says what."""
    facts = json.loads(likelihood.card.as_json())
    del facts["horizon_hours"]
    with pytest.raises(ModelError, match=r"card is not readable: .*horizon_hours"):
        Card.from_json(json.dumps(facts))


def test_features_that_are_missing_renamed_or_of_another_type_are_named(
    likelihood: Likelihood, examples: Examples
) -> None:
    """A model is not used on features that are not those it was trained on."""
    rows, words = examples.features.slice(0, 10), examples.words.slice(0, 10)
    name = "hours_open"
    without = rows.drop_columns([name])
    with pytest.raises(ModelError, match=r"1 features that are not there, hours_open"):
        likelihood.chances(without, words)
    renamed = without.append_column("hours_opened", rows[name])
    with pytest.raises(ModelError, match="did you mean 'hours_opened'"):
        likelihood.chances(renamed, words)
    texts = without.append_column(name, pa.array(["1"] * 10))
    with pytest.raises(ModelError, match="'hours_open' is of type string; the model was trained on numbers"):
        likelihood.chances(texts, words)
    with pytest.raises(ModelError, match="reads the customer's last words, and was given features alone"):
        likelihood.chances(rows)


def test_a_model_of_made_rows_is_not_used_on_real_ones(likelihood: Likelihood, examples: Examples) -> None:
    """A real brand among the rows is refused, and so are invented ones by a model of real rows."""
    rows, words = examples.features.slice(0, 10), examples.words.slice(0, 10)
    place = rows.column_names.index("brand")
    real = rows.set_column(place, "brand", pa.array(["AcmeHelp"] * 9 + [None], pa.string()))
    with pytest.raises(
        ModelError, match="trained on made rows and is not used on real ones: 1 brands such as 'Acme"
    ):
        likelihood.of(real, words)
    of_real = replace(likelihood, card=replace(likelihood.card, source_kind="real"))
    assert of_real.of(real, words).null_count < 10
    with pytest.raises(ModelError, match="trained on real rows and is not used on made ones"):
        of_real.of(rows, words)


def test_only_open_issues_that_are_not_long_silent_have_a_likelihood(
    likelihood: Likelihood, examples: Examples
) -> None:
    """A settled issue, and one silent for longer than training ever saw, get null; the others a chance."""
    rows, words = examples.features.slice(0, 4), examples.words.slice(0, 4)
    for name, values in {
        "resolution_status": ["open", "resolved", "no_issue", "open"],
        "hours_since_last": [1.0, 1.0, 1.0, likelihood.card.longest_silence_hours + 0.1],
    }.items():
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(values))
    given = likelihood.of(rows, words).to_pylist()
    assert given[1:] == [None, None, None]
    assert 0 < given[0] < 1
