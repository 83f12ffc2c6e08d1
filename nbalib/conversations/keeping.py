"""Make room for what is built anew, and bring the profiles into line with it.

In: `affected_threads`, `scope`, inside the caller's transaction. Out: the stored tables without what is built
again; profiles as if all had been built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.conversations.roles import HERE
from nbalib.engines.statements import statement
from nbalib.schema import CUSTOMER_PROFILES, THREADS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.schema import Table

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


def keep_threads(engine: PandasEngine) -> None:
    """Store which thread each of the placed messages stands in."""
    _insert(engine, THREADS, "placed_threads")


def keep_profiles(engine: PandasEngine, now: datetime, *, whole: bool) -> None:
    """Count the conversations of the customers whose conversations were taken away or built."""
    chosen = "conversations"
    if not whole:
        engine.execute(
            "INSERT INTO customers SELECT customer_id FROM turns"
            " WHERE interaction_id IN (SELECT interaction_id FROM scope)"
        )
        engine.execute(
            "DELETE FROM customer_profiles WHERE customer_id IN (SELECT customer_id FROM customers)"
        )
        chosen = "(SELECT * FROM conversations WHERE customer_id IN (SELECT customer_id FROM customers))"
    engine.view("profiled", f"SELECT * FROM {chosen}")
    _insert(engine, CUSTOMER_PROFILES, "profiles", {"now": now})
    engine.drop("customers")


def _insert(
    engine: PandasEngine, table: Table, name: str, values: Mapping[str, object] | None = None
) -> None:
    """Store what the statement `name` selects, without taking it out of DuckDB."""
    columns = ", ".join(table.names)
    engine.execute(f"INSERT INTO {table.name} SELECT {columns} FROM ({statement(HERE, name)})", values)
