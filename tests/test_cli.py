"""The command `nba` as its users call it: in its own process, judged by what it says and how it exits."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tweets import Tweet, write_tweets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Nba = Callable[..., subprocess.CompletedProcess[str]]

TALK = (
    Tweet(1, "1001", "@Brand no signal since noon, please help!", 0),
    Tweet(2, "Brand", "@1001 Sorry to hear that! Please DM us your phone number. ^AB", 2, 1),
    Tweet(3, "1001", "@Brand sent it, and still nothing works", 3, 2),
)


@pytest.fixture
def nba(tmp_path: Path) -> Nba:
    """Give the command, with a store of its own."""
    environment = {**os.environ, "NBA_DUCKDB_PATH": str(tmp_path / "nba.duckdb")}

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nbalib", *map(str, words)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return call


def test_the_whole_way(nba: Nba, tmp_path: Path) -> None:
    """Ingest, process, predict, show and export do their work and exit 0; results are on stdout."""
    file = write_tweets(tmp_path / "talk.csv", TALK)
    ingested = nba("ingest", "--source", "twitter", "--input", file)
    assert (ingested.returncode, ingested.stderr) == (0, "")
    assert ingested.stdout.startswith("talk.csv: read 3 = stored 3 + duplicate 0")
    assert nba("process").returncode == 0
    predicted = nba("predict", "--out", tmp_path / "out", "--as-of", "last-message", "--json")
    assert json.loads(predicted.stdout)["n_csv"] == 1
    with (tmp_path / "out" / "nba_predictions.csv").open(encoding="utf-8", newline="") as rows:
        [row] = csv.DictReader(rows)
    assert row["customer_id"] == "twitter:1001"
    shown = nba("show", "1001")
    assert "still nothing works" in shown.stdout
    assert '"rule":' in shown.stdout
    exported = nba("export", "conversations", "--out", tmp_path / "conversations.csv")
    assert exported.stdout.startswith("1 rows of conversations")
    assert len(nba("export", "decisions", "--digest").stdout.split()) == 2


def test_the_earlier_names_do_the_same(nba: Nba, tmp_path: Path) -> None:
    """run_pipeline, process_nba_data and run_nba_predictions are ingest, process and predict."""
    file = write_tweets(tmp_path / "talk.csv", TALK)
    assert nba("run_pipeline", "--data_file", file).returncode == 0
    assert nba("process_nba_data").returncode == 0
    predicted = nba("run_nba_predictions", "--customers", 1, "--out", tmp_path / "out", "--json")
    assert json.loads(predicted.stdout)["n_parquet"] == 1


def test_a_second_ingest_of_a_file_does_nothing(nba: Nba, tmp_path: Path) -> None:
    """A finished file is known by its content, under any name."""
    nba("ingest", "--input", write_tweets(tmp_path / "talk.csv", TALK))
    again = nba("ingest", "--input", write_tweets(tmp_path / "copy.csv", TALK), "--json")
    assert json.loads(again.stdout)["files"][0]["already_known"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ingest", "--input", "absent.csv"), "does not exist"),
        (("ingest", "--source", "twiter", "--input", "."), "did you mean 'twitter'?"),
        (("predict", "--as-of", "yesterday"), "not 'yesterday'"),
        (("predict", "--rules", "absent.yaml"), "absent.yaml does not exist"),
        (("predict", "--db", "duckbd"), "did you mean 'duckdb'?"),
        (("process", "--engine", "panda"), "did you mean 'pandas'?"),
        (("export", "conversation", "--digest"), "there is no table 'conversation'"),
        (("export", "conversations"), "give either --out FILE or --digest"),
        (("run", "dem"), "did you mean 'demo'?"),
        (("run", "demo", "-p", "seed"), "-p takes name=value"),
        (("synth", "--rows", "0", "--out", "x.csv"), "--rows"),
        (("nonsense",), "nonsense"),
    ],
)
def test_bad_usage_exits_2_and_says_why(nba: Nba, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """What the caller can put right is said on stderr in one line, without a traceback, and exits 2."""
    nba("ingest", "--input", write_tweets(tmp_path / "talk.csv", TALK))
    result = nba(*words)
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_unknown_customer_is_named(nba: Nba, tmp_path: Path) -> None:
    """A customer that is not stored is named, and the command exits 2."""
    nba("ingest", "--input", write_tweets(tmp_path / "talk.csv", TALK))
    nba("process")
    result = nba("show", "77")
    assert (result.returncode, result.stderr) == (2, "nba: Customer profile not found for ID: 77\n")


def test_no_store_is_a_failure(nba: Nba) -> None:
    """Without a store, predicting exits 1 and says what to do first."""
    result = nba("predict")
    assert result.returncode == 1
    assert "run nba ingest first" in result.stderr


def test_the_doctor_names_what_is_missing(nba: Nba) -> None:
    """Without a store the doctor is content, and says how one is made; no key is ever shown."""
    result = nba("doctor", "--json")
    found = {finding["name"]: finding for finding in json.loads(result.stdout)}
    assert result.returncode == 0
    assert found["store"]["state"] == "absent"
    assert found["parameters"]["state"] == "ok"
