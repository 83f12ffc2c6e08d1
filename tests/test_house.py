"""The house rules hold in the whole repository, and each of them is able to fail."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from house import (
    REPOSITORY,
    address_faults,
    clock_faults,
    docstring_faults,
    files,
    no_fault,
    room_faults,
    size_faults,
    sql_faults,
    text_of,
)

from nbalib.errors import ParameterError
from nbalib.params import load_params, read_mapping

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1_000_000

EDGES = ("nbalib/cli/", "service/")
"""Whoever stands here reads the clock once and hands the instant down."""

READS_THE_CLOCK: dict[str, str] = {
    "nbalib/stores/postgres_layout.py": "a layout is dated by its database, as a file is by its disk"
}
"""The modules below the edges that may read the clock all the same, each with its reason."""

CLOSED_TO_THE_SERVICE = {"bench", "cli", "engines", "runs", "tuning"}
"""Rooms whose work the service asks for through the library, and never does itself."""


def tracked() -> list[Path]:
    """Give the files under version control that are there; skip where there is no version control."""
    if not (REPOSITORY / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git clone: there is no list of tracked files")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True, text=True
    )
    return [path for name in listed.stdout.split("\0") if name and (path := REPOSITORY / name).is_file()]


def test_modules_and_functions_are_short() -> None:
    """No module is over 300 lines, and no function over 50."""
    no_fault([fault for name in files("*.py") for fault in size_faults(name, text_of(name))])


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("x = 1\n" * 301, "m.py: 301 lines, more than 300"),
        ("class A:\n    async def f():\n" + "        x = 1\n" * 50, "m.py:2: f has 51 lines, more than 50"),
    ],
)
def test_length_is_found(bad: str, said: str) -> None:
    """A module of 301 lines and a function of 51 are found."""
    assert size_faults("m.py", bad) == [said]


def test_length_at_the_limit_is_free() -> None:
    """A module of 300 lines and a function of 50 are no fault."""
    assert size_faults("m.py", "def f():\n" + "    x = 1\n" * 49 + "x = 1\n" * 250) == []


def test_modules_open_with_a_docstring() -> None:
    """Every module says what it is for."""
    no_fault([fault for name in files("*.py") for fault in docstring_faults(name, text_of(name))])


def test_a_silent_module_is_found() -> None:
    """A module that opens with code or a comment is found; an empty one is not a module to speak of."""
    assert docstring_faults("m.py", "# what it does\nx = 1\n") == ["m.py: has no docstring"]
    assert docstring_faults("m.py", "") == []


def test_only_the_edges_read_the_clock() -> None:
    """Below the command line and the service every instant comes in as an argument."""
    below = [name for name in files("*.py") if not name.startswith(EDGES)]
    found = {name: faults for name in below if (faults := clock_faults(name, text_of(name)))}
    no_fault([fault for name in found.keys() - READS_THE_CLOCK.keys() for fault in found[name]])
    no_fault([f"{name} need not be excepted" for name in READS_THE_CLOCK.keys() - found.keys()])


@pytest.mark.parametrize(
    "bad",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "pd.Timestamp.now('UTC')",
        "time.time()",
        "field(default_factory=datetime.now)",
        "from time import time",
        "connection.execute('SELECT * FROM t WHERE at < NOW()')",
        "sql = f'SELECT {name}, current_timestamp'",
    ],
)
def test_a_look_at_the_clock_is_found(bad: str) -> None:
    """Each way to read the wall clock is found, with its line, called or handed on."""
    (fault,) = clock_faults("m.py", f"import datetime, time\n{bad}\n")
    assert fault.startswith("m.py:2: reads the wall clock by ")


@pytest.mark.parametrize(
    "good", ["time.monotonic()", "now = run.now", "at.time()", "known = 'know(n)'", "now(3)"]
)
def test_spans_and_given_instants_are_free(good: str) -> None:
    """A monotonic clock, a given instant and a word that looks alike are no faults."""
    assert clock_faults("m.py", f"{good}\n") == []


def test_the_service_asks_the_library() -> None:
    """No module of the service imports engines, runs, tuning, measurements or the command line."""
    names = [name for name in files("*.py") if name.startswith("service/")]
    no_fault([fault for name in names for fault in room_faults(name, text_of(name), CLOSED_TO_THE_SERVICE)])


@pytest.mark.parametrize(
    "bad",
    [
        "import nbalib.runs.record",
        "from nbalib import as_of, runs",
        "def f():\n    from nbalib.runs import Run",
    ],
)
def test_a_closed_room_is_found(bad: str) -> None:
    """Each way to import a closed room is found; an open room and a like name are no faults."""
    assert room_faults("m.py", f"import nbalib.schema, nbalib.runs_of\n{bad}\n", {"runs"}) == [
        "m.py: imports nbalib.runs, which is closed to it"
    ]


def test_no_address_and_no_machine_path() -> None:
    """No tracked file names a package registry or a folder of one machine."""
    found = []
    for path in tracked():
        try:
            content = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not a text
        found += address_faults(path.relative_to(REPOSITORY).as_posix(), content)
    no_fault(found)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("see https://" + "pypi" + ".org/simple", "a registry's address"),
        ("files.python" + "hosted.org", "a registry's address"),
        ("--extra-" + "index-url x", "a registry's address"),
        ("open('/" + "tmp/x')", "a path of one machine"),
        ("cd /" + "home/me/nbalib", "a path of one machine"),
        ("C:" + "\\Users\\me", "a path of one machine"),
    ],
)
def test_an_address_is_found(bad: str, said: str) -> None:
    """Registries and folders of one machine are found on their line."""
    (fault,) = address_faults("m", f"first\n{bad}\n")
    assert fault.startswith("m:2: ")
    assert said in fault


@pytest.mark.parametrize(
    "good", ["outputs/tmp/x", "https://example.com/home/x", "a pypi package", "~/work/x"]
)
def test_relative_paths_are_free(good: str) -> None:
    """A path inside the repository, a web address and a word that looks alike are no faults."""
    assert address_faults("m", good) == []


def test_tracked_files_are_small() -> None:
    """No tracked file is over 1 MB."""
    no_fault(
        [f"{path.name}: {size} bytes" for path in tracked() if (size := path.stat().st_size) > MAX_BYTES]
    )


def test_sql_is_read_by_sqlglot() -> None:
    """Every SQL file parses in DuckDB's dialect and keeps to what every store understands."""
    no_fault([fault for name in files("*.sql") for fault in sql_faults(name, text_of(name))])


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("SELECT a b c FROM t", "m.sql: sqlglot cannot read it: "),
        ("SELECT max(x) FILTER (WHERE y) FROM t", "m.sql: FILTER on an aggregate"),
        ("SELECT now() AS at", "m.sql: reads the wall clock by now("),
        ("SELECT x FROM t WHERE at < current_timestamp", "m.sql: reads the wall clock by current_timestamp"),
    ],
)
def test_bad_sql_is_found(bad: str, said: str) -> None:
    """SQL that cannot be read, or would not mean the same in every store, is found."""
    (fault,) = sql_faults("m.sql", bad)
    assert fault.startswith(said)


def test_sql_comments_are_free() -> None:
    """A comment may speak of the clock."""
    assert sql_faults("m.sql", "SELECT x -- never now()\nFROM t") == []


def test_parameters_are_readable() -> None:
    """Every file under params/ is YAML with names and values, and the shared ones pass their checks."""
    for path in sorted((REPOSITORY / "params").rglob("*.yaml")):
        assert isinstance(read_mapping(path), dict)
    load_params(REPOSITORY / "params")


def test_parameters_that_are_not_yaml_are_found(tmp_path: Path) -> None:
    """The reader above refuses what is not YAML."""
    (tmp_path / "policy.yaml").write_text("a: [1\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"policy\.yaml is not readable YAML"):
        load_params(tmp_path)
