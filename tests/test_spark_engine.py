"""The Spark engine: the same tables, to the letter, as the engine of one machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import made_files
from passes import STORED
from spark import engine_on
from tweets import LOADED, Tweet, write_tweets

from nbalib.conversations.process import process
from nbalib.conversations.reading import Switches
from nbalib.errors import SourceError
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbalib.engines.spark_session import Cluster

LOADED_TABLES = ("rejected_rows", "ingestion_watermarks")


def digests_of(path: Path, loads: Sequence[Sequence[Path]], cluster: Cluster | None) -> dict[str, str]:
    """Load files and make a pass after each load; name the contents of everything."""
    engine = {} if cluster is None else {"engine_on": engine_on(cluster)}
    with DuckDBStore.open(path) as store:
        for files in loads:
            ingest(store, "twitter", files, accounts=Params().accounts, now=LOADED, cluster=cluster)
            process(store, Params(), now=LOADED, **engine)
        return {name: store.digest(name) for name in (*STORED, *LOADED_TABLES)}


def test_made_messages_end_in_the_same_digests(tmp_path: Path, cluster: Cluster) -> None:
    """Three files with repeated rows, two loads and two passes: Spark and pandas store the same tables."""
    first, *others = made_files(tmp_path, rows=3000, seed=5)
    loads = [[first], others]
    expected = digests_of(tmp_path / "pandas.duckdb", loads, None)
    assert digests_of(tmp_path / "spark.duckdb", loads, cluster) == expected
    assert list(cluster.shared.iterdir()) == []
