"""Keep other processes out of a folder of the embedded ClickHouse engine.

In: the folder. Out: a lock that this process holds until it lets the folder go, or dies. The engine itself
serves one process per folder, and one folder per process; it says neither in words that help.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbalib.errors import StoreBusyError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

LOCK = "nba.lock"


@dataclass
class _Held:
    folder: Path
    file: int
    n_users: int


_held: list[_Held] = []
"""The folder that this process has open: none, or one."""


def hold(folder: Path) -> Path:
    """Hold a folder, made where it is absent; give its full path. Each call is answered by a `let_go`.

    Raises
    ------
    StoreBusyError
        Another process has it.
    StoreError
        It cannot be made, or this process has another one.
    """
    folder = folder.resolve()
    for held in _held:
        if held.folder != folder:
            raise StoreError(
                f"the embedded ClickHouse engine serves one folder per process: this one has {held.folder}, "
                f"and {folder} must wait; a server (CLICKHOUSE_HOST) has no such limit"
            )
        held.n_users += 1
        return folder
    _held.append(_Held(folder, _locked(folder), 1))
    return folder


def let_go(folder: Path) -> None:
    """Let a folder go; the last of its users leaves it to other processes."""
    for held in _held:
        if held.folder == folder:
            held.n_users -= 1
            if held.n_users == 0:
                os.close(held.file)
                _held.remove(held)
            return


def _locked(folder: Path) -> int:
    """Lock the folder; give the open file that stands for the lock."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{folder} cannot hold a ClickHouse store: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        raise StoreBusyError(
            f"{folder} is in use by another process: the embedded ClickHouse engine serves one process per "
            "folder, readers included; try again, or use a server (CLICKHOUSE_HOST)"
        ) from error
    return file
