"""A real cluster, a master and two workers as processes of their own; one is killed in the middle."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest
from commands import Command, digests, done, inputs, made_files
from spark_servers import PATIENCE, SparkServers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ON_SPARK = ("--engine", "spark")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[SparkServers]:
    """Give a master without workers."""
    folder = tmp_path / "servers"
    folder.mkdir()
    with SparkServers(folder) as servers:
        yield servers


def test_a_killed_worker_is_made_up_for(
    tmp_path: Path, servers: SparkServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of two workers is killed while files are read, and one while threads are built: the same tables.

    Each time its tasks were begun, and some of them done; the other worker does them again.
    """
    shared = tmp_path / "shared"
    for name, value in (
        ("SPARK_MASTER", servers.master),
        ("NBA_SPARK_FOLDER", str(shared)),
        ("NBA_SPARK_LEAST_ROWS", "0"),
    ):
        monkeypatch.setenv(name, value)
    files = [file for seed in range(3) for file in made_files(_folder(tmp_path, seed), 1500, seed)]
    clean, store = tmp_path / "clean.duckdb", tmp_path / "killed.duckdb"
    done(clean, "ingest", *inputs(*files))
    shutil.copy(clean, tmp_path / "loaded.duckdb")
    done(clean, "process")

    first, second = servers.add_worker(), servers.add_worker()
    loading = Command(store, "ingest", *inputs(*files), *ON_SPARK).go()
    _wait_for_file(loading, shared, "*/*.rows")
    servers.kill(first)
    ended = loading.end()
    assert ended.code == 0, ended.error
    assert digests(store, "interactions") == digests(clean, "interactions")

    servers.add_worker()
    building = Command(store, "process", *ON_SPARK).go()
    _wait_for_file(building, shared, "*/rows")
    servers.kill(second)
    ended = building.end()
    assert ended.code == 0, ended.error
    assert digests(store) == digests(clean)


def _folder(parent: Path, seed: int) -> Path:
    folder = parent / f"files{seed}"
    folder.mkdir()
    return folder


def _wait_for_file(command: Command, folder: Path, pattern: str) -> None:
    """Wait until a command has left a file that matches."""
    end = time.monotonic() + 2 * PATIENCE
    while not any(folder.glob(pattern)):
        assert command.process.poll() is None, command.process.communicate()
        assert time.monotonic() < end, f"no {pattern}"
        time.sleep(0.02)
