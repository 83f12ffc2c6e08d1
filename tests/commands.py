"""The command `nba` run for real, in a process of its own: to its end, beside another, or killed.

In: a store's path and the words of a command. Out: its exit code and words; `digests` of what it left.
All imports are done before a command is let go, so that moments are counted from its first own step.
Times are seconds.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbalib.sources.synthetic import write_synthetic
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOADED = ("interactions", "rejected_rows", "ingestion_watermarks")
BUILT = ("signals", "threads", "turns", "conversations", "customer_profiles", "known_accounts")
PATIENCE = 300.0
"""A command that has not ended by then hangs: there is no other limit of time."""

_WAIT = "import sys; from nbalib.cli import main; print('ready', flush=True); sys.stdin.readline(); "
_LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); "


@dataclass(frozen=True)
class Ended:
    """How a command ended; `seconds` are counted from when it was let go."""

    code: int
    said: str
    error: str
    seconds: float


class Command:
    """One `nba` command, ready to go; no file that it writes grows over `disk_bytes`, if that is given.

    `environment` says what else it finds set.
    """

    def __init__(
        self,
        store: Path,
        *words: str | Path,
        disk_bytes: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        limit = "" if disk_bytes is None else _LIMIT.format(disk_bytes)
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"{_WAIT}{limit}main()", *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=store.parent,  # where there is no .env
            env={**os.environ, "NBA_DUCKDB_PATH": str(store), **(environment or {})},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", self.process.communicate()[1]
        self.begun = 0.0

    def go(self) -> Command:
        """Let it go."""
        assert self.process.stdin is not None
        self.begun = time.monotonic()
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self

    def end(self) -> Ended:
        """Wait for its end."""
        said, error = self.process.communicate(timeout=PATIENCE)
        return Ended(self.process.returncode, said, error, time.monotonic() - self.begun)

    def kill(self, after: float) -> bool:
        """Kill it (kill -9) `after` seconds; tells whether it was still at work."""
        time.sleep(max(0.0, self.begun + after - time.monotonic()))
        is_at_work = self.process.poll() is None
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)
        return is_at_work


def run(store: Path, *words: str | Path, disk_bytes: int | None = None) -> Ended:
    """Run a command to its end."""
    return Command(store, *words, disk_bytes=disk_bytes).go().end()


def done(store: Path, *words: str | Path) -> Ended:
    """Run a command that must end well."""
    ended = run(store, *words)
    assert ended.code == 0, ended.error
    return ended


def inputs(*files: Path) -> list[str]:
    """Name files as inputs of `nba ingest`."""
    return [word for file in files for word in ("--input", str(file))]


def digests(store: Path, *tables: str) -> dict[str, str]:
    """Name the contents of tables, of all that are loaded and built if none is named."""
    with DuckDBStore.open(store, read_only=True) as opened:
        return {name: opened.digest(name) for name in tables or (*LOADED, *BUILT)}


def made_files(folder: Path, rows: int, seed: int) -> list[Path]:
    """Make messages and cut them into three files; the third repeats a part of the first two."""
    whole = folder / "whole.csv"
    write_synthetic(whole, rows=rows, seed=seed)
    with whole.open(newline="", encoding="utf-8") as file:
        header, *cells = csv.reader(file)
    whole.unlink()
    cuts = [(0, len(cells) // 2), (len(cells) // 2, len(cells) * 3 // 4), (len(cells) * 2 // 5, len(cells))]
    files = []
    for begin, end in cuts:
        files.append(folder / f"from_{begin}.csv")
        with files[-1].open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *cells[begin:end]])
    return files
