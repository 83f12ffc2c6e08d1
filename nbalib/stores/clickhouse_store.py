"""A store in ClickHouse: a server, or the engine inside this process.

In: rows as Arrow tables in the layout of `schema`. Out: the same. Instants are UTC. Reads are exact: they see
of each key the row that counts, whatever ClickHouse has merged so far. A reader beside a writer sees each
table before or after a commit, never in the middle; between tables, for the moment that publishing takes, it
may see one after and the other before.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from nbalib.errors import StoreError
from nbalib.schema import table_named
from nbalib.stores import clickhouse_aside as aside
from nbalib.stores.clickhouse_blocks import blocks
from nbalib.stores.clickhouse_client import PATIENCE_SECONDS, ClickHouseClient
from nbalib.stores.clickhouse_layout import check_layout, enter_database
from nbalib.stores.clickhouse_lease import Lease
from nbalib.stores.clickhouse_load import ClickHouseLoad
from nbalib.stores.clickhouse_reading import ClickHouseReading
from nbalib.stores.clickhouse_staging import Staging, is_cut_off, recover
from nbalib.stores.duckdb_session import set_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from nbalib.settings import ClickHouseSettings
    from nbalib.stores.contract import TableChange

PUBLISHING_SECONDS = 2.0


class ClickHouseStore(ClickHouseReading):
    """The tables of `schema` in one ClickHouse database; see `contract.ServerStore`.

    Attributes
    ----------
    name : str
        Host or folder, and database.
    patience : float
        Seconds for which it is asked again when it is away.
    """

    def __init__(self, client: ClickHouseClient) -> None:
        super().__init__(client)
        self.name = client.name
        self.patience = client.patience
        self._lease: Lease | None = None
        self._n_commits = 0

    @classmethod
    def open(
        cls, settings: ClickHouseSettings, *, read_only: bool = False, patience: float = PATIENCE_SECONDS
    ) -> ClickHouseStore:
        """Connect, making database and tables where they are absent and may be written.

        What a writer that died had committed, and not yet published, is published first.

        Raises
        ------
        InputError
            No server and no folder is configured.
        MissingPackageError
            clickhouse-connect, or chdb, is absent.
        StoreBusyError
            Another process has the folder open, or is publishing.
        StoreAwayError
            The server does not answer.
        StoreError
            It refuses us, or the database is of another program or a newer layout.
        """
        client = ClickHouseClient(settings, patience)
        try:
            enter_database(client, read_only=read_only)
            check_layout(client, read_only=read_only)
            store = cls(client)
            store._finish_commits()
        except BaseException:
            client.close()
            raise
        return store

    def close(self) -> None:
        """Let it go; closing twice does no harm."""
        self._client.close()

    def __enter__(self) -> ClickHouseStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, table: str, rows: pa.Table) -> None:
        """Add `rows`, whose keys must be new: all of them or none."""
        aside.append_whole(self._client, table, rows)

    def append_new(self, table: str, rows: pa.Table) -> int:
        """Add those of `rows` whose key is new; of several with one key, the first. Give how many."""
        known = table_named(table)
        key = ", ".join(known.key)
        stored = self._client.stream(f"SELECT {key} FROM {table} FINAL", known.arrow_of(known.key))
        with duckdb.connect() as connection:
            set_up(connection)
            connection.register("stored", stored)
            numbered = known.conform(rows).append_column("place", pa.array(range(rows.num_rows), pa.int64()))
            connection.register("given", numbered)
            fresh = connection.sql(
                f"""
                SELECT {", ".join(known.names)}
                FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY place) AS turn FROM given)
                ANTI JOIN stored USING ({key}) WHERE turn = 1
                """
            ).to_arrow_table()
        self.append(table, fresh)
        return int(fresh.num_rows)

    def replace(self, table: str, rows: pa.Table) -> None:
        """Put `rows` in the place of all rows of `table`."""
        with self.alone():
            staging = self._staging()
            try:
                staging.replace_all(table, [rows])
                self._commit(staging)
            except BaseException:
                self._forget(staging)
                raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other loads and passes out, inside the block; inside another such block, do nothing.

        Raises
        ------
        StoreBusyError
            Another load or pass is under way, and still is after a few seconds.
        """
        if self._lease is not None:
            yield
            return
        self._lease = Lease(self._client)
        try:
            recover(self._client)
            yield
        finally:
            lease, self._lease = self._lease, None
            lease.give_back()

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Read inside the block; what is read is of one state where it is inside `alone`, too."""
        yield

    @contextmanager
    def load(self, source: str, file: str, size: int) -> Iterator[ClickHouseLoad]:
        """Begin to load a file, inside `alone`; what died before it was whole, `alone` has dropped."""
        staging = self._staging()
        try:
            yield ClickHouseLoad(staging, self._commit, partial(aside.names_of_parts, self._client))
        finally:
            self._forget(staging)

    def apply(self, changes: Iterable[TableChange]) -> None:
        """Make all changes or none, inside `alone`."""
        staging = self._staging()
        try:
            for change in changes:
                staging.next_version(change.table)
                if change.is_new:
                    staging.add(change.table, change.upsert)
                else:
                    for rows in blocks(table_named(change.table), change.upsert):
                        staging.delete_moved(change.table, rows)
                        staging.add(change.table, [rows])
                staging.delete(change.table, change.delete)
            self._commit(staging)
        except BaseException:
            self._forget(staging)
            raise

    def stage(self, load_id: str, table: str, part: int, rows: pa.RecordBatchReader) -> int:
        """Keep one part of a parallel load aside; a part that comes again replaces its former self."""
        return aside.keep_part(self._client, load_id, table, part, rows)

    def staged(self, load_id: str, table: str) -> pa.RecordBatchReader:
        """Give what was staged, all parts."""
        return aside.parts_of(self._client, load_id, table)

    def drop_staged(self, load_id: str) -> None:
        """Forget what was staged under `load_id`."""
        aside.drop_parts(self._client, load_id)

    def _finish_commits(self) -> None:
        """Wait for a commit that is being published; publish it if its writer has died."""
        end = time.monotonic() + PUBLISHING_SECONDS
        while is_cut_off(self._client):
            if time.monotonic() < end:
                time.sleep(PUBLISHING_SECONDS / 10)
                continue
            with self.alone():
                return

    def _staging(self) -> Staging:
        """Begin a commit, under a name that is used once.

        Raises
        ------
        StoreError
            Nobody has made sure that no other process writes.
        """
        if self._lease is None:
            raise StoreError(f"{self.name}: loads and passes write inside alone()")
        recover(self._client)
        self._n_commits += 1
        return Staging(self._client, f"{self._lease.claim}x{self._n_commits}")

    def _commit(self, staging: Staging) -> None:
        if self._lease is not None:
            self._lease.confirm()
        staging.commit()
        staging.publish()

    def _forget(self, staging: Staging) -> None:
        """Drop what was staged and not committed; what cannot be dropped, the next writer drops."""
        with suppress(StoreError):
            staging.drop()
