"""Keep what was built: put new threads, turns, conversations and profiles in the place of the old.

In: what a pass has built, inside the caller's transaction. Out: the stored tables, as if all had been built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbalib.conversations.roles import HERE
from nbalib.engines.statements import statement

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.stores.duckdb_store import DuckDBStore

AFFECTED = "(platform_type, thread_root_id) IN (SELECT (platform_type, thread_root_id) FROM affected_threads)"


@dataclass(frozen=True)
class Built:
    """Rows of the tables of these names."""

    threads: pa.Table
    turns: pa.Table
    conversations: pa.Table


def put_in_place(
    store: DuckDBStore, engine: PandasEngine, built: Built, now: datetime, *, whole: bool
) -> None:
    """Write what was built, and the profiles of the customers it is about.

    Parameters
    ----------
    whole : bool
        Everything was built; else only the messages of `scope`, in `affected_threads`.
    """
    if whole:
        engine.make("customers", "SELECT customer_id FROM conversations WHERE FALSE")
        for name in ("threads", "turns", "conversations", "customer_profiles"):
            engine.execute(f"DELETE FROM {name}")
    else:
        engine.make("customers", f"SELECT DISTINCT customer_id FROM conversations WHERE {AFFECTED}")
        for name in ("turns", "conversations"):
            engine.execute(f"DELETE FROM {name} WHERE {AFFECTED}")
        engine.execute("DELETE FROM threads WHERE interaction_id IN (SELECT interaction_id FROM scope)")
    for name, rows in (
        ("threads", built.threads),
        ("turns", built.turns),
        ("conversations", built.conversations),
    ):
        store.append(name, rows)
    _keep_profiles(store, engine, built.conversations, now, whole=whole)
    engine.execute("DELETE FROM touched")


def _keep_profiles(
    store: DuckDBStore, engine: PandasEngine, conversations: pa.Table, now: datetime, *, whole: bool
) -> None:
    """Count the customers' conversations anew."""
    chosen = "conversations"
    if not whole:
        engine.table("rebuilt", conversations.select(["customer_id"]))
        engine.execute("INSERT INTO customers SELECT customer_id FROM rebuilt")
        engine.execute(
            "DELETE FROM customer_profiles WHERE customer_id IN (SELECT customer_id FROM customers)"
        )
        chosen = "(SELECT * FROM conversations WHERE customer_id IN (SELECT customer_id FROM customers))"
    engine.view("profiled", f"SELECT * FROM {chosen}")
    store.append("customer_profiles", engine.sql(statement(HERE, "profiles"), {"now": now}))
    engine.drop("customers", "rebuilt")
