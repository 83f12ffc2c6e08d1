"""A folder for what need not outlive its process: it goes with the block, or with the next after a kill.

In: where, or nothing. Out: an empty folder of its own, there or in the system's folder for temporary files.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HELD = ".held"
"""Ending of the file beside a folder that its process keeps locked; the system unlocks it at any death."""


@contextmanager
def scratch_folder(root: Path | None = None) -> Iterator[Path]:
    """Give an empty folder in `root`, having cleared away those of processes that have died."""
    if root is None:
        root = Path(tempfile.gettempdir()) / f"nba-scratch-{os.getuid()}"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for held in root.glob(f"*{HELD}"):
        _clear(held)
    with tempfile.NamedTemporaryFile(dir=root, suffix=HELD, delete=False) as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        held = Path(mine.name)
        folder = held.with_suffix("")
        folder.mkdir()
        try:
            yield folder
        finally:
            _remove(held)


def _clear(held: Path) -> None:
    """Remove a folder that nobody holds any more."""
    with suppress(OSError), held.open() as file:  # it has just gone, or somebody holds it
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(held)


def _remove(held: Path) -> None:
    shutil.rmtree(held.with_suffix(""), ignore_errors=True)
    held.unlink(missing_ok=True)
