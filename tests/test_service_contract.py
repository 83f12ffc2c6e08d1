"""The service decides as the batch does: the same customer, instant and data, the same answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from nbalib.as_of import AsOf, read_as_of
from nbalib.conversations.process import process
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.ingestion import ingest
from nbalib.predictions.assemble import Predictions, predict
from nbalib.predictions.export import csv_rows, most_pressing
from nbalib.predictions.method import load_method
from nbalib.settings import Settings
from nbalib.sources.synthetic import write_synthetic
from nbalib.stores.duckdb_store import DuckDBStore
from service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

N_CUSTOMERS = 200
LOADED = datetime(2026, 1, 1, tzinfo=UTC)
SAME = ("customer_id", "conversation_id", "channel", "message", "reasoning", "issue_status", "p_resolved")
SAME_TOO = ("rule", "message_source", "decision_id")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give settings whose store holds made conversations of several brands."""
    folder = tmp_path_factory.mktemp("made")
    settings = Settings(duckdb_path=folder / "nba.duckdb", outputs_dir=folder)
    params = load_method(settings.params_dir).params
    write_synthetic(folder / "made.csv", rows=3000, seed=7)
    with DuckDBStore.open(settings.duckdb_path) as store:
        ingest(store, "twitter", [folder / "made.csv"], accounts=params.accounts, now=LOADED)
        process(store, params, now=LOADED)
    return settings


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    """Give a client of the running service."""
    with TestClient(create_app(settings)) as client:
        yield client


def batch(settings: Settings, as_of: AsOf) -> Predictions:
    """Predict for everybody at once."""
    with DuckDBStore.open(settings.duckdb_path, read_only=True) as store:
        return predict(PandasEngine(store.connection), load_method(settings.params_dir), as_of)


def expected(row: dict[str, Any], send_time: str | None) -> dict[str, Any]:
    """Say a row of the batch as the service should."""
    answer = {name: row[name] for name in (*SAME, *SAME_TOO)}
    as_of = row["as_of"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**answer, "brand": row["brand_account_id"], "send_time": send_time, "as_of": as_of}


def asked(client: TestClient, as_of: str, row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Ask the service about the customer of a row."""
    body = {"customer_id": row["customer_id"], "as_of": as_of, **more}
    answer = client.post("/predict_nba", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("as_of", "n_customers"), [("data", N_CUSTOMERS), ("last-message", 40), ("2019-07-01T06:30:00Z", 40)]
)
def test_the_answer_is_the_line_of_the_file(
    settings: Settings, client: TestClient, as_of: str, n_customers: int
) -> None:
    """Asked for a customer and a brand, the service gives what nba_predictions.csv says of the two."""
    chosen = most_pressing(batch(settings, read_as_of(as_of, LOADED)))
    lines = csv_rows(chosen).to_pylist()
    rows = chosen.to_pylist()[:n_customers]
    assert len(rows) == n_customers
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda row: asked(client, as_of, row, brand=row["brand_account_id"]), rows)
    for row, line, answer in zip(rows, lines, answers, strict=False):
        assert answer == expected(row, line["send_time"])


def test_without_a_brand_the_most_pressing_of_all(settings: Settings, client: TestClient) -> None:
    """Of a customer's lines in the file, which has the most pressing first, the first is the answer."""
    chosen = most_pressing(batch(settings, AsOf("data")))
    lines = csv_rows(chosen).to_pylist()
    first: dict[str, tuple[dict[str, Any], str]] = {}
    several = []
    for row, line in zip(chosen.to_pylist(), lines, strict=True):
        if row["customer_id"] in first:
            several.append(row["customer_id"])
        first.setdefault(row["customer_id"], (row, line["send_time"]))
    assert len(set(several)) >= 30
    for customer in sorted(set(several))[:40]:
        row, send_time = first[customer]
        assert asked(client, "data", row) == expected(row, send_time)


def test_nothing_to_do_is_an_answer(settings: Settings, client: TestClient) -> None:
    """A customer of whom no conversation gets an action is answered no_action, with the reason."""
    predictions = batch(settings, AsOf("data"))
    busy = set(most_pressing(predictions)["customer_id"].to_pylist())
    idle: dict[str, list[dict[str, Any]]] = {}
    for row in predictions.rows.to_pylist():
        if row["customer_id"] not in busy:
            idle.setdefault(row["customer_id"], []).append(row)
    assert len(idle) >= 40
    for rows in list(idle.values())[:40]:
        answer = asked(client, "data", rows[0])
        [row] = [row for row in rows if row["conversation_id"] == answer["conversation_id"]]
        assert answer == expected(row, None)
        assert (answer["channel"], answer["message"]) == ("no_action", "")
        assert f"[rule {answer['rule']}" in answer["reasoning"]


def test_every_conversation_can_be_asked_for(settings: Settings, client: TestClient) -> None:
    """Named by its id, a less pressing conversation is answered as the batch decides it."""
    rows = batch(settings, AsOf("data")).rows
    lines = csv_rows(rows).to_pylist()
    by_customer: dict[str, int] = {}
    for row, line in zip(rows.to_pylist(), lines, strict=True):
        by_customer[row["customer_id"]] = by_customer.get(row["customer_id"], 0) + 1
        if by_customer[row["customer_id"]] == 3:
            answer = asked(client, "data", row, conversation_id=row["conversation_id"])
            assert answer == expected(row, line["send_time"])
    assert sum(n >= 3 for n in by_customer.values()) >= 20
