"""Bad weather: a full disk, a folder that may only be read, a clock set back, data of extreme shapes.

A command that cannot do its work says so, without a traceback, and ends with 1; what was stored before is
still there; and run again in better weather it ends as if nothing had happened.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import shapes
from commands import LOADED, Ended, digests, done, inputs, run
from dumps import dump, put, row
from kills import Clean, clean_load

from nbalib.as_of import AsOf
from nbalib.conversations.process import process
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.ingestion import ingest
from nbalib.params import Accounts, Params, load_params
from nbalib.predictions.assemble import predict
from nbalib.predictions.method import load_method
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

N_ROWS = 2000
LOADED_AT = datetime(2030, 1, 1, tzinfo=UTC)
SEED = 5


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Load and process files in good weather."""
    return clean_load(tmp_path_factory.mktemp("clean"), N_ROWS, SEED)


def is_told(ended: Ended, *words: str) -> bool:
    """Tell whether a command ended with 1 and said so in one of these words."""
    return ended.code == 1 and "Traceback" not in ended.error and any(word in ended.error for word in words)


def load_here(store: Path, files: Sequence[Path]) -> None:
    """Ingest in this process."""
    with DuckDBStore.open(store) as opened:
        ingest(opened, "twitter", files, accounts=load_params(shapes.PARAMS).accounts, now=LOADED_AT)


@pytest.mark.parametrize("n_bytes", [5_000, 20_000, 200_000])
def test_a_load_on_a_full_disk_is_told_and_can_be_run_again(
    clean: Clean, tmp_path: Path, n_bytes: int
) -> None:
    """Wherever the disk ends, in the making of the store, in its log or its rows, nothing is in the way."""
    store = tmp_path / "nba.duckdb"
    ended = run(store, "ingest", *inputs(*clean.files), disk_bytes=n_bytes)
    assert is_told(ended, "cannot be opened as a store", "cannot be written")
    load_here(store, clean.files)
    assert digests(store, *LOADED) == {name: clean.digests[name] for name in LOADED}


@pytest.mark.parametrize("n_bytes", [20_000, 300_000])
def test_a_pass_on_a_full_disk_is_told_and_can_be_run_again(
    clean: Clean, tmp_path: Path, n_bytes: int
) -> None:
    """The messages stay, and the pass after it builds what it would have built."""
    store = shutil.copy(clean.loaded, tmp_path / "nba.duckdb")
    ended = run(store, "process", "--no-language", disk_bytes=n_bytes)
    assert is_told(ended, "cannot be written")
    assert digests(store, *LOADED) == {name: clean.digests[name] for name in LOADED}
    done(store, "process")
    assert digests(store) == clean.digests


def test_results_on_a_full_disk_are_whole_or_not_there(clean: Clean, tmp_path: Path) -> None:
    """Neither a half table nor a half prediction takes the place of the one before."""
    store, out = shutil.copy(clean.built, tmp_path / "nba.duckdb"), tmp_path / "out"
    results = [out / name for name in ("turns.csv", "nba_predictions.csv", "nba_predictions.parquet")]
    out.mkdir()
    for path in results:
        path.write_bytes(b"of yesterday")
    for words in (["export", "turns", "--out", results[0]], ["predict", "--out", out]):
        assert is_told(run(store, *words, disk_bytes=20_000), "cannot be written", "File too large")
    assert {path: path.read_bytes() for path in out.iterdir()} == dict.fromkeys(results, b"of yesterday")


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """Mount a small disk in memory at `folder`; gives what changes its options. Skipped where one may not."""
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk in memory cannot be mounted here")
    try:
        yield lambda options: _again(folder, options)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _again(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def test_a_disk_that_is_really_full(clean: Clean, tmp_path: Path) -> None:
    """What holds for a limit of size holds for a disk without room."""
    with mounted(tmp_path / "disk", "300k") as again:
        store = tmp_path / "disk" / "nba.duckdb"
        assert is_told(run(store, "ingest", *inputs(*clean.files)), "No space left on device")
        again("size=50m")
        load_here(store, clean.files)
        assert digests(store, *LOADED) == {name: clean.digests[name] for name in LOADED}


def test_a_folder_that_may_only_be_read(clean: Clean, tmp_path: Path) -> None:
    """What writes says that it cannot; what only looks goes on."""
    with mounted(tmp_path / "disk", "50m") as again:
        store = tmp_path / "disk" / "nba.duckdb"
        ingest_words = ["ingest", *inputs(*clean.files)]
        again("ro")
        assert is_told(run(store, *ingest_words), "cannot be made: Read-only file system")
        again("rw")
        shutil.copy(clean.built, store)
        again("ro")
        table = ["export", "turns", "--out", store.with_name("turns.csv")]
        for words in (ingest_words, ["process"], table):
            assert is_told(run(store, *words), "Read-only file system")
        predicted = run(store, "predict", "--out", tmp_path / "out")
        assert is_told(predicted, "decisions are logged before they are given out, and cannot be")
        assert not (tmp_path / "out").exists()
        assert digests(store) == clean.digests


def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    """Rows dated after it are refused, with what is stored untouched; set right, it takes them in."""
    early, late = (datetime(2018, month, 1, tzinfo=UTC) for month in (1, 3))
    method = load_method(shapes.PARAMS)

    def load(name: str, now: datetime, *rows: list[str]) -> dict[str, int]:
        report = ingest(store, "twitter", [put(tmp_path / name, dump(rows))], accounts=Accounts(), now=now)
        process(store, Params(), now=now)
        known = predict(PandasEngine(store.connection), method, AsOf("instant", now)).rows
        parts = ("stored", "duplicate", "rejected")
        return {**{part: report.total(f"n_{part}") for part in parts}, "known": known.num_rows}

    old = row(1, "@Brand no signal", at="Mon Jan 01 00:00:00 +0000 2018")
    new = row(2, "@Brand no signal", author="115713", at="Thu Feb 01 00:00:00 +0000 2018")
    with DuckDBStore.open(tmp_path / "nba.duckdb") as store:
        assert load("a.csv", late, old, new) == {"stored": 2, "duplicate": 0, "rejected": 0, "known": 2}
        before = {name: store.digest(name) for name in ("interactions", "conversations")}
        again = load("b.csv", early, new, old)
        assert again == {"stored": 0, "duplicate": 1, "rejected": 1, "known": 1}
        assert {name: store.digest(name) for name in before} == before
        refused = store.read("rejected_rows", ["reason", "row_number"]).to_pylist()
        assert refused == [{"reason": "future_date", "row_number": 1}]
        third = row(3, "@Brand no signal", author="115714", at="Fri Feb 02 00:00:00 +0000 2018")
        assert load("c.csv", early, third)["rejected"] == 1
        assert load("d.csv", late, third, old)["stored"] == 1


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("one account", 20_000),
        ("chain", 20_000),
        ("star", 20_000),
        ("crowded chain", 4_000),
        ("one instant", 4_000),
        ("orphans", 4_000),
    ],
)
def test_extreme_shapes_come_to_their_end(tmp_path: Path, name: str, n: int) -> None:
    """Loaded, processed and predicted, with the counts that follow from how they were made."""
    shapes.check(name, n, tmp_path)
