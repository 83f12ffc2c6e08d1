"""Where a store can be, for tests that hold for all of them: each place is new, empty, and really there.

In: a folder, and the servers that the test run started. Out: `Place`s, by the names that `--db` takes.
A further store is one more entry of `PLACES`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clickhouse_server import embedded

from nbalib.settings import PostgresSettings, Settings
from nbalib.stores.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from postgres_server import PostgresServer
    from tls_front import TlsFront

    from nbalib.stores.contract import Store

PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Place:
    """A store's name for `--db`, and the settings by which it is found."""

    db: str
    settings: Settings

    def open(self, *, read_only: bool = False) -> Store:
        """Open it."""
        return open_store(self.settings, self.db, read_only=read_only)

    @property
    def is_server(self) -> bool:
        """Tell whether several processes can reach it at once."""
        return self.db != "duckdb"


@dataclass(frozen=True)
class Servers:
    """What the run of tests has started: a PostgreSQL, TLS before it, a folder for ClickHouse's engine."""

    postgres: Callable[[], PostgresServer]
    tls: Callable[[], TlsFront]
    clickhouse: Path


def _duckdb(folder: Path, _servers: Servers) -> Settings:
    return Settings(duckdb_path=folder / "nba.duckdb")


def _postgres(_folder: Path, servers: Servers) -> Settings:
    return Settings(postgres=PostgresSettings(dsn=servers.postgres().new_database()))


def _supabase(_folder: Path, servers: Servers) -> Settings:
    dsn = servers.postgres().new_database(port=servers.tls().port)
    return Settings(postgres=PostgresSettings(supabase_dsn=dsn))


def _clickhouse(_folder: Path, servers: Servers) -> Settings:
    return Settings(clickhouse=embedded(servers.clickhouse))


PLACES: Mapping[str, Callable[[Path, Servers], Settings]] = {
    "duckdb": _duckdb,
    "postgres": _postgres,
    "supabase": _supabase,
    "clickhouse": _clickhouse,
}


SERVERS = ("postgres", "clickhouse")


def new_place(db: str, folder: Path, servers: Servers) -> Place:
    """Give a new, empty place for a store."""
    return Place(db, replace(PLACES[db](folder, servers), store_patience_seconds=PATIENCE_SECONDS))
