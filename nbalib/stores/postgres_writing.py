"""Rows written into PostgreSQL's tables beside those that stand there.

In: a connection inside a transaction, a table, Arrow rows. Out: the changed table. What must be compared with
stored rows goes through a temporary table, which lasts as long as the transaction.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.stores.postgres_copying import copy_in
from nbalib.stores.postgres_layout import make_indexes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbalib.schema import Table
    from nbalib.stores.postgres_copying import Connection

PLACE = "nba_place"


def put_new(connection: Connection, table: Table, rows: pa.Table) -> int:
    """Add the rows whose key is new; of several with one key, the first. Give how many."""
    make_indexes(connection, table.name)
    key, names = ", ".join(table.key), ", ".join(table.names)
    placed = rows.append_column(PLACE, pa.array(range(rows.num_rows), pa.int64()))
    with _aside(
        connection, table, f"{names}, 0::bigint AS {PLACE}", placed.to_batches(), placed.schema
    ) as aside:
        return connection.execute(
            f"INSERT INTO {table.name} ({names}) "
            f"SELECT DISTINCT ON ({key}) {names} FROM {aside} ORDER BY {key}, {PLACE} ON CONFLICT DO NOTHING"
        ).rowcount


def put_rows(connection: Connection, table: Table, batches: Iterable[pa.RecordBatch], *, is_new: bool) -> int:
    """Write rows in the place of those that have their keys; if `is_new`, none has. Give how many."""
    if is_new:
        return copy_in(connection, table.name, batches, table.arrow)
    names = ", ".join(table.names)
    with _aside(connection, table, names, batches, table.arrow) as aside:
        connection.execute(f"DELETE FROM {table.name} AS old USING {aside} AS fresh WHERE {_same(table)}")
        return connection.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {aside}").rowcount


def delete_keys(connection: Connection, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
    """Take the rows with these keys away. Give how many."""
    with _aside(connection, table, ", ".join(table.key), batches, table.arrow_of(table.key)) as aside:
        return connection.execute(
            f"DELETE FROM {table.name} AS old USING {aside} AS fresh WHERE {_same(table)}"
        ).rowcount


@contextmanager
def keys_aside(connection: Connection, table: Table, keys: pa.Table) -> Iterator[str]:
    """Let queries see `keys` in the temporary table whose name is given."""
    schema = table.arrow_of(keys.column_names)
    named = ", ".join(keys.column_names)
    with _aside(connection, table, named, keys.cast(schema).to_batches(), schema) as aside:
        yield aside


@contextmanager
def _aside(
    connection: Connection, table: Table, columns: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema
) -> Iterator[str]:
    """Put rows into a temporary table whose name is given, and which has `columns` of `table`."""
    name = f"nba_aside_{table.name}"
    connection.execute(
        f"CREATE TEMP TABLE {name} ON COMMIT DROP AS SELECT {columns} FROM {table.name} LIMIT 0"
    )
    copy_in(connection, name, batches, schema)
    connection.execute(f"ANALYZE {name}")
    yield name
    connection.execute(f"DROP TABLE {name}")


def _same(table: Table) -> str:
    return " AND ".join(f"old.{name} = fresh.{name}" for name in table.key)
