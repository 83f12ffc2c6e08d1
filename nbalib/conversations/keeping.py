"""Make room for what is built anew, and bring the profiles into line with it.

In: `affected_threads`, `scope`, inside the caller's transaction. Out: the stored tables without what is built
again; profiles as if all had been built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.conversations.roles import HERE
from nbalib.engines.statements import statement

if TYPE_CHECKING:
    from datetime import datetime

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.stores.duckdb_store import DuckDBStore

AFFECTED = "(platform_type, thread_root_id) IN (SELECT (platform_type, thread_root_id) FROM affected_threads)"


def clear_place(engine: PandasEngine, *, whole: bool) -> None:
    """Take away what is built anew, and note its customers in `customers`.

    Parameters
    ----------
    whole : bool
        Everything is built; else only the messages of `scope`, in `affected_threads`.
    """
    if whole:
        engine.make("customers", "SELECT customer_id FROM conversations WHERE FALSE")
        for name in ("threads", "turns", "conversations", "customer_profiles"):
            engine.execute(f"DELETE FROM {name}")
        return
    engine.make("customers", f"SELECT DISTINCT customer_id FROM conversations WHERE {AFFECTED}")
    for name in ("turns", "conversations"):
        engine.execute(f"DELETE FROM {name} WHERE {AFFECTED}")
    engine.execute("DELETE FROM threads WHERE interaction_id IN (SELECT interaction_id FROM scope)")


def keep_profiles(store: DuckDBStore, engine: PandasEngine, now: datetime, *, whole: bool) -> None:
    """Count the conversations of the customers whose conversations were taken away or built."""
    chosen = "conversations"
    if not whole:
        engine.execute("INSERT INTO customers SELECT customer_id FROM conversation_keys")
        engine.execute(
            "DELETE FROM customer_profiles WHERE customer_id IN (SELECT customer_id FROM customers)"
        )
        chosen = "(SELECT * FROM conversations WHERE customer_id IN (SELECT customer_id FROM customers))"
    engine.view("profiled", f"SELECT * FROM {chosen}")
    store.append("customer_profiles", engine.sql(statement(HERE, "profiles"), {"now": now}))
    engine.drop("customers")
