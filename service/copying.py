"""Copy a store that other processes write, without ever standing in their way.

In: the path of a DuckDB file. Out: a store to read from, opened on a copy, or the news that somebody writes.

DuckDB lets one writer exclude every reader, and a reader every writer, so the file itself is never opened
here. It is copied while nobody writes: number, size and times of change of the file and of its logs are the
same before, for a while, and after. Such a copy is what DuckDB would find after a crash at that instant, with
a writer or without one, and it recovers from that as it always does.
"""

from __future__ import annotations

import glob
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import duckdb

from nbalib.errors import StoreError
from nbalib.predictions.serving import arrange
from nbalib.stores.duckdb_store import DuckDBStore

Stamp: TypeAlias = tuple[tuple[int, ...] | None, ...]
"""Per file of a store: its number, size in bytes and times of change in nanoseconds; None if absent."""

ENDINGS = ("", ".wal", ".wal.checkpoint", ".wal.recovery")
"""What DuckDB adds to the name of a store for the files that belong to it."""

DRAFT = ".snapshot"
FORGOTTEN_SECONDS = 3600.0
"""A copy that was never finished is removed when it is this old: the process that made it was killed."""


def stamp_of(source: Path) -> Stamp | None:
    """Say in which state the files of a store are; None where there is no store.

    Raises
    ------
    OSError
        They cannot be looked at.
    """
    stamp = tuple(_stamp(_beside(source, ending)) for ending in ENDINGS)
    return None if stamp[0] is None else stamp


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _beside(source: Path, ending: str) -> Path:
    return source.with_name(source.name + ending)


def open_copy(source: Path, stamp: Stamp) -> DuckDBStore | None:
    """Copy the store and open the copy for reading; None if the store was written to since `stamp`.

    The copy is unlinked as soon as it is open: whatever ends the process, no customer's words stay behind,
    and the disk is free again.

    Parameters
    ----------
    stamp : Stamp
        As found some time before, and again now.

    Raises
    ------
    OSError
        The store cannot be read, or there is no room for a copy.
    StoreError
        It is damaged, or not a store of this nbalib.
    """
    draft = Path(tempfile.mkdtemp(prefix=f".{source.name}.", suffix=DRAFT, dir=source.parent))
    try:
        for ending in ENDINGS:
            if _beside(source, ending).exists():
                shutil.copyfile(_beside(source, ending), draft / f"store.duckdb{ending}")
        return _opened(draft / "store.duckdb") if stamp_of(source) == stamp else None
    except FileNotFoundError:  # one of the files went away under our hands
        return None
    finally:
        # Whoever has the copy open keeps it; a system that forbids this leaves it for `tidy`.
        shutil.rmtree(draft, ignore_errors=True)


def _opened(path: Path) -> DuckDBStore:
    """Open a copy for writing, which works its logs in, to arrange it; then for reading."""
    try:
        with DuckDBStore.open(path) as draft:
            arrange(draft.connection)
        store = DuckDBStore.open(path, read_only=True)
        # Many small questions at a time: a thread for each, rather than several for one.
        store.connection.execute("SET threads = 1; SET temp_directory = ''")
    except duckdb.Error as error:
        raise StoreError(f"the copy of the store cannot be opened: {error}") from error
    return store


def tidy(source: Path) -> None:
    """Remove copies that a killed process left unfinished."""
    for draft in source.parent.glob(f".{glob.escape(source.name)}.*{DRAFT}"):
        with suppress(FileNotFoundError):  # its process has finished it after all
            if time.time() - draft.stat().st_mtime > FORGOTTEN_SECONDS:
                shutil.rmtree(draft, ignore_errors=True)
