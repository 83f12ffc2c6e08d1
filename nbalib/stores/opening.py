"""Open the store that a name stands for, wherever the settings say that it is.

In: `Settings`, one of `STORES`. Out: a `Store`, open; or an error that says what to set or to install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.errors import InputError, nearest
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


OPENERS: Mapping[str, Callable[[Settings, bool], Store]] = {"duckdb": _duckdb}
