"""Ask ClickHouse: a server over HTTP, or the engine inside this process.

In: statements, values for their `{name:Type}`, rows as Arrow. Out: answers as Arrow or plain rows; errors
that name the store. What fails for a reason that passes is asked again for some seconds, so that every
statement may arrive twice, and must bear it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from nbalib.errors import InputError, MissingPackageError, NbaError, StoreAwayError, StoreError
from nbalib.stores.clickhouse_folder import hold, let_go
from nbalib.stores.retrying import retried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from nbalib.settings import ClickHouseSettings

Result = TypeVar("Result")

PATIENCE_SECONDS = 30.0
CONNECT_SECONDS = 5
ANSWER_SECONDS = 300
STREAM_ROWS = 100_000

INSERT_SETTINGS = {"async_insert": 0, "insert_deduplicate": 1, "optimize_on_insert": 0}
"""An insert has ended when it returns; rows with one key are left to FINAL, which is quicker."""

PASSING = frozenset({159, 202, 203, 209, 210, 225, 242, 252, 279, 319, 373, 394, 425, 439, 999})
"""Codes of ClickHouse that say "not just now": too many queries or parts, a time limit, a keeper away."""

# What the client would log as well is in our errors.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())


class ClickHouseClient:
    """One connection; used by one thread at a time.

    Parameters
    ----------
    settings : ClickHouseSettings
    patience : float
        Seconds after which a store that does not answer counts as away.

    Attributes
    ----------
    name : str
        Where it is, without user and password.
    database : str

    Raises
    ------
    InputError
        No place is configured.
    MissingPackageError
        clickhouse-connect, or chdb, is absent.
    StoreBusyError
        Another process has the folder open.
    StoreAwayError
        The server does not answer.
    StoreError
        It refuses us.
    """

    def __init__(self, settings: ClickHouseSettings, patience: float = PATIENCE_SECONDS) -> None:
        if not settings.host and not settings.path:
            raise InputError("ClickHouse: set CLICKHOUSE_HOST (a server) or CLICKHOUSE_PATH (a folder)")
        self.settings = settings
        self.patience = patience
        self.database = settings.database
        place = settings.path or f"{settings.host}:{settings.port or (8443 if settings.is_secure else 8123)}"
        self.name = f"ClickHouse at {place}, database {settings.database}"
        self._folder = hold(Path(settings.path)) if settings.path else None
        self._is_open = True
        self._answers = True
        try:
            self._client = self._patiently(self._connected)
        except BaseException:
            self._let_go()
            raise

    def use_database(self) -> None:
        """Let the names of tables mean those of the store's database; it must be there."""
        self._client.database = self.database

    def another(self) -> ClickHouseClient:
        """Connect once more, for another thread."""
        other = ClickHouseClient(self.settings, self.patience)
        other.use_database()
        return other

    def close(self) -> None:
        """Let it go; closing twice does no harm."""
        if self._is_open:
            self._client.close()
            self._let_go()

    def run(self, statement: str, **values: object) -> None:
        """Run a statement that answers nothing."""
        self._patiently(lambda: self._client.command(statement, parameters=values))

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Answer a query with a few rows."""
        found = self._patiently(lambda: self._client.query(query, parameters=values).result_rows)
        return [tuple(row) for row in found]

    def arrow(self, query: str, schema: pa.Schema, values: Mapping[str, object] | None = None) -> pa.Table:
        """Answer a query with a table of this schema."""
        found = self._patiently(lambda: self._client.query_arrow(query, parameters=dict(values or {})))
        return found.cast(schema)

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        """Add rows as one block; one that comes again with its token is not added again."""
        settings = {"insert_deduplication_token": token, **INSERT_SETTINGS}
        block = rows.combine_chunks()
        self._patiently(lambda: self._client.insert_arrow(table, block, settings=settings))

    def stream(self, query: str, schema: pa.Schema) -> pa.RecordBatchReader:
        """Answer a query batch by batch: what is stored when it begins."""
        batches = self._embedded_batches(query) if self._folder else self._served_batches(query)
        return pa.RecordBatchReader.from_batches(schema, self._cast(batches, schema))

    def _embedded_batches(self, query: str) -> Iterator[pa.RecordBatch]:
        import chdb  # its own door: the client's holds an answer in Arrow whole

        connection = chdb.connect(str(self._folder))  # type: ignore[no-untyped-call]
        try:
            connection.query(f"USE {self.database}", "TabSeparated")
            yield from connection.send_query(query, "Arrow").record_batch(STREAM_ROWS)
        finally:
            connection.close()

    def _served_batches(self, query: str) -> Iterator[pa.RecordBatch]:
        with self._patiently(lambda: self._client.query_arrow_stream(query)) as found:
            yield from found

    def _cast(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                yield batch.cast(schema)
        except NbaError:
            raise
        except Exception as error:
            raise self._told(error) from error

    def _patiently(self, act: Callable[[], Result]) -> Result:
        """Act, and again while it fails for a reason that passes; once only if the store was away before."""

        def once(_tries: int) -> Result:
            try:
                return act()
            except NbaError:
                raise
            except Exception as error:
                raise self._told(error) from error

        try:
            done = retried(once, self.patience if self._answers else 0.0)
        except StoreAwayError:
            self._answers = False
            raise
        self._answers = True
        return done

    def _connected(self) -> Any:
        try:
            import clickhouse_connect

            if self._folder:
                return clickhouse_connect.get_client(interface="chdb", path=str(self._folder))
        except ImportError as error:
            raise MissingPackageError("clickhouse_connect", "clickhouse") from error
        settings = self.settings
        return clickhouse_connect.get_client(
            host=settings.host,
            port=settings.port or None,
            username=settings.user,
            password=settings.password,
            secure=settings.is_secure,
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=ANSWER_SECONDS,
            autogenerate_session_id=False,
            client_name="nbalib",
        )

    def _told(self, error: Exception) -> StoreError:
        """Say what went wrong, and where; a password that somebody repeats is not said."""
        said = str(error).split("\n", 1)[0]
        if self.settings.password:
            said = said.replace(self.settings.password, "…")
        kind = StoreAwayError if _passes(error) else StoreError
        return kind(f"{self.name}: {said}")

    def _let_go(self) -> None:
        self._is_open = False
        if self._folder is not None:
            let_go(self._folder)


def code_of(error: StoreError) -> int | None:
    """Give ClickHouse's own number of an error, such as 60 for a table that there is not."""
    code: int | None = getattr(error.__cause__, "code", None)
    return code


def _passes(error: Exception) -> bool:
    """Tell whether the same may go well a little later: nobody there, cut off, or "not just now"."""
    from clickhouse_connect.driver.exceptions import OperationalError

    code = getattr(error, "code", None)
    if code is not None:
        return code in PASSING
    return isinstance(error, OperationalError | OSError) or "HTTP status 50" in str(error)
