"""Where a notebook's tables are, and what carries its work, by the names that its parameters have.

In: the parameters `db`, `duckdb_path` and `engine`; the environment says where servers are. Out: an open
store, and the Spark that is asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nbalib.engines.choice import cluster_for
from nbalib.settings import Settings
from nbalib.stores.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.engines.spark_session import Cluster
    from nbalib.stores.contract import Store


def store_of(db: str, duckdb_path: Path, *, read_only: bool = False) -> Store:
    """Open the store `db`; `duckdb_path` is the file of the one in DuckDB."""
    settings = replace(Settings.from_environment(), duckdb_path=duckdb_path)
    return open_store(settings, db, read_only=read_only)


def cluster_of(engine: str) -> Cluster | None:
    """Give the Spark that `engine` asks for; none for pandas."""
    return cluster_for(engine, Settings.from_environment().spark)
