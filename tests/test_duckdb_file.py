"""The file of a store: whole from its first instant, and locked for as long as anybody here has it open."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb

from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from pathlib import Path

OPEN = """
import sys
from pathlib import Path
from nbalib.errors import StoreBusyError
from nbalib.stores.duckdb_store import DuckDBStore
try:
    with DuckDBStore.open(Path(sys.argv[1])):
        print("opened")
except StoreBusyError:
    print("busy")
"""
HALF_MADE = """
import os, signal, sys
from pathlib import Path
import duckdb
from nbalib.stores.duckdb_store import DuckDBStore

def connect(name, **_words):
    Path(name).write_bytes(bytes(8) + b"DUCK" + bytes(4084))
    os.kill(os.getpid(), signal.SIGKILL)

duckdb.connect = connect
DuckDBStore.open(Path(sys.argv[1]))
"""


def elsewhere(path: Path) -> str:
    """Open the store in another process: what came of it."""
    command = [sys.executable, "-c", OPEN, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_store_that_is_open_twice_here_stays_locked_for_others(tmp_path: Path) -> None:
    """Neither opening it again, nor closing one of the two, nor closing that one twice, lets others in."""
    path = tmp_path / "nba.duckdb"
    first = DuckDBStore.open(path)
    second = DuckDBStore.open(path)
    assert elsewhere(path) == "busy"
    second.close()
    second.close()
    third = DuckDBStore.open(path)
    assert elsewhere(path) == "busy"
    for one in (first, third):
        one.close()
    assert elsewhere(path) == "opened"


def test_a_store_that_somebody_died_making_is_made_again(tmp_path: Path) -> None:
    """A kill between the first byte of the file and its last leaves nothing in the way."""
    path = tmp_path / "nba.duckdb"
    run = subprocess.run([sys.executable, "-c", HALF_MADE, str(path)], check=False)
    assert run.returncode == -signal.SIGKILL
    with DuckDBStore.open(path) as store:
        assert store.count("interactions") == 0


def test_a_log_without_its_store_is_not_taken_for_the_new_ones(tmp_path: Path) -> None:
    """Where the file was removed and its log was not, the new store is empty."""
    path, log = tmp_path / "nba.duckdb", tmp_path / "nba.duckdb.wal"
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET wal_autocheckpoint = '1GB'")
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("CREATE TABLE notes (words TEXT)")
    assert log.stat().st_size > 0
    path.unlink()
    with DuckDBStore.open(path) as store:
        tables = {name for (name,) in store.connection.execute("SHOW TABLES").fetchall()}
    assert "notes" not in tables
    assert "interactions" in tables


def test_a_new_store_leaves_no_draft_behind(tmp_path: Path) -> None:
    """Only the store itself is in its folder."""
    DuckDBStore.open(tmp_path / "nba.duckdb").close()
    assert [path.name for path in tmp_path.iterdir()] == ["nba.duckdb"]
