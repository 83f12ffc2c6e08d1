"""The file of a DuckDB store: made whole, opened, or refused with the reason.

In: a path. Out: a connection to a database file, or an error that names the path.

A lock belongs to a whole process, and the system lets it go when the process closes *any* of its openings
of the file. Hence a file that this process has open is never looked into beside DuckDB: another process
could then write into it at the same time.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb

from nbalib.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = b"DUCK"
_MAGIC_AT = 8
_OPEN_HERE: Counter[tuple[int, int]] = Counter()
"""Files that this process has open, by device and number, and how often."""


def connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the file, making it (and its folder) when it is absent and may be written.

    Raises
    ------
    StoreBusyError
        Another process holds it.
    StoreError
        It is absent (and `read_only`), not a DuckDB file, damaged, or cannot be made.
    """
    _check(path, read_only=read_only)
    try:
        if not read_only:
            _make(path)
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        if "lock on file" in str(error) or isinstance(error, duckdb.ConnectionException):
            raise StoreBusyError(f"{path} is in use by another process or connection; try again") from error
        raise StoreError(f"{path} cannot be opened as a store: {error}") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be made: {error.strerror}") from error
    _OPEN_HERE[_identity(path)] += 1
    return connection


def disconnect(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Close what `connect` gave."""
    connection.close()
    with suppress(FileNotFoundError):  # it was taken away meanwhile
        _OPEN_HERE[_identity(path)] -= 1


def _identity(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_dev, facts.st_ino


def _check(path: Path, *, read_only: bool) -> None:
    """Refuse what DuckDB would misread (it takes an SQLite file for one to attach)."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a DuckDB file")
    if not path.exists():
        if read_only:
            raise StoreError(f"there is no store at {path}: run nba ingest first")
        return
    if _OPEN_HERE[_identity(path)] > 0:
        return
    try:
        with path.open("rb") as file:
            head = file.read(_MAGIC_AT + len(_MAGIC))
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    if head[_MAGIC_AT:] != _MAGIC:
        raise StoreError(f"{path} is not a DuckDB file; give another path, or move it away")


def _make(path: Path) -> None:
    """Make an empty database under another name, then give it its own.

    Neither a kill, nor a full disk, nor a process that comes at the same time meets half a file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() or path.with_name(f"{path.name}.wal").exists():
        return  # a log without its database is DuckDB's own to clear away
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        duckdb.connect(str(draft)).close()
        with suppress(OSError):  # another process was quicker, or no links here: then DuckDB makes the file
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
