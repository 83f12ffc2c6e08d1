"""The default store: one DuckDB file.

In: rows as Arrow tables in the layout of `schema`. Out: the same, and the answers of `connection`.
Instants are UTC. While one process has the file open for writing, no other process can open it.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from nbalib.errors import NotFoundError, StoreError
from nbalib.schema import table_named
from nbalib.stores.digest import digest
from nbalib.stores.duckdb_file import connect, disconnect
from nbalib.stores.duckdb_layout import check_layout
from nbalib.stores.duckdb_session import set_up, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BATCH_ROWS = 100_000


class DuckDBStore:
    """The tables of `schema` in one DuckDB file; a context manager that closes it.

    Attributes
    ----------
    connection : duckdb.DuckDBPyConnection
        For set-based steps; its time zone is UTC.
    path : Path
        The file.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._in_transaction = False
        self._is_open = True

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> DuckDBStore:
        """Open the file, making it (and its folder) when it is absent and may be written.

        Raises
        ------
        StoreBusyError
            Another process holds it.
        StoreError
            It is absent (and `read_only`), not a DuckDB file, of another program, or of another layout.
        """
        connection = connect(path, read_only=read_only)
        try:
            set_up(connection)
            check_layout(connection, path, read_only=read_only)
        except BaseException:
            disconnect(connection, path)
            raise
        return cls(connection, path)

    @property
    def name(self) -> str:
        """The file's path, for messages."""
        return str(self.path)

    def close(self) -> None:
        """Close the file; it can then be opened by other processes."""
        if self._is_open:
            self._is_open = False
            disconnect(self.connection, self.path)

    def __enter__(self) -> DuckDBStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done inside, or nothing of it; inside another transaction, join that one.

        Raises
        ------
        StoreError
            The file cannot be written: the disk is full, or away.
        """
        if self._in_transaction:
            yield
            return
        with self._told():
            self.connection.execute("BEGIN")
            self._in_transaction = True
            try:
                yield
            except BaseException:
                with suppress(duckdb.FatalException):  # DuckDB has given the file up, and undone all
                    self._end("ROLLBACK")
                raise
            self._end("COMMIT")

    def commit_so_far(self) -> None:
        """Inside a transaction: keep what was done so far, whatever follows, and go on in a new one."""
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of a file that cannot be written that it is so."""
        try:
            yield
        except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
            raise StoreError(f"{self.path} cannot be written: {error}") from error

    @contextmanager
    def memory_limit(self, limit: str) -> Iterator[None]:
        """Keep DuckDB's own memory within `limit` (such as '600MB') inside the block; it spills to disk."""
        [(before,)] = self.connection.execute("SELECT current_setting('memory_limit')").fetchall()
        self.connection.execute(f"SET memory_limit = '{limit}'")
        try:
            yield
        finally:
            self.connection.execute(f"SET memory_limit = '{before}'")

    def _end(self, how: str) -> None:
        self._in_transaction = False
        self.connection.execute(how)

    def read(
        self, table: str, columns: Sequence[str] | None = None, where: Mapping[str, object] | None = None
    ) -> pa.Table:
        """Give the rows of `table` whose columns have the values of `where`, in no particular order.

        Raises
        ------
        SchemaError
            There is no such table or column.
        """
        known = table_named(table)
        chosen, wanted = known.chosen(columns), known.chosen(where or {})
        same = " AND ".join(["TRUE", *(f"{name} IS NOT DISTINCT FROM ?" for name in wanted)])
        found = self._arrow(f"SELECT {', '.join(chosen)} FROM {table} WHERE {same}", *(where or {}).values())
        return found.cast(known.arrow_of(chosen))

    def stream(self, table: str, columns: Sequence[str] | None = None) -> pa.RecordBatchReader:
        """Give all rows of `table`, batch by batch."""
        known = table_named(table)
        chosen = known.chosen(columns)
        found = self.connection.cursor().sql(f"SELECT {', '.join(chosen)} FROM {table}")
        return found.to_arrow_reader(BATCH_ROWS).cast(known.arrow_of(chosen))

    def replace(self, table: str, rows: pa.Table) -> None:
        """Put `rows` in the place of all rows of `table`.

        Raises
        ------
        SchemaError
            `rows` does not fit the table.
        """
        conformed = table_named(table).conform(rows)
        with self.transaction():
            self.connection.execute(f"DELETE FROM {table}")
            self._insert(table, conformed)

    def append(self, table: str, rows: pa.Table) -> None:
        """Add `rows`, whose keys must be new.

        Raises
        ------
        SchemaError
            `rows` does not fit the table.
        """
        conformed = table_named(table).conform(rows)
        with self.transaction():
            self._insert(table, conformed)

    def append_new(self, table: str, rows: pa.Table) -> int:
        """Add those of `rows` whose key is new; of several with one key, the first.

        Returns
        -------
        int
            How many were added.

        Raises
        ------
        SchemaError
            `rows` does not fit the table.
        """
        known = table_named(table)
        key = ", ".join(known.key)
        same = " AND ".join(f"stored.{name} IS NOT DISTINCT FROM fresh.{name}" for name in known.key)
        numbered = known.conform(rows).append_column("row_number", pa.array(range(rows.num_rows), pa.int64()))
        before = self.count(table)
        with self.transaction(), self.shown("given_rows", numbered):
            self.connection.execute(
                f"""
                INSERT INTO {table}
                SELECT {", ".join(known.names)} FROM (
                    SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY row_number) AS place
                    FROM given_rows
                ) AS fresh
                WHERE place = 1 AND NOT EXISTS (SELECT 1 FROM {table} AS stored WHERE {same})
                """
            )
        return self.count(table) - before

    def _insert(self, table: str, rows: pa.Table) -> None:
        with self.shown("given_rows", rows):
            self.connection.execute(f"INSERT INTO {table} SELECT * FROM given_rows")

    def _arrow(self, query: str, *values: object) -> pa.Table:
        found: pa.Table = self.connection.sql(query, params=list(values)).to_arrow_table()
        return found

    def shown(self, name: str, rows: pa.Table) -> AbstractContextManager[None]:
        """Let SQL read `rows` under `name`, inside the block only."""
        return shown(self.connection, name, rows)

    def count(self, table: str) -> int:
        """Count the rows of `table`."""
        [(count,)] = self.connection.execute(f"SELECT count(*) FROM {table_named(table).name}").fetchall()
        return int(count)

    def digest(self, table: str) -> str:
        """Name the contents of `table`, whatever the order of its rows; see `stores/digest.py`."""
        return digest(self.connection, table, table_named(table))

    def latest_at(self, table: str, column: str) -> datetime | None:
        """Latest instant of a column (UTC); None where there is none."""
        [name] = table_named(table).chosen([column])
        [(micros,)] = self.connection.execute(f"SELECT epoch_us(max({name})) FROM {table}").fetchall()
        return None if micros is None else EPOCH + timedelta(microseconds=micros)

    def latest_interaction_at(self) -> datetime | None:
        """Instant of the latest stored interaction (UTC); None in an empty store."""
        return self.latest_at("interactions", "interaction_timestamp")

    def customer_interactions(self, customer_id: str) -> pa.Table:
        """Give what a customer wrote, and every other message of their conversations, oldest first.

        Parameters
        ----------
        customer_id : str
            ``platform:external id``.

        Returns
        -------
        pa.Table
            Rows of `interactions`.

        Raises
        ------
        NotFoundError
            Nothing of this customer is stored.
        """
        platform, _, account = customer_id.partition(":")
        known = table_named("interactions")
        found = self._arrow(
            """
            SELECT * FROM interactions
            WHERE (platform_type = ? AND participant_external_id = ?)
                OR interaction_id IN (SELECT interaction_id FROM turns WHERE customer_id = ?)
            ORDER BY interaction_timestamp, interaction_id
            """,
            platform,
            account,
            customer_id,
        )
        if found.num_rows == 0:
            raise NotFoundError(f"nothing is stored of the customer {customer_id!r}")
        return found.cast(known.arrow)
