"""The same rows, in whatever way they came, are the same tables, decisions and files in every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commands import BUILT, LOADED, made_files
from hypothesis import HealthCheck, given, settings
from passes import Arrival, arrivals, arrives_in
from places import SERVERS, Servers, new_place
from tweets import LOADED as AT

from nbalib.as_of import AsOf
from nbalib.conversations.anywhere import process_anywhere
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.predictions.assemble import READ, predict
from nbalib.predictions.export import write
from nbalib.predictions.log import log_decisions
from nbalib.predictions.method import Method, load_method
from nbalib.predictions.one_customer import customer_here, settled
from nbalib.settings import REPOSITORY
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.working_copy import tables_here

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from places import Place

    from nbalib.stores.contract import Store

N_ROWS = 3000
TABLES = (*LOADED, *BUILT, "decisions")


@pytest.fixture(scope="module")
def method() -> Method:
    """Give the rules, parameters and templates that are shipped."""
    return load_method(REPOSITORY / "params")


def whole_way(store: Store, files: Sequence[Path], method: Method, out: Path) -> dict[str, str]:
    """Load files, with a pass before the last of them, decide, and write; name the contents of the tables."""
    for batch in (files[:-1], files[-1:], files):
        ingest(store, "twitter", batch, accounts=method.params.accounts, now=AT)
        process_anywhere(store, method.params, now=AT)
    with tables_here(store, READ) as here:
        predictions = predict(PandasEngine(here.connection), method, AsOf("data"))
    log_decisions(store, predictions, AT)
    write(predictions, out)
    return {table: store.digest(table) for table in TABLES}


def agree(server: Place, files: Sequence[Path], method: Method, folder: Path) -> None:
    """Go the whole way in both stores: the same tables, to the row, and the same files, to the byte."""
    with DuckDBStore.open(folder / "here.duckdb") as here, server.open() as there:
        expected = whole_way(here, files, method, folder / "here")
        assert not expected["decisions"].startswith("0-")
        assert whole_way(there, files, method, folder / "there") == expected
    name = "nba_predictions.csv"
    assert (folder / "there" / name).read_bytes() == (folder / "here" / name).read_bytes()


def test_made_rows_are_the_same_in_every_store(server_place: Place, tmp_path: Path, method: Method) -> None:
    """Three files that share rows, a pass in between: tables, decisions and predictions agree."""
    agree(server_place, made_files(tmp_path, N_ROWS, seed=7), method, tmp_path)


def test_real_rows_are_the_same_in_every_store(
    server_place: Place, tmp_path: Path, real_data: Path, method: Method
) -> None:
    """Real threads, then a damaged export with other versions of some of them, then random rows."""
    names = ("twcs_threads_4306.csv", "damaged_excel_export.csv", "twcs_random_4998.csv")
    agree(server_place, [real_data / "twcs" / name for name in names], method, tmp_path)


@pytest.mark.parametrize("db", SERVERS)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrival=arrivals())
def test_no_way_to_arrive_matters(
    db: str, arrival: Arrival, tmp_path_factory: pytest.TempPathFactory, servers: Servers
) -> None:
    """Rows in any order, some repeated, in several loads, a pass after some, end as one load and one pass."""
    folder = tmp_path_factory.mktemp("orders")
    with new_place(db, folder, servers).open() as store:
        assert arrives_in(store, folder, arrival)


def test_one_customer_is_shown_alike(server_place: Place, tmp_path: Path, method: Method) -> None:
    """By the full id and the bare one, at the latest instant: the rows are those of the whole batch."""
    files = made_files(tmp_path, 400, seed=3)
    with server_place.open() as store:
        ingest(store, "twitter", files, accounts=method.params.accounts, now=AT)
        process_anywhere(store, method.params, now=AT)
        with tables_here(store, READ) as here:
            whole = predict(PandasEngine(here.connection), method, AsOf("data")).rows.to_pylist()
        customer = whole[0]["customer_id"]
        instant = settled(store, AsOf("data"))
        for text in (customer, customer.partition(":")[2]):
            with customer_here(store, text) as (found, engine):
                assert found == customer
                shown = predict(engine, method, instant, [found]).rows.to_pylist()
            assert shown == [row for row in whole if row["customer_id"] == customer]


def test_a_pass_that_changes_nothing_writes_nothing(server_place: Place, tmp_path: Path) -> None:
    """A second pass leaves even the instants at which conversations were computed."""
    files = made_files(tmp_path, 400, seed=3)
    with server_place.open() as store:
        ingest(store, "twitter", files, accounts=Params().accounts, now=AT)
        process_anywhere(store, Params(), now=AT)
        before = store.read("conversations").sort_by("conversation_id")
        process_anywhere(store, Params(), now=AT.replace(year=2020))
        assert store.read("conversations").sort_by("conversation_id").equals(before)
        runs = store.read("pipeline_runs", ["step", "status"]).to_pylist()
    assert sorted(run["step"] for run in runs) == ["ingest", "process", "process"]
    assert {run["status"] for run in runs} == {"done"}
