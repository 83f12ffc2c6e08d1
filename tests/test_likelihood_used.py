"""A trained likelihood is where it is used: features, rules, reasoning, files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from tweets import LOADED, Tweet, store_of

from nbalib.as_of import AsOf
from nbalib.conversations.process import process
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import ModelError
from nbalib.ingestion import ingest
from nbalib.params import Params, shipped_status
from nbalib.predictions.assemble import Predictions, predict
from nbalib.predictions.export import write
from nbalib.predictions.likely import reasons_by_conversation
from nbalib.predictions.method import Method, load_method
from nbalib.resolution.candidates import Examples
from nbalib.resolution.prefixes import prefixes
from nbalib.resolution.storing import save
from nbalib.resolution.training import train
from nbalib.settings import Settings
from nbalib.sources.synthetic import write_synthetic
from nbalib.stores.duckdb_store import DuckDBStore
from service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbalib.resolution.training import Trained

AS_OF = AsOf("last-message")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBStore]:
    """Give a store of made conversations."""
    folder = tmp_path_factory.mktemp("used")
    write_synthetic(folder / "made.csv", rows=6_000, seed=11)
    with DuckDBStore.open(folder / "nba.duckdb") as store:
        ingest(store, "twitter", [folder / "made.csv"], accounts=Params().accounts, now=LOADED)
        process(store, Params(), now=LOADED)
        yield store


@pytest.fixture(scope="module")
def trained(store: DuckDBStore) -> Trained:
    """Train on it."""
    rows = prefixes(PandasEngine(store.connection), 72, shipped_status())
    return train(Examples.of_prefixes(rows), n_resamples=5)


@pytest.fixture(scope="module")
def method(repository: Path, trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Method:
    """Load the shipped method with the model's file."""
    path = tmp_path_factory.mktemp("model") / "nba.model"
    save(trained.likelihood, path)
    return load_method(repository / "params", model=path)


@pytest.fixture(scope="module")
def predictions(store: DuckDBStore, method: Method) -> Predictions:
    """Predict with the model."""
    return predict(PandasEngine(store.connection), method, AS_OF)


def test_open_issues_have_a_likelihood_and_others_none(predictions: Predictions) -> None:
    """Every open issue has a chance between 0 and 1; what is settled or no issue has none."""
    rows = predictions.rows
    is_open = pc.equal(rows["resolution_status"], "open")
    assert rows.filter(is_open)["p_resolved"].null_count == 0
    others = rows.filter(pc.invert(is_open))
    assert others["p_resolved"].null_count == others.num_rows > 0
    assert 0 < pc.min(rows["p_resolved"]).as_py() < pc.max(rows["p_resolved"]).as_py() < 1


def test_what_is_said_is_what_was_estimated(predictions: Predictions, method: Method) -> None:
    """The reasoning ends with the percentage and how it stands to the average, where there is one."""
    assert method.likelihood is not None
    low, high = method.likelihood.card.abstains
    places = {"below": 0, "about": 0, "above": 0, "": 0}
    for row in predictions.rows.select(["p_resolved", "reasoning"]).to_pylist():
        p, said = row["p_resolved"], row["reasoning"]
        if p is None:
            assert "Likely to stand resolved" not in said
            places[""] += 1
            continue
        word = "below" if p < low else "above" if p > high else "about"
        expected = f" Likely to stand resolved within 72 hours: {round(p * 100)} %, {word} the average."
        assert said.endswith(expected)
        places[word] += 1
    assert min(places.values()) > 0


def test_one_customer_is_answered_as_in_the_batch(
    store: DuckDBStore, predictions: Predictions, method: Method
) -> None:
    """The likelihood of a customer asked for alone is the batch's, to the last digit."""
    batch = dict(
        zip(*(predictions.rows[name].to_pylist() for name in ("conversation_id", "p_resolved")), strict=True)
    )
    for customer_id in predictions.rows["customer_id"].unique().to_pylist()[:5]:
        alone = predict(PandasEngine(store.connection), method, AS_OF, [customer_id]).rows
        for row in alone.select(["conversation_id", "p_resolved"]).to_pylist():
            assert row["p_resolved"] == batch[row["conversation_id"]]


def test_the_files_carry_it(predictions: Predictions, tmp_path: Path) -> None:
    """The Parquet file has the likelihoods; the CSV has them in words, and no column more."""
    written = write(predictions, tmp_path)
    stored = pq.read_table(written.parquet)["p_resolved"]
    assert stored.to_pylist() == predictions.rows["p_resolved"].to_pylist()
    csv = written.csv.read_text(encoding="utf-8")
    assert csv.startswith("customer_id,chat_log,channel,message,send_time,reasoning,issue_status")
    assert "Likely to stand resolved within 72 hours: " in csv


def test_without_a_model_nothing_is_said(store: DuckDBStore, repository: Path, method: Method) -> None:
    """`p_resolved` is null until a model is trained; all else but the words and the ids is the same."""
    plain = load_method(repository / "params", model=repository / "no.model")
    rows = predict(PandasEngine(store.connection), plain, AS_OF).rows
    assert rows["p_resolved"].null_count == rows.num_rows
    assert not any("Likely to stand" in said for said in rows["reasoning"].to_pylist())
    assert plain.digest != method.digest
    with_model = predict(PandasEngine(store.connection), method, AS_OF).rows
    for name in ("rule", "channel", "send_time", "message"):
        assert rows[name].to_pylist() == with_model[name].to_pylist()


def test_a_rule_may_ask_for_it(store: DuckDBStore, method: Method, tmp_path: Path, repository: Path) -> None:
    """A rule that compares `p_resolved` decides by it, and the trace shows the number."""
    text = (repository / "params" / "rules.yaml").read_text(encoding="utf-8")
    first = text.index("rules:\n") + len("rules:\n")
    rule = (
        "  - name: unlikely\n    when: awaiting = 'agent' AND p_resolved < 0.05\n"
        "    action: twitter_dm_reply\n    issue_status: pending_customer_response\n"
        "    because: Hardly resolved by itself.\n\n"
    )
    (tmp_path / "rules.yaml").write_text(text[:first] + rule + text[first:], encoding="utf-8")
    rules = load_method(repository / "params", tmp_path / "rules.yaml").rules
    rows = predict(PandasEngine(store.connection), replace(method, rules=rules), AS_OF).rows
    chosen = rows.filter(pc.equal(rows["rule"], "unlikely"))
    assert chosen.num_rows > 0
    assert pc.max(chosen["p_resolved"]).as_py() < 0.05
    assert '"p_resolved":0.0' in chosen["trace"][0].as_py().replace(" ", "")


def test_a_model_of_made_conversations_is_refused_by_a_real_store(method: Method, tmp_path: Path) -> None:
    """On a store of other brands the model is not used, and prediction stops with the reason."""
    talk = (
        Tweet(1, "1001", "@AcmeHelp no signal", 0),
        Tweet(2, "AcmeHelp", "@1001 Sorry to hear that! Please DM us your phone number. ^AB", 2, 1),
    )
    with (
        store_of(tmp_path, talk) as real,
        pytest.raises(ModelError, match="trained on made rows and is not used on"),
    ):
        predict(PandasEngine(real.connection), method, AS_OF)


def test_nothing_predicts_by_fitting(
    store: DuckDBStore, method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Predicting leaves the model as it is: with every fit forbidden the likelihoods are the same."""
    before = predict(PandasEngine(store.connection), method, AS_OF).rows["p_resolved"]

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("something was fitted")

    for estimator in (LogisticRegression, HistGradientBoostingClassifier, IsotonicRegression):
        monkeypatch.setattr(estimator, "fit", refuse)
    assert predict(PandasEngine(store.connection), method, AS_OF).rows["p_resolved"].equals(before)


def test_the_service_answers_with_it(
    store: DuckDBStore, trained: Trained, predictions: Predictions, tmp_path: Path
) -> None:
    """A service whose store has a model beside it answers with the batch's likelihood and words."""
    store.connection.execute("CHECKPOINT")
    settings = Settings(duckdb_path=tmp_path / "nba.duckdb", outputs_dir=tmp_path)
    settings.duckdb_path.write_bytes(store.path.read_bytes())
    save(trained.likelihood, settings.model_path)
    batch = {row["conversation_id"]: row for row in predictions.rows.to_pylist()}
    known = [row for row in batch.values() if row["p_resolved"] is not None][:3]
    with TestClient(create_app(settings, clock=lambda: LOADED)) as client:
        for row in known:
            asked = {"customer_id": row["customer_id"], "conversation_id": row["conversation_id"]}
            answer = client.post("/predict_nba", json={**asked, "as_of": "last-message"}).json()
            assert answer["p_resolved"] == row["p_resolved"]
            assert answer["reasoning"] == row["reasoning"]
            assert answer["decision_id"] == row["decision_id"]


def test_show_says_what_moves_it(store: DuckDBStore, predictions: Predictions, method: Method) -> None:
    """For each issue with a likelihood there are words; for others there are none, as without a model."""
    some = predictions.rows.slice(0, 40)
    said = reasons_by_conversation(PandasEngine(store.connection), some, method.likelihood)
    known = some.filter(some["p_resolved"].is_valid())["conversation_id"].to_pylist()
    assert list(said) == known
    assert all(words.startswith(("raised by", "lowered by", "nothing")) for words in said.values())
    assert reasons_by_conversation(PandasEngine(store.connection), some, None) == {}
