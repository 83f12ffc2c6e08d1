"""The settings that every DuckDB connection of ours works under.

In: a new connection. Out: the same, in UTC, silent, and free to keep rows in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "4GB"
"""Beyond it DuckDB spills to a folder beside the store."""


def set_up(connection: duckdb.DuckDBPyConnection) -> None:
    """Settle time zone, progress bar and row order of a connection."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    # In a notebook DuckDB refuses to touch its bar without ipywidgets, though the bar is off there.
    [(has_bar,)] = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    if has_bar:
        connection.execute("SET enable_progress_bar = false")
