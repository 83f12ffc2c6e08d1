"""Ingestion: every row accounted for, exactly once, whatever the order, the cut, and the moment of a kill."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from dumps import HEADER, NOW, WRITTEN_AT, dump, put, row
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from nbalib.errors import SchemaError, SourceError, StoreBusyError
from nbalib.ingestion import IngestReport, ingest
from nbalib.ingestion.seen import SeenKeys
from nbalib.params import Account, Accounts
from nbalib.sources.csv_cells import CsvRows
from nbalib.sources.files import InputFile
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNTS = ("read", "stored", "duplicate", "replaced", "rejected", "blank")
EDITED = (*HEADER, "edited_at")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBStore]:
    """Give a new store."""
    with DuckDBStore.open(tmp_path / "nba.duckdb") as opened:
        yield opened


def load(store: DuckDBStore, *paths: Path, accounts: Accounts | None = None) -> IngestReport:
    """Ingest files; each of them must account for all its rows."""
    report = ingest(store, "twitter", paths, accounts=accounts or Accounts(), now=NOW)
    assert all(file.is_balanced for file in report.files)
    return report


def counts(report: IngestReport) -> dict[str, int]:
    """Give the counts over all files that are not zero."""
    return {name: n for name in COUNTS if (n := report.total(f"n_{name}"))}


def digest_of(folder: Path, *contents: bytes) -> tuple[str, dict[str, int]]:
    """Load files, one after the other, into a new store: the digest of its messages, and the counts."""
    path = folder / "one.duckdb"
    path.unlink(missing_ok=True)
    with DuckDBStore.open(path) as store:
        files = [put(folder / f"part{number}.csv", content) for number, content in enumerate(contents)]
        report = load(store, *files)
        return store.digest("interactions"), counts(report)


def stored(store: DuckDBStore, *columns: str) -> list[tuple[Any, ...]]:
    """Give columns of the stored messages, by id."""
    query = f"SELECT {', '.join(columns)} FROM interactions ORDER BY CAST(external_id AS BIGINT)"
    return store.connection.execute(query).fetchall()


def test_a_message_in_the_store(store: DuckDBStore, tmp_path: Path) -> None:
    """Every column, of a customer's reply that went through decoding."""
    path = put(tmp_path / "some.csv", dump([row(7, "a &amp; b", parent="6", answers="8")]))
    assert counts(load(store, path)) == {"read": 1, "stored": 1}
    [kept] = store.read("interactions").to_pylist()
    assert kept == {
        "interaction_id": "twitter:7",
        "external_id": "7",
        "platform_type": "twitter",
        "participant_external_id": "115712",
        "author_role": "customer",
        "platform_role": "customer",
        "brand_account_id": None,
        "content_text": "a & b",
        "content_metadata": '{"html_decoded": true}',
        "interaction_timestamp": WRITTEN_AT,
        "parent_interaction_id": "twitter:6",
        "interaction_type": "reply",
        "platform_metadata": '{"response_tweet_id": "8"}',
        "edited_at": None,
        "processing_metadata": '{"source": "twitter", "file": "some.csv", "row": 1}',
        "created_at": NOW,
    }


def test_roles_and_brands_follow_the_accounts(store: DuckDBStore, tmp_path: Path) -> None:
    """An entry overrides the flag, whatever the case of the name; an agent without one is its own brand."""
    accounts = Accounts(
        accounts=(
            Account(account="115722", brand="verizon"),
            Account(account="115911"),
            Account(account="fanclub", role="customer"),
            Account(account="HelperBot", role="bot", brand="verizon"),
            Account(account="115712", platform="email", brand="elsewhere"),
        )
    )
    authors = [("115722", "True"), ("115911", "True"), ("FanClub", "False"), ("helperbot", "False")]
    authors += [("O2", "False"), ("115712", "True")]
    rows = [row(number, author=a, inbound=flag) for number, (a, flag) in enumerate(authors, start=1)]
    load(store, put(tmp_path / "made.csv", dump(rows)), accounts=accounts)
    assert stored(store, "author_role", "platform_role", "brand_account_id") == [
        ("agent", "customer", "verizon"),
        ("agent", "customer", "115911"),
        ("customer", "agent", None),
        ("bot", "agent", "verizon"),
        ("agent", "agent", "O2"),
        ("customer", "customer", None),
    ]


MIXED = [
    row(1),
    row(2, "in\ntwo lines"),
    row(1),
    [""] * 7,
    row(3, at="never"),
    row(4, author=""),
    row(5, "self", parent="5"),
    row(6, at="Thu Jan 02 00:00:00 +0000 2020"),
    row(7, "one"),
    row(7, "two"),
]


def test_every_row_is_accounted_for_by_reason(store: DuckDBStore, tmp_path: Path) -> None:
    """Stored, duplicate, replaced, rejected and blank rows add up; rejected rows are kept as they came."""
    content = dump(MIXED) + b"8,broken\n"
    report = load(store, put(tmp_path / "mixed.csv", content))
    assert counts(report) == {
        "read": 11,
        "stored": 4,
        "duplicate": 1,
        "replaced": 1,
        "rejected": 4,
        "blank": 1,
    }
    [file] = report.files
    assert file.rejected == {"bad_date": 1, "empty_author": 1, "future_date": 1, "wrong_cell_count": 1}
    kept = store.read("rejected_rows").sort_by("row_number").to_pylist()
    assert [(one["row_number"], one["reason"], one["detail"]) for one in kept] == [
        (5, "bad_date", "never"),
        (6, "empty_author", ""),
        (8, "future_date", "Thu Jan 02 00:00:00 +0000 2020"),
        (11, "wrong_cell_count", "2 cells, not 7"),
    ]
    assert {(one["source"], one["file"], one["fingerprint"]) for one in kept} == {
        ("twitter", "mixed.csv", file.fingerprint)
    }
    assert [kept[0]["raw"], kept[3]["raw"]] == ["3,115712,True,never,hello,,", "8,broken"]


def test_a_finished_file_is_remembered_with_its_counts(store: DuckDBStore, tmp_path: Path) -> None:
    """The watermark tells what became of the file; the run log tells of the run."""
    path = put(tmp_path / "mixed.csv", dump(MIXED))
    report = load(store, path)
    [mark] = store.read("ingestion_watermarks").to_pylist()
    assert mark == {
        "source": "twitter",
        "fingerprint": InputFile(path).fingerprint(),
        "file": "mixed.csv",
        "n_read": 10,
        "n_stored": 4,
        "n_duplicate": 1,
        "n_replaced": 1,
        "n_rejected": 3,
        "n_blank": 1,
        "latest_interaction_at": WRITTEN_AT,
        "finished_at": NOW,
    }
    [run] = store.read("pipeline_runs").to_pylist()
    assert (run["run_id"], run["step"], run["status"], run["error"]) == (
        report.run_id,
        "ingest",
        "done",
        None,
    )
    assert run["started_at"] == NOW
    assert NOW <= run["finished_at"] < NOW + timedelta(minutes=5)
    assert json.loads(run["facts"])["rejected_by_reason"] == {
        "bad_date": 1,
        "empty_author": 1,
        "future_date": 1,
    }


def test_the_same_content_is_read_once(store: DuckDBStore, tmp_path: Path) -> None:
    """A finished file is not read again, under its own or another name; a longer one adds its new rows."""
    rows = [row(number) for number in range(1, 11)]
    first, copy = put(tmp_path / "a.csv", dump(rows)), put(tmp_path / "b.csv", dump(rows))
    report = load(store, first, copy)
    assert counts(report) == {"read": 10, "stored": 10}
    assert [file.is_known for file in report.files] == [False, True]
    again = load(store, first, copy, first)
    assert (counts(again), [file.is_known for file in again.files]) == ({}, [True, True])
    grown = put(tmp_path / "a.csv", dump([*rows, row(11)]))
    assert counts(load(store, grown)) == {"read": 11, "stored": 1, "duplicate": 10}
    assert store.count("ingestion_watermarks") == 2


EARLY, LATE = "2018-01-01T00:00:00Z", "2018-01-02T00:00:00Z"
VERSIONS = [
    [*row(1, "first"), ""],
    [*row(1, "second"), ""],
    [*row(1, "third"), EARLY],
    [*row(1, "fourth"), LATE],
    [*row(1, "fifth"), LATE],
]


@pytest.mark.parametrize("n_files", [1, 2, 5])
def test_of_two_versions_the_same_one_stands_in_any_order(tmp_path: Path, n_files: int) -> None:
    """The later edit stands, else the smaller hash, in one file and across files, with the same counts."""
    orders = list(itertools.permutations(VERSIONS))
    found = set()
    for rows in random.Random(5).sample(orders, 12):
        parts = [dump(rows[place::n_files], EDITED) for place in range(n_files)]
        digest, counted = digest_of(tmp_path, *parts)
        found.add((digest, *counted.items()))
        with DuckDBStore.open(tmp_path / "one.duckdb", read_only=True) as store:
            assert stored(store, "content_text") in ([("fourth",)], [("fifth",)])
    assert len(found) == 1
    assert next(iter(found))[1:] == (("read", 5), ("stored", 1), ("replaced", 4))


def test_a_later_edit_replaces_what_is_stored_and_an_earlier_one_does_not(
    store: DuckDBStore, tmp_path: Path
) -> None:
    """What stands after each file is the last edit so far, whatever its hash, for each of twenty messages."""
    for place, (edit, standing) in enumerate([(EARLY, 0), ("", 0), (LATE, 2), (EARLY, 2)]):
        rows = [[*row(key, f"{key} in file {place}"), edit] for key in range(1, 21)]
        load(store, put(tmp_path / f"{place}.csv", dump(rows, EDITED)))
        assert stored(store, "content_text") == [(f"{key} in file {standing}",) for key in range(1, 21)]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_version_counts_once_however_often_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """Of three versions in eight rows, one is stored, two are replaced, and five are duplicates."""
    if not at_once:  # each row in a block of its own, and settled before the next one
        monkeypatch.setattr("nbalib.ingestion.write.MAX_WAITING_ROWS", 1)
        monkeypatch.setitem(CsvRows.stretches.__kwdefaults__, "block_bytes", 1)
        monkeypatch.setattr("nbalib.sources.csv_cells._MAX_HEADER_BYTES", 120)
    a, b, c = ([*row(1, text), ""] for text in ("a", "b", "c"))
    for rows in ([a, b, c, a, b, c, a, b], [b, b, a, a, a, c, c, b], [c, a, c, b, b, a, b, c]):
        _, counted = digest_of(tmp_path, dump(rows, EDITED))
        assert counted == {"read": 8, "stored": 1, "duplicate": 5, "replaced": 2}


def test_the_accounts_do_not_make_a_version(store: DuckDBStore, tmp_path: Path) -> None:
    """The same rows read with other accounts are duplicates: the source said nothing new."""
    load(store, put(tmp_path / "a.csv", dump([row(1)])))
    accounts = Accounts(accounts=(Account(account="115712", brand="verizon"),))
    again = load(store, put(tmp_path / "b.csv", dump([row(1)], line_end="\r\n")), accounts=accounts)
    assert counts(again) == {"read": 1, "duplicate": 1}


MESSAGE = st.builds(
    lambda key, text, edit, parent, at: [*row(key, text, parent=parent, at=at), edit],
    st.integers(1, 12),
    st.sampled_from(["hello", "a &amp; b", "two\nlines", 'so "x"', ""]),
    st.sampled_from(["", "", "", EARLY, LATE]),
    st.sampled_from(["", "1", "2.0"]),
    st.sampled_from(["Tue Oct 31 22:10:47 +0000 2017", "Tue Oct 31 22:10:48 +0000 2017", "never"]),
)


@examples(max_examples=20)
@given(st.lists(MESSAGE, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_order_cut_and_repetition_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], chance: random.Random
) -> None:
    """Shuffled, repeated and cut into files, the rows end in the same messages as in one clean file."""
    folder = tmp_path_factory.mktemp("order")
    expected, _ = digest_of(folder, dump(rows, EDITED))
    mixed = rows + chance.choices(rows, k=len(rows) // 2)
    chance.shuffle(mixed)
    cuts = sorted(chance.sample(range(1, len(mixed)), min(3, len(mixed) - 1)))
    parts = [mixed[begin:end] for begin, end in itertools.pairwise([0, *cuts, len(mixed)])]
    digest, counted = digest_of(folder, *(dump(part, EDITED) for part in parts))
    assert digest == expected
    assert counted["read"] <= len(mixed)


def test_keys_that_are_taken_for_seen_are_looked_up(
    store: DuckDBStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a filter that takes nearly every key for seen, and little room to wait, nothing changes."""
    rows = [row(number, f"text {number}") for number in range(1, 400)]
    clean, _ = digest_of(tmp_path, dump(rows))
    monkeypatch.setattr("nbalib.ingestion.seen._MIN_KEYS", 1)
    monkeypatch.setattr("nbalib.ingestion.write._BYTES_PER_ROW", 1 << 20)
    monkeypatch.setattr("nbalib.ingestion.write.MAX_WAITING_ROWS", 10)
    report = load(store, put(tmp_path / "a.csv", dump(rows[:300])), put(tmp_path / "b.csv", dump(rows[200:])))
    assert counts(report) == {"read": 499, "stored": 399, "duplicate": 100}
    assert store.digest("interactions") == clean


@given(st.lists(st.lists(st.integers(0, 40)), max_size=6))
def test_a_key_that_was_seen_is_always_told(batches: list[list[int]]) -> None:
    """The filter may take a new key for a seen one, never the other way round."""
    seen = SeenKeys(10)
    before: set[int] = set()
    for batch in batches:
        told = seen.add(np.array(batch, np.uint64))
        for key, is_told in zip(batch, told, strict=True):
            assert is_told or (key not in before and batch.count(key) == 1)
        before.update(batch)


def test_nothing_temporary_is_left_behind(store: DuckDBStore, tmp_path: Path) -> None:
    """A process that goes on after an ingest finds the store's own tables and no others."""
    before = store.connection.execute("SHOW ALL TABLES").fetchall()
    load(store, put(tmp_path / "mixed.csv", dump(MIXED)))
    assert store.connection.execute("SHOW ALL TABLES").fetchall() == before


def test_a_failed_file_leaves_no_trace_but_the_log(store: DuckDBStore, tmp_path: Path) -> None:
    """Files before it stay, its own rows do not; the log says what failed, without folders."""
    good = put(tmp_path / "good.csv", dump([row(1)]))
    bad = put(
        tmp_path / "bad.csv",
        dump([row(2), row(3, at="never"), row(4, "caf\u00e9")]).replace(b"\xc3\xa9", b"\xe9"),
    )
    with pytest.raises(SourceError, match=r"bad\.csv, row 3 is not UTF-8 \(byte 0xe9\)"):
        load(store, good, bad)
    assert stored(store, "external_id") == [("1",)]
    assert (store.count("ingestion_watermarks"), store.count("rejected_rows")) == (1, 0)
    [run] = store.read("pipeline_runs").to_pylist()
    assert (run["status"], run["error"][:30]) == ("failed", "SourceError: bad.csv, row 3 is")
    assert str(tmp_path) not in run["error"] + run["facts"]
    assert json.loads(run["facts"])["stored"] == 1


def test_a_missing_file_is_logged_without_its_folder(store: DuckDBStore, tmp_path: Path) -> None:
    """The person sees the path; the log keeps the name."""
    with pytest.raises(SourceError, match=str(tmp_path)):
        load(store, tmp_path / "absent.csv")
    [run] = store.read("pipeline_runs").to_pylist()
    assert run["error"] == "SourceError: the file absent.csv does not exist"


def test_every_header_is_looked_at_before_anything_is_stored(store: DuckDBStore, tmp_path: Path) -> None:
    """A last file with the wrong columns stops the run before its first."""
    good = put(tmp_path / "a.csv", dump([row(1)]))
    with pytest.raises(SchemaError, match=r"b\.csv lacks the columns"):
        load(store, good, put(tmp_path / "b.csv", b"id,words\n1,x\n"))
    assert store.count("interactions") == 0


@pytest.mark.parametrize("how", ["grown", "replaced"])
def test_a_file_that_changes_while_it_is_read_is_not_stored(
    store: DuckDBStore, tmp_path: Path, how: str
) -> None:
    """Rows of a file that is still being written are taken back."""
    path = put(tmp_path / "live.csv", dump([row(1)]))

    def change(_rows: int, _done: int, _total: int) -> None:
        if how == "grown":
            path.write_bytes(path.read_bytes() + dump([row(2)]).split(b"\n", 1)[1])
        else:
            put(tmp_path / "new.csv", dump([row(3)])).replace(path)

    with pytest.raises(SourceError, match=r"live\.csv changed while it was read"):
        ingest(store, "twitter", [path], accounts=Accounts(), now=NOW, progress=change)
    assert (store.count("interactions"), store.count("ingestion_watermarks")) == (0, 0)
    assert counts(load(store, path)) == {
        "read": 2 if how == "grown" else 1,
        "stored": 2 if how == "grown" else 1,
    }


def test_progress_ends_at_all_bytes(store: DuckDBStore, tmp_path: Path) -> None:
    """Rows and bytes grow to the whole, over all files."""
    files = [put(tmp_path / f"{n}.csv", dump([row(10 * n + k) for k in range(1, 6)])) for n in range(3)]
    told: list[tuple[int, int, int]] = []
    ingest(store, "twitter", files, accounts=Accounts(), now=NOW, progress=lambda *state: told.append(state))
    total = sum(file.stat().st_size for file in files)
    assert told[-1] == (15, total, total)
    assert told == sorted(told)


INGEST = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import nbalib.ingestion.shelves
from nbalib.ingestion import ingest
from nbalib.params import Accounts
from nbalib.sources.csv_cells import CsvRows
from nbalib.stores.duckdb_store import DuckDBStore

path, when, *files = sys.argv[1:]
CsvRows.stretches.__kwdefaults__["block_bytes"] = 1 << 16

def stop():
    os.kill(os.getpid(), signal.SIGKILL)

def progress(rows, done, total):
    if when.isdigit() and rows >= int(when):
        stop()

if when == "between":
    nbalib.ingestion.shelves.MANY_ROWS = 1
    go_on = DuckDBStore.commit_so_far
    DuckDBStore.commit_so_far = lambda self: (go_on(self), stop())

end = DuckDBStore._end
def ending(self, how):
    if when == "before commit" and self.count("ingestion_watermarks"):
        stop()
    end(self, how)
    if when == "after commit" and self.count("ingestion_watermarks"):
        stop()
DuckDBStore._end = ending

with DuckDBStore.open(Path(path)) as store:
    print("open", flush=True)
    if when == "wait":
        sys.stdin.read()
    now = datetime(2020, 1, 1, tzinfo=UTC)
    ingest(store, "twitter", files, accounts=Accounts(), now=now, progress=progress)
"""


def many_rows(folder: Path) -> list[Path]:
    """Write two files that share keys, with rejected rows and versions."""
    rows = [
        row(n, f"text {n} " + "word " * 20, at="never" if n % 97 == 0 else row(n)[3]) for n in range(1, 6000)
    ]
    again = [row(n, f"text {n % 7} " + "word " * 20) for n in range(5000, 9000)]
    return [put(folder / "a.csv", dump(rows)), put(folder / "b.csv", dump(again))]


@pytest.mark.parametrize("when", ["1", "3000", "7000", "between", "before commit", "after commit"])
def test_killed_at_any_moment_and_run_again_nothing_is_lost_or_double(tmp_path: Path, when: str) -> None:
    """After kill -9 and a second run, messages, rejected rows and watermarks are those of a clean load."""
    files = many_rows(tmp_path)
    tables = ("interactions", "rejected_rows", "ingestion_watermarks")
    with DuckDBStore.open(tmp_path / "clean.duckdb") as store:
        load(store, *files)
        clean = {table: store.digest(table) for table in tables}
    killed = tmp_path / "killed.duckdb"
    command = [sys.executable, "-c", INGEST, str(killed), when, *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr
    with DuckDBStore.open(killed) as store:
        load(store, *files)
        assert {table: store.digest(table) for table in tables} == clean


def test_a_second_ingest_at_the_same_time_is_refused_and_disturbs_nothing(tmp_path: Path) -> None:
    """While one process ingests, another is told that the store is busy; both succeed in the end."""
    files, path = many_rows(tmp_path), tmp_path / "nba.duckdb"
    command = [sys.executable, "-c", INGEST, str(path), "wait", str(files[0])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreBusyError, match="in use by another process"):
            DuckDBStore.open(path)
        other.communicate()
    assert other.returncode == 0
    with DuckDBStore.open(path) as store:
        assert [file.is_known for file in load(store, *files).files] == [True, False]


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("twcs_threads_4306.csv", {"read": 4306, "stored": 4306}),
        ("twcs_random_4998.csv", {"read": 4998, "stored": 4998}),
        ("damaged_excel_export.csv", {"read": 1314, "stored": 1314}),
    ],
)
def test_a_real_export_is_stored_to_its_last_row(
    store: DuckDBStore, real_data: Path, name: str, counted: dict[str, int]
) -> None:
    """Rows were counted apart with the csv module; every id there is different, and no row is unreadable."""
    assert counts(load(store, real_data / "twcs" / name)) == counted


def test_real_exports_that_overlap_hold_each_message_once(store: DuckDBStore, real_data: Path) -> None:
    """Of 10,618 rows 9,296 ids differ, and the order of the files is of no matter.

    Counted apart: all ids of the damaged export are among the threads, 8 of the random rows are, and
    one is in all three.
    """
    folder = real_data / "twcs"
    files = [
        folder / f"{name}.csv" for name in ("damaged_excel_export", "twcs_random_4998", "twcs_threads_4306")
    ]
    report = load(store, *files)
    assert [(file.n_stored, file.n_duplicate + file.n_replaced) for file in report.files] == [
        (1314, 0),
        (4997, 1),
        (2985, 1321),
    ]
    assert store.count("interactions") == 9296
    digest = store.digest("interactions")
    with DuckDBStore.open(store.path.with_name("other.duckdb")) as other:
        load(other, *reversed(files))
        assert other.digest("interactions") == digest


def test_real_rows_in_any_order_and_cut_end_the_same(tmp_path: Path, real_data: Path) -> None:
    """The threads, shuffled, a third repeated, in five files: the digest of one clean load."""
    whole = (real_data / "twcs" / "twcs_threads_4306.csv").read_bytes()
    clean, _ = digest_of(tmp_path, whole)
    rows = _rows_of(whole)
    chance = random.Random(11)
    mixed = rows + chance.sample(rows, len(rows) // 3)
    chance.shuffle(mixed)
    parts = [dump(mixed[place::5], line_end="\r\n") for place in range(5)]
    digest, counted = digest_of(tmp_path, *parts)
    assert digest == clean
    assert counted == {"read": 4306 + 1435, "stored": 4306, "duplicate": 1435}


def _rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
