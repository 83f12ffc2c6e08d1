"""Bad input: a clear error with nothing stored, or counted rejections with everything else stored."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from dumps import HEADER, NOW, dump, put, row

from nbalib.errors import InputError, SchemaError, SourceError
from nbalib.ingestion import IngestReport, ingest
from nbalib.params import Accounts
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TABLES = ("interactions", "rejected_rows", "ingestion_watermarks")
ROWS = [row(number, f"text {number}, with a comma") for number in range(1, 200)]
SOUND = dump(ROWS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBStore]:
    """Give a store that holds one message."""
    with DuckDBStore.open(tmp_path / "nba.duckdb") as opened:
        load(opened, put(tmp_path / "before.csv", dump([row(1000)])))
        yield opened


def load(store: DuckDBStore, *paths: Path) -> IngestReport:
    """Ingest files; each of them must account for all its rows."""
    report = ingest(store, "twitter", paths, accounts=Accounts(), now=NOW)
    assert all(file.is_balanced for file in report.files)
    return report


def bad_csv(content: bytes) -> Callable[[Path], Path]:
    """Give what writes bad.csv."""
    return lambda folder: put(folder / "bad.csv", content)


def zipped(folder: Path, **members: bytes) -> Path:
    """Write a zip archive of members; a dot in a name is written as one underscore."""
    with zipfile.ZipFile(folder / "bad.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return folder / "bad.zip"


def damaged_zip(folder: Path) -> Path:
    """Write a zip archive whose member fails its checksum."""
    path = zipped(folder, made_csv=SOUND)
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    return put(path, bytes(content))


def empty_folder(folder: Path) -> Path:
    """Make a folder with nothing to read in it."""
    (folder / "inside").mkdir()
    put(folder / "inside" / "notes.txt", b"words")
    return folder / "inside"


BAD_FILES: list[tuple[str, Callable[[Path], Path], type[InputError], str]] = [
    ("missing", lambda f: f / "bad.csv", SourceError, r"bad\.csv does not exist"),
    ("no match", lambda f: f / "bad*.csv", SourceError, r"no file matches .*bad\*\.csv"),
    ("no match inside", lambda f: f / "no" / "*" / "x.csv", SourceError, "no file matches"),
    ("empty folder", empty_folder, SourceError, r"inside holds no file ending in \.csv"),
    ("empty", bad_csv(b""), SourceError, r"bad\.csv is empty"),
    ("header only", bad_csv(dump([])), SourceError, r"bad\.csv: a header and no rows"),
    (
        "only a mark",
        bad_csv(b"\xef\xbb\xbf"),
        SchemaError,
        r"bad\.csv lacks the columns",
    ),
    ("no columns", bad_csv(b"\n\n"), SchemaError, r"bad\.csv lacks the columns"),
    (
        "wrong columns",
        bad_csv(b"id,words\n1,x\n"),
        SchemaError,
        r"bad\.csv lacks the columns .*it has \['id', 'words'\]",
    ),
    (
        "semicolons",
        bad_csv(SOUND.replace(b",", b";")),
        SchemaError,
        r"bad\.csv lacks .*it has \['tweet_id;author_id;",
    ),
    ("no header", bad_csv(dump(ROWS, ROWS[0])), SchemaError, r"bad\.csv lacks"),
    (
        "binary",
        bad_csv(bytes(range(256)) * 50),
        SourceError,
        r"bad\.csv is not a text file",
    ),
    ("binary, no zeros", bad_csv(b"\x89PNG\r\n" * 50), SourceError, "not a text file"),
    (
        "one endless line",
        bad_csv(b"[1, 2] " * 20_000),
        SourceError,
        r"bad\.csv has no line feed after its header",
    ),
    (
        "carriage returns only",
        bad_csv(SOUND.replace(b"\n", b"\r")),
        SourceError,
        r"bad\.csv has no line feed after its header",
    ),
    (
        "UTF-16",
        bad_csv(SOUND.decode().encode("utf-16")),
        SourceError,
        "not a text file in UTF-8",
    ),
    (
        "UTF-16, bare",
        bad_csv(SOUND.decode().encode("utf-16-le")),
        SourceError,
        "in UTF-8",
    ),
    (
        "Latin-1",
        lambda f: put(
            f / "bad.csv", dump([*ROWS, row(200, "caf\u00e9"), row(201)]).decode().encode("latin-1")
        ),
        SourceError,
        r"bad\.csv, row 200 is not UTF-8 \(byte 0xe9\)",
    ),
    (
        "Latin-1 in a header",
        bad_csv(b"caf\xe9," + SOUND),
        SourceError,
        r"row 0, the header",
    ),
    (
        "truncated gzip",
        lambda f: put(f / "bad.csv.gz", gzip.compress(SOUND)[:-200]),
        SourceError,
        r"bad\.csv\.gz is cut short or damaged",
    ),
    (
        "damaged gzip",
        lambda f: put(f / "bad.csv.gz", gzip.compress(SOUND)[:-8] + b"12345678"),
        SourceError,
        r"bad\.csv\.gz is cut short or damaged",
    ),
    ("damaged zip", damaged_zip, SourceError, r"bad\.zip#made\.csv is cut short or damaged"),
    (
        "truncated zip",
        lambda f: put(f / "bad.zip", zipped(f, made_csv=SOUND).read_bytes()[:-30]),
        SourceError,
        r"bad\.zip is cut short or damaged",
    ),
    (
        "zip of other things",
        lambda f: zipped(f, sheet_xml=b"<xml/>"),
        SourceError,
        r"bad\.zip holds no \.csv file; it holds sheet\.xml",
    ),
    (
        "zip with one bad member",
        lambda f: zipped(f, a_csv=SOUND, b_csv=b"id,words\n1,x\n"),
        SchemaError,
        r"bad\.zip#b\.csv lacks the columns",
    ),
    (
        "truncated Parquet",
        lambda f: put(f / "bad.parquet", b"PAR1" + b"\0" * 100),
        SourceError,
        r"bad\.parquet is not a whole Parquet file",
    ),
]


@pytest.mark.parametrize(
    ("make", "error", "said"), [case[1:] for case in BAD_FILES], ids=[case[0] for case in BAD_FILES]
)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(
    store: DuckDBStore, tmp_path: Path, make: Callable[[Path], Path], error: type[InputError], said: str
) -> None:
    """The error says what is wrong and asks for exit code 2; the store is as it was, but for the log."""
    before = [store.digest(table) for table in TABLES]
    with pytest.raises(error, match=said) as raised:
        load(store, make(tmp_path))
    assert raised.value.exit_code == 2
    assert [store.digest(table) for table in TABLES] == before
    runs = store.read("pipeline_runs", ["status"]).to_pydict()
    assert sorted(runs["status"]) == ["done", "failed"]


BAD_ROWS: list[tuple[str, bytes, dict[str, int]]] = [
    ("unparsable date", dump([row(300, at="31.10.2017")]), {"bad_date": 1}),
    ("year nought", dump([row(300, at="Tue Oct 31 22:10:47 +0000 0000")]), {"bad_date": 1}),
    ("future", dump([row(300, at="Fri Jan 01 00:00:00 +0000 2100")]), {"future_date": 1}),
    ("ten megabytes", dump([row(300, "so many words\n" * 750_000)]), {"text_too_long": 1}),
    (
        "twenty megabytes, unclosed",
        dump([row(300, "x, ")])[:-6] + b"words\n" * 3_500_000,
        {"record_too_long": 1, "wrong_cell_count": 1},
    ),
    ("NUL", dump([row(300, "a\0b")]), {"nul_in_text": 1}),
    ("NUL in an id", dump([row("30\0")]), {"bad_tweet_id": 1}),
    ("NUL in an author", dump([row(300, author="a\0b")]), {"bad_author_id": 1}),
    ("too few cells", dump([row(300)[:5]]), {"wrong_cell_count": 1}),
    ("too many cells", dump([[*row(300), "x"]]), {"wrong_cell_count": 1}),
    ("negative id", dump([row(-300)]), {"bad_tweet_id": 1}),
    ("absurd id", dump([row("9" * 400)]), {"bad_tweet_id": 1}),
    ("parent that is none", dump([row(300, parent="the one above")]), {"bad_parent_id": 1}),
    ("no author", dump([row(300, author="")]), {"empty_author": 1}),
    ("cut off", dump([row(300)])[:-30], {"wrong_cell_count": 1}),
]


@pytest.mark.parametrize(
    ("content", "reasons"), [case[1:] for case in BAD_ROWS], ids=[case[0] for case in BAD_ROWS]
)
def test_a_row_that_cannot_be_read_costs_only_itself(
    store: DuckDBStore, tmp_path: Path, content: bytes, reasons: dict[str, int]
) -> None:
    """The rows before it and behind it are stored, and it is counted and kept with its reason."""
    bad = content.split(b"\n", 1)[1]
    ended = bad if bad.endswith(b"\n") else bad + b"\n"
    path = put(tmp_path / "rows.csv", SOUND + ended + dump([row(301)]).split(b"\n", 1)[1])
    report = load(store, path)
    assert report.files[0].rejected == reasons
    assert report.total("n_stored") == 200
    kept = store.read("rejected_rows").sort_by("row_number").to_pylist()
    assert [one["row_number"] for one in kept] == list(range(200, 200 + sum(reasons.values())))
    assert all(0 < len(one["raw"]) <= 100_000 for one in kept)


def test_a_broken_quote_in_a_large_file_costs_one_row(store: DuckDBStore, tmp_path: Path) -> None:
    """In the middle of 60,000 rows over several blocks, only the damaged row is rejected."""
    rows = [row(number, f'"{number}", he said,\nand left') for number in range(1, 60_001)]
    content = dump(rows)
    broken = content.replace(b'"""30000"", he said', b'""30000"", he said', 1)
    assert len(broken) == len(content) - 1
    report = load(store, put(tmp_path / "large.csv", broken))
    assert (report.total("n_read"), report.total("n_stored")) == (60_000, 59_998)  # 1000 was stored before
    assert report.files[0].rejected == {"broken_quotes": 1}
    [kept] = store.read("rejected_rows").to_pylist()
    assert (kept["row_number"], kept["raw"].split(",")[0]) == (30_000, "30000")


def test_answers_in_circles_are_stored(store: DuckDBStore, tmp_path: Path) -> None:
    """A message that answers itself, and two that answer each other, are for the threads to report."""
    rows = [row(1, parent="1"), row(2, parent="3"), row(3, parent="2")]
    assert load(store, put(tmp_path / "circle.csv", dump(rows))).total("n_stored") == 3


def test_members_of_an_archive_are_files_of_their_own(store: DuckDBStore, tmp_path: Path) -> None:
    """Each member is read, counted and remembered by itself."""
    path = zipped(tmp_path, b_csv=dump(ROWS[100:]), a_csv=dump(ROWS[:100]))
    report = load(store, path)
    assert [(file.file, file.n_stored) for file in report.files] == [
        ("bad.zip#a.csv", 100),
        ("bad.zip#b.csv", 99),
    ]
    assert [file.is_known for file in load(store, path).files] == [True, True]


def test_a_header_among_files_with_rows_is_no_error(store: DuckDBStore, tmp_path: Path) -> None:
    """Writers of many parts leave parts without rows."""
    report = load(store, put(tmp_path / "a.csv", dump([])), put(tmp_path / "b.csv", SOUND))
    assert [file.n_read for file in report.files] == [0, 199]
    assert store.count("ingestion_watermarks") == 2


def test_the_command_ends_with_two_for_bad_input(tmp_path: Path) -> None:
    """Nba ingest says what is wrong on standard error, without a traceback."""
    path = put(tmp_path / "bad.csv", dump([["1", "x"]], ["id", *HEADER[1:2]]))
    command = [sys.executable, "-m", "nbalib", "ingest", "--source", "twitter", "--input", str(path)]
    environment = {"NBA_DUCKDB_PATH": str(tmp_path / "nba.duckdb"), "PATH": ""}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 2
    assert "bad.csv lacks the columns" in run.stderr
    assert "Traceback" not in run.stderr
