"""The settings that every DuckDB connection of ours works under.

In: a new connection. Out: the same, in UTC, silent, and free to keep rows in any order.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

MEMORY_LIMIT = "4GB"
"""Beyond it DuckDB spills to a folder beside the store."""


def set_up(connection: duckdb.DuckDBPyConnection) -> None:
    """Settle time zone, row order, memory and progress bar of a connection and of its cursors."""
    connection.execute("SET GLOBAL TimeZone = 'UTC'")  # without GLOBAL, a cursor would be in local time
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    # In a notebook DuckDB refuses to touch its bar without ipywidgets, though the bar is off there.
    [(has_bar,)] = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    if has_bar:
        connection.execute("SET enable_progress_bar = false")


@contextmanager
def shown(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table | pa.RecordBatchReader
) -> Iterator[None]:
    """Let SQL read `rows` under `name`, inside the block only."""
    connection.register(name, rows)
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # a rollback takes the name away; a result half read holds it
            connection.unregister(name)
        raise
    connection.unregister(name)
