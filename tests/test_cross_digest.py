"""Any store, any engine: the same tables, to the letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from commands import BUILT, LOADED, made_files
from tweets import LOADED as NOW

from nbalib.conversations.anywhere import process_anywhere
from nbalib.engines.spark_engine import engine_of
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from places import Place

    from nbalib.engines.spark_session import Cluster
    from nbalib.stores.contract import Store


def filled(store: Store, loads: Sequence[Sequence[Path]], cluster: Cluster | None) -> dict[str, str]:
    """Load files and make a pass after each load; name the contents of everything."""
    with store:
        for files in loads:
            ingest(store, "twitter", files, accounts=Params().accounts, now=NOW, cluster=cluster)
            process_anywhere(store, Params(), now=NOW, engine_on=engine_of(cluster))
        return {name: store.digest(name) for name in (*LOADED, *BUILT)}


@dataclass(frozen=True)
class Case:
    """Files to be loaded, some at a time, and the digests that pandas and DuckDB come to."""

    loads: Sequence[Sequence[Path]]
    expected: Mapping[str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Give made files in two loads; some of the rows are repeated."""
    folder = tmp_path_factory.mktemp("made")
    first, *others = made_files(folder, rows=2500, seed=11)
    loads = [[first], others]
    return Case(loads, filled(DuckDBStore.open(folder / "nba.duckdb"), loads, None))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Case:
    """Give real exports, one of them damaged."""
    loads = [sorted((real_data / "twcs").glob("*.csv"))]
    return Case(loads, filled(DuckDBStore.open(tmp_path_factory.mktemp("real") / "nba.duckdb"), loads, None))


@pytest.fixture(params=["pandas", "spark"])
def engine(request: pytest.FixtureRequest) -> Cluster | None:
    """Give each engine in turn: the one of this machine, or Spark."""
    return None if request.param == "pandas" else request.getfixturevalue("cluster")


def test_made_messages(place: Place, engine: Cluster | None, made: Case) -> None:
    """Two loads of made files, two passes: every store and engine agrees."""
    assert filled(place.open(), made.loads, engine) == made.expected


def test_real_threads(place: Place, engine: Cluster | None, real: Case) -> None:
    """Real messages with line feeds, emoji, orphans and rejected rows: every store and engine agrees."""
    assert filled(place.open(), real.loads, engine) == real.expected
