"""The profile `cluster`: its notebooks on Spark and a server store, as its users run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from commands import BUILT, LOADED
from places import SERVERS
from test_notebooks import EVALUATE, N_ROWS, NOTEBOOKS, NOW, QUICK, RunResult, metrics, settings_in

from nbalib.runs.profile import run_profile
from nbalib.settings import Settings
from nbalib.stores.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from places import Servers

NAMES = [*NOTEBOOKS, EVALUATE]
MADE = {"synthetic_rows": str(N_ROWS), **QUICK}


def environment_of(db: str, folder: Path, servers: Servers) -> dict[str, str]:
    """Say where a new store of a kind is, and where Spark runs; even few rows go to its workers."""
    where = {"clickhouse": ("CLICKHOUSE_PATH", str(folder / "clickhouse"))}
    if db == "postgres":
        where["postgres"] = ("POSTGRES_DSN", servers.postgres().new_database())
    spark = {
        "SPARK_MASTER": "local[2]",
        "NBA_SPARK_FOLDER": str(folder / "spark"),
        "NBA_SPARK_LEAST_ROWS": "0",
    }
    return {**spark, **dict([where[db]])}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """Run the same notebooks on one machine."""
    return run_profile("demo", NAMES, MADE, settings_in(tmp_path_factory.mktemp("alone")), now=NOW)


@pytest.mark.parametrize("db", SERVERS)
def test_a_server_and_spark_end_as_one_machine(
    db: str, alone: RunResult, tmp_path: Path, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ingest, profile and predict through Spark into a server: the tables and the numbers of `demo`.

    No cell writes to stderr: neither Java nor Spark may speak into a report.
    """
    for name, value in environment_of(db, tmp_path, servers).items():
        monkeypatch.setenv(name, value)
    result = run_profile(
        "cluster", NAMES, {**MADE, "db": db, "as_of": "data"}, settings_in(tmp_path), now=NOW
    )
    for name in NAMES:
        assert metrics(result, name) == metrics(alone, name)
        cells = nbformat.read(result.folder / name / "notebook.ipynb", as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    with open_store(Settings.from_environment(), db, read_only=True) as store:
        found = {name: store.digest(name) for name in (*LOADED, *BUILT)}
    with open_store(Settings(duckdb_path=alone.folder / "nba.duckdb"), "duckdb", read_only=True) as store:
        assert found == {name: store.digest(name) for name in (*LOADED, *BUILT)}
