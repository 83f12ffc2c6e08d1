"""Write the batches of one file onto a shelf, inside the block that makes them last.

In: `Batch`es. Out: rows of `interactions`, `rejected_rows` and `ingestion_watermarks`, and the counts of
`FileReport`. Rows whose key is surely new stream into the table; the few that may be known wait,
and are settled together (see `versions.py`). What is stored does not depend on the order or the
cut of the batches.

A large file that itself brings several versions of a message takes two transactions: its rows and a
provisional watermark, then the versions that stand and the watermark proper. Killed in between, it
is read again, and ends as it would have ended.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from nbalib.engines.statements import statement
from nbalib.ingestion.seen import SeenKeys
from nbalib.ingestion.shelves import KEY_HASH
from nbalib.ingestion.versions import COLUMNS, compare, forget_outvoted, put_standing
from nbalib.sources.ahead import ahead
from nbalib.sources.batches import ROWS
from nbalib.stores.duckdb_session import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime

    from numpy.typing import NDArray

    from nbalib.ingestion.report import FileReport
    from nbalib.ingestion.shelves import Shelf
    from nbalib.params import Accounts
    from nbalib.sources.batches import Batch

HERE = "nbalib.ingestion"
MAX_WAITING_ROWS = 200_000
"""Rows that may be known, kept in memory until they are settled."""
MAX_WAITING_BYTES = 1 << 26
"""Rejected rows kept in memory until they are written."""

TEMPORARY = ("refused", "arriving", "unsettled", "contested", "versions", "outvoted")
"""Tables that a file needs while it is written."""

_BYTES_PER_ROW = 150


class FileWriter:
    """Writes one file's batches; made and used inside one block of `shelf_for`.

    Parameters
    ----------
    shelf : Shelf
    report : FileReport
        Counted up as batches are written.
    source : str
    accounts : Accounts
        Roles and brands that override the platform's.
    now : datetime
        Instant of loading (UTC).
    n_bytes : int
        Size of the file, from which its rows are estimated.
    """

    def __init__(
        self,
        shelf: Shelf,
        report: FileReport,
        source: str,
        accounts: Accounts,
        now: datetime,
        n_bytes: int,
    ) -> None:
        self._shelf = shelf
        self._report = report
        self._source = source
        self._accounts = _accounts_table(accounts)
        self._now = now
        self._waiting: list[pa.Table] = []
        self._refused: list[pa.Table] = []
        self._n_streamed = 0
        self._seen = SeenKeys(shelf.count() + n_bytes // _BYTES_PER_ROW)
        for hashes in shelf.key_hashes():
            self._seen.add(hashes)
        forget_outvoted(shelf.connection)
        self._execute(
            "CREATE OR REPLACE TEMP TABLE refused (row_number BIGINT, reason TEXT, detail TEXT, raw TEXT)"
        )

    def write(self, batches: Generator[Batch, None, None], tell: Callable[[int], None]) -> None:
        """Store all batches and count each of their rows once; `tell` gets the bytes done after each.

        Raises
        ------
        NbaError
            Whatever `batches` raises.
        """
        with closing(batches), closing(ahead(_hashed(batches), depth=6)) as coming:
            stream = _Stream(coming, self._sorted_out, tell)
            while not stream.is_over:
                reader = pa.RecordBatchReader.from_batches(ROWS, stream.until(self._is_full))
                n_new = self._insert(reader)
                stream.raise_failure()
                self._n_streamed += n_new
                self._report.n_stored += n_new
                if not stream.is_over:
                    self._write_refused()
                    self._settle_waiting()

    def finish(self, fingerprint: str) -> None:
        """Settle what waits, and keep the rejected rows and the watermark under the file's fingerprint."""
        report = self._report
        report.fingerprint = fingerprint
        self._write_refused()
        self._settle_waiting()
        self._shelf.finish(
            "SELECT ? AS source, ? AS fingerprint, ? AS file, row_number, reason, detail, raw, "
            "CAST(? AS TIMESTAMPTZ) AS created_at FROM refused",
            [self._source, fingerprint, report.file, self._now],
            report.watermark(self._source, self._now),
        )
        for name in TEMPORARY:
            self._execute(f"DROP TABLE IF EXISTS temp.{name}")

    def _sorted_out(self, batch: Batch, hashes: NDArray[np.uint64]) -> list[pa.RecordBatch]:
        """Count a batch, keep what must wait, and give the rows that are surely new."""
        self._report.count(batch)
        if batch.rejected.num_rows:
            self._refused.append(batch.rejected)
        may_be_known = self._seen.add(hashes)
        new = batch.rows
        if may_be_known.any():
            self._waiting.append(batch.rows.filter(pa.array(may_be_known)))
            new = batch.rows.filter(pa.array(~may_be_known))
        batches: list[pa.RecordBatch] = new.to_batches()
        return batches

    def _is_full(self) -> bool:
        n_rows: int = sum(rows.num_rows for rows in self._waiting)
        n_bytes: int = sum(rows.nbytes for rows in self._refused)
        return n_rows >= MAX_WAITING_ROWS or n_bytes >= MAX_WAITING_BYTES

    def _insert(self, batch: pa.RecordBatchReader) -> int:
        with self._shown(batch):
            return self._shelf.put_new(f"SELECT {COLUMNS} FROM ({_arriving()})", self._origin())

    def _write_refused(self) -> None:
        if self._refused:
            with self._shown(pa.concat_tables(self._refused)):
                self._execute("INSERT INTO refused SELECT * FROM batch")
            self._refused.clear()

    def _settle_waiting(self) -> None:
        """Settle the rows that wait, and count them."""
        report, shelf = self._report, self._shelf
        waiting = pa.concat_tables([ROWS.empty_table(), *self._waiting])
        self._waiting.clear()
        with self._shown(waiting):
            self._execute(f"CREATE OR REPLACE TEMP TABLE arriving AS {_arriving()}", self._origin())
        shelf.meet()
        compared = compare(shelf.connection, waiting.num_rows)
        report.n_stored += compared.n_new
        report.n_duplicate += compared.n_repeated
        report.n_replaced += compared.n_other_versions
        shelf.before_replacing(compared, self._n_streamed, report.watermark(self._source, self._now))
        if compared.is_contested:
            put_standing(shelf.connection)
        shelf.after_settling(compared)

    @contextmanager
    def _shown(self, batch: pa.Table | pa.RecordBatchReader) -> Iterator[None]:
        connection = self._shelf.connection
        with shown(connection, "batch", batch), shown(connection, "accounts", self._accounts):
            yield

    def _origin(self) -> dict[str, object]:
        """Give the values that `arriving.sql` asks for."""
        origin = json.dumps({"source": self._source, "file": self._report.file, "row": 0})
        return {"origin": origin.removesuffix("0}"), "loaded_at": self._now}

    def _execute(self, query: str, values: dict[str, object] | None = None) -> None:
        self._shelf.connection.execute(query, values).fetchall()


class _Stream:
    """Lets DuckDB pull rows from a source.

    An error of the source ends the stream, and is kept until DuckDB has let go: it would
    otherwise come back as an error of DuckDB's.
    """

    def __init__(
        self,
        coming: Iterator[tuple[Batch, NDArray[np.uint64]]],
        sorted_out: Callable[[Batch, NDArray[np.uint64]], list[pa.RecordBatch]],
        tell: Callable[[int], None],
    ) -> None:
        self._coming = coming
        self._sorted_out = sorted_out
        self._tell = tell
        self._failure: BaseException | None = None
        self.is_over = False

    def until(self, is_full: Callable[[], bool]) -> Iterator[pa.RecordBatch]:
        """Give rows until the source is over, or what must wait `is_full`."""
        try:
            for batch, hashes in self._coming:
                yield from self._sorted_out(batch, hashes)
                self._tell(batch.bytes_done)
                if is_full():
                    return
        except BaseException as error:  # noqa: BLE001  it is raised again by raise_failure
            self._failure = error
        self.is_over = True

    def raise_failure(self) -> None:
        """Raise what ended the stream, if anything did."""
        if self._failure is not None:
            raise self._failure


def _hashed(batches: Iterator[Batch]) -> Iterator[tuple[Batch, NDArray[np.uint64]]]:
    """Hash the keys of batches as the store's own are hashed."""
    with duckdb.connect() as connection:
        for batch in batches:
            keys = batch.rows.select(["external_id", "platform_type"])
            connection.register("keys", keys)
            hashes = connection.execute(f"{KEY_HASH} keys").fetchnumpy()
            yield batch, np.asarray(hashes["key_hash"], np.uint64)


def _arriving() -> str:
    return statement(HERE, "arriving")


def _accounts_table(accounts: Accounts) -> pa.Table:
    """Lay `accounts` out as a table, accounts in lower case."""
    rows = [
        {
            "platform": entry.platform,
            "account": entry.account.lower(),
            "role": entry.role,
            "brand": entry.brand,
        }
        for entry in accounts.accounts
    ]
    names = ("platform", "account", "role", "brand")
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))
