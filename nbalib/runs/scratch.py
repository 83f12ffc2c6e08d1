"""A store for one notebook alone, apart from everybody's own.

In: the folder of the notebook's run. Out: an empty store in it, however often the notebook is run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.schema import SCHEMA_VERSIONS, TABLES
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from pathlib import Path

FILE = "scratch.duckdb"


def scratch_store(folder: Path) -> DuckDBStore:
    """Open the store of the notebook whose folder this is, without what an earlier run left in it."""
    store = DuckDBStore.open(folder / FILE)
    with store.transaction():
        for name in TABLES:
            if name != SCHEMA_VERSIONS.name:
                store.connection.execute(f"DELETE FROM {name}")
    return store
