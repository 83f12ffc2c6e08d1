"""Open the store that a name stands for, wherever the settings say that it is.

In: `Settings`, a name of `OPENERS`. Out: a `Store`, open; or an error that says what to set or to install.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from nbalib.errors import InputError, MissingPackageError, nearest
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from nbalib.settings import Settings
    from nbalib.stores.contract import Store


def open_store(settings: Settings, db: str, *, read_only: bool = False) -> Store:
    """Open a store, making its tables where they are absent and may be written.

    Raises
    ------
    InputError
        There is no such store, or a setting that it needs is missing.
    MissingPackageError
        Its extra is not installed.
    StoreError
        It cannot be reached, is of another program or of a newer version.
    """
    if db not in OPENERS:
        raise InputError(f"there is no store {db!r}{nearest(db, OPENERS)}")
    return OPENERS[db](settings, read_only)


def _duckdb(settings: Settings, read_only: bool) -> Store:
    return DuckDBStore.open(settings.duckdb_path, read_only=read_only)


def _postgres(settings: Settings, read_only: bool) -> Store:
    if not settings.postgres.dsn:
        raise InputError("POSTGRES_DSN is not set: postgresql://USER:PASSWORD@HOST:5432/DATABASE")
    return _open_postgres(settings, settings.postgres.dsn, read_only, is_supabase=False)


def _supabase(settings: Settings, read_only: bool) -> Store:
    if not settings.postgres.supabase_dsn:
        but = "SUPABASE_URL and SUPABASE_KEY are of its API; " if settings.postgres.supabase_api else ""
        raise InputError(
            f"SUPABASE_DB_URL is not set: {but}the connection string stands in Supabase's dashboard "
            "under Connect, postgresql://postgres.PROJECT:PASSWORD@….supabase.com:5432/postgres"
        )
    return _open_postgres(settings, settings.postgres.supabase_dsn, read_only, is_supabase=True)


def _open_postgres(settings: Settings, dsn: str, read_only: bool, *, is_supabase: bool) -> Store:
    with _extra("postgres"):
        from nbalib.stores.postgres_store import PostgresStore
    return PostgresStore.open(
        dsn, read_only=read_only, is_supabase=is_supabase, patience=settings.store_patience_seconds
    )


def _clickhouse(settings: Settings, read_only: bool) -> Store:
    with _extra("clickhouse"):
        from nbalib.stores.clickhouse_store import ClickHouseStore
    return ClickHouseStore.open(
        settings.clickhouse, read_only=read_only, patience=settings.store_patience_seconds
    )


@contextmanager
def _extra(name: str) -> Iterator[None]:
    """Say which extra brings a package that is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingPackageError(error.name or name, name) from error


OPENERS: Mapping[str, Callable[[Settings, bool], Store]] = {
    "duckdb": _duckdb,
    "clickhouse": _clickhouse,
    "postgres": _postgres,
    "supabase": _supabase,
}
