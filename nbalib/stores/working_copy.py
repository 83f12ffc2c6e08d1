"""Work on a server's tables here: copy them into DuckDB, compute, and find what changed.

In: a server store. Out: a DuckDB store of the same rows, in a temporary folder that goes with the block; and
what differs in it afterwards, row by row. So there is one computation for every store, and a pass that
changed little writes little.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import duckdb

from nbalib.schema import table_named
from nbalib.stores.contract import TableChange
from nbalib.stores.duckdb_layout import ddl
from nbalib.stores.duckdb_session import set_up
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.scratch_folder import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from nbalib.schema import Table
    from nbalib.stores.contract import ServerStore, Store

AT_ONCE = 50_000


@contextmanager
def tables_here(store: Store, tables: Sequence[str]) -> Iterator[DuckDBStore]:
    """Give a DuckDB store that holds `tables` as they are: the store itself, or a copy to read."""
    if isinstance(store, DuckDBStore):
        yield store
        return
    server = cast("ServerStore", store)
    with scratch_folder() as folder:
        with server.steady():
            path = _copied(server, tables, folder / "copy.duckdb")
        with DuckDBStore.open(path) as copy:
            yield copy


@contextmanager
def memory_of(tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database in memory that holds a few rows of some tables."""
    with duckdb.connect() as connection:
        set_up(connection)
        for name, rows in tables.items():
            connection.execute(ddl(table_named(name)))
            connection.register("given_rows", rows)
            connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM given_rows")
            connection.unregister("given_rows")
        yield connection


class WorkingCopy:
    """Tables of a server as they were, and a store to change them in."""

    def __init__(self, store: DuckDBStore, before: Path) -> None:
        self.store = store
        store.connection.execute(f"ATTACH '{before}' AS before (READ_ONLY)")

    def changes(self, tables: Mapping[str, Sequence[str]]) -> Iterator[TableChange]:
        """Compare with what the server has.

        Parameters
        ----------
        tables : mapping
            Table → the columns in which a row may differ; empty for all that a digest covers.

        Yields
        ------
        TableChange
            One a table, in the given order; each is read before the next is asked for.
        """
        for name, columns in tables.items():
            table = table_named(name)
            yield _change(self.store.connection, table, columns or table.digest_columns)


@contextmanager
def working_copy(store: ServerStore, tables: Sequence[str]) -> Iterator[WorkingCopy]:
    """Copy `tables` of a server; inside `ServerStore.alone`, so that they stay as they are meanwhile."""
    with scratch_folder() as folder:
        before = _copied(store, tables, folder / "before.duckdb")
        after = shutil.copyfile(before, before.with_name("after.duckdb"))
        with DuckDBStore.open(after) as copy:
            yield WorkingCopy(copy, before)


def _copied(store: ServerStore, tables: Sequence[str], path: Path) -> Path:
    with DuckDBStore.open(path) as copy:
        for table in tables:
            with copy.shown("given_rows", store.stream(table)):
                copy.connection.execute(f"INSERT INTO {table} SELECT * FROM given_rows")
    return path


def _change(connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str]) -> TableChange:
    same_key = " AND ".join(f"b.{name} = a.{name}" for name in table.key)
    same = " AND ".join(f"b.{name} IS NOT DISTINCT FROM a.{name}" for name in columns)
    key = ", ".join(table.key)
    [(is_new,)] = connection.execute(f"SELECT NOT EXISTS (SELECT 1 FROM before.{table.name})").fetchall()
    written, gone = f"SELECT * FROM {table.name}", f"SELECT {key} FROM {table.name} WHERE FALSE"
    if not is_new:
        # The CASE keeps DuckDB from joining on the contents: keys are enough.
        written = (
            f"SELECT a.* FROM {table.name} AS a LEFT JOIN before.{table.name} AS b ON {same_key} "
            f"WHERE CASE WHEN b.{table.key[0]} IS NOT NULL AND {same} THEN FALSE ELSE TRUE END"
        )
        gone = f"SELECT {key} FROM before.{table.name} ANTI JOIN {table.name} USING ({key})"
    return TableChange(
        table.name,
        _reader(connection, written, table.arrow),
        _reader(connection, gone, table.arrow_of(table.key)),
        is_new=bool(is_new),
    )


def _reader(connection: duckdb.DuckDBPyConnection, query: str, schema: pa.Schema) -> pa.RecordBatchReader:
    return connection.cursor().sql(query).to_arrow_reader(AT_ONCE).cast(schema)
