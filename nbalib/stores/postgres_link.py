"""The way to one PostgreSQL database: connected when needed, again when the connection was lost.

In: a connection string. Out: transactions on a connection. Nothing outlives its transaction (no session
setting, no session lock, no prepared statement where a pooler stands between), so that the connection may
be another server process each time. Times are seconds.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from nbalib.errors import InputError, StoreBusyError
from nbalib.stores.postgres_faults import told
from nbalib.stores.retrying import retried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Connection = psycopg.Connection[tuple[Any, ...]]

Done = TypeVar("Done")

CONNECT_SECONDS = 10
BUSY_SECONDS = 5
LOOK_UP_SECONDS = 60
PREPARE_AFTER = 5
ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
"""A server that vanishes is noticed within a minute, however long a statement may take."""
ENCRYPTED = ("require", "verify-ca", "verify-full")

_OURS = """
SET LOCAL statement_timeout = {milliseconds}; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL tcp_keepalives_idle = 30; SET LOCAL tcp_keepalives_interval = 10; SET LOCAL tcp_keepalives_count = 3
"""
"""The server, too, notices within a minute that we have vanished, and lets go what we held."""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('nbalib ' || current_schema(), 0))"


class Link:
    """Gives transactions on one database; used by one thread at a time.

    Parameters
    ----------
    dsn : str
        A connection string, with or without a password.
    patience : float
        Seconds for which a database that is away is asked again.
    is_supabase : bool
        Encrypted always, and without prepared statements, which its pooler does not keep.

    Raises
    ------
    InputError
        It is not a connection string.
    """

    def __init__(self, dsn: str, patience: float, *, is_supabase: bool = False) -> None:
        try:
            given: dict[str, Any] = dict(conninfo_to_dict(dsn))
        except psycopg.ProgrammingError:  # its message may hold a piece of the password
            raise InputError(
                "this is not a connection string of PostgreSQL; one is postgresql://USER:PASSWORD@HOST:5432/DATABASE"
            ) from None
        if is_supabase and given.get("sslmode") not in ENCRYPTED:
            given["sslmode"] = "require"
        given = {"connect_timeout": CONNECT_SECONDS, "application_name": "nbalib", **ALIVE, **given}
        self._dsn = make_conninfo(**{**given, "client_encoding": "utf8"})
        self._secret = str(given.get("password") or "")
        self._prepare_after = None if is_supabase else PREPARE_AFTER
        self._connection: Connection | None = None
        self._in_transaction = False
        self.patience = patience
        self.is_supabase = is_supabase
        host, port = given.get("host") or given.get("hostaddr") or "localhost", given.get("port") or 5432
        database = given.get("dbname") or given.get("user") or "postgres"
        kind = "Supabase" if is_supabase else "PostgreSQL"
        self.name = f"{kind} database {database} at {host}:{port}"

    def again(self, work: Callable[[Connection, int], Done], *, seconds: float = LOOK_UP_SECONDS) -> Done:
        """Do `work` in a transaction of its own, again if the database is away; or in the one that is open.

        Parameters
        ----------
        work : callable
            Gets the connection and the number of tries before: after a lost connection nobody knows
            whether the last of them was committed.
        seconds : float
            Longest time for one statement; 0 for any.
        """
        if self._in_transaction:
            with told(self.name, self._secret):
                return work(self._connected(), 0)

        def once(tries: int) -> Done:
            with self.transaction(seconds=seconds) as connection:
                return work(connection, tries)

        return retried(once, self.patience)

    @contextmanager
    def transaction(self, *, seconds: float = LOOK_UP_SECONDS, steady: bool = False) -> Iterator[Connection]:
        """Commit what is done inside, or nothing of it; inside another transaction, join that one.

        Parameters
        ----------
        seconds : float
            Longest time for one statement; 0 for any.
        steady : bool
            All that is read inside is of one state.
        """
        if self._in_transaction:
            with told(self.name, self._secret):
                yield self._connected()
            return
        with told(self.name, self._secret), self._connected().transaction():
            connection = self._connected()
            if steady:
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            connection.execute(_OURS.format(milliseconds=int(seconds * 1000)))
            self._in_transaction = True
            try:
                yield connection
            finally:
                self._in_transaction = False

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Open a transaction in which no other process is, that opens one this way.

        Raises
        ------
        StoreBusyError
            Another one is there, and stays.
        """
        with self.transaction(seconds=0) as connection:
            connection.execute(f"SET LOCAL lock_timeout = {BUSY_SECONDS * 1000}")
            try:
                connection.execute(_LOCK)
            except psycopg.errors.LockNotAvailable:
                raise StoreBusyError(f"{self.name} is in use by another process; try again") from None
            connection.execute("SET LOCAL lock_timeout = 0")
            yield connection

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._in_transaction = False
            self._connection = psycopg.connect(
                self._dsn, autocommit=True, prepare_threshold=self._prepare_after
            )
        return self._connection
