"""Measurements in a store on a server: what they claim, and that they leave nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from postgres_server import PostgresServer


def bench(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command on few rows, with its outputs in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "nbalib", "bench", *words, "--rows", "300", "--rounds", "1"],
        env={**os.environ, "NBA_OUTPUTS_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_ingest_is_measured_against_a_bare_copy(postgres: PostgresServer, tmp_path: Path) -> None:
    """Both store the same number of messages, and the database is empty afterwards."""
    dsn = postgres.new_database()
    done = bench(tmp_path, "ingest", "--db", "postgres", POSTGRES_DSN=dsn)
    assert done.returncode == 0, done.stderr
    line = json.loads(done.stdout)
    assert (line["name"], line["db"], line["rows"]) == ("ingest", "postgres", 300)
    assert line["counted"] == line["baseline_counted"] > 0
    with psycopg.connect(dsn) as connection:
        left = connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'nba%'").fetchone()
    assert left == (0,)


def test_an_ingest_is_measured_against_the_bare_client(tmp_path: Path) -> None:
    """Of ClickHouse both time and memory are told; neither server nor setting is needed, nothing is left."""
    done = bench(tmp_path, "ingest", "--db", "clickhouse")
    assert done.returncode == 0, done.stderr
    time, memory = map(json.loads, done.stdout.splitlines())
    assert [time["name"], memory["name"]] == ["ingest", "ingest_memory"]
    assert memory["ratio"] == pytest.approx(memory["peak_rss_mb"] / memory["baseline_peak_rss_mb"], rel=1e-2)
    assert 290 < time["counted"] <= time["baseline_counted"] == 300
    assert [path.name for path in (tmp_path / "bench").iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("process", "--db", "postgres"), "in the store 'postgres' ingest is measured, not process", 2),
        (("ingest", "--db", "postgres"), "POSTGRES_DSN is not set", 1),
    ],
)
def test_what_cannot_be_measured_is_said(
    tmp_path: Path, words: tuple[str, ...], said: str, code: int
) -> None:
    """A part that is not measured on a server, and a server that is not named."""
    done = bench(tmp_path, *words)
    assert done.returncode == code
    assert said in done.stderr
