"""Cutting CSV into records: exact for every sound file, and a broken quote costs one row."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from dumps import HEADER, dump, put, row
from hypothesis import example, given
from hypothesis import strategies as st

from nbalib.sources.csv_cells import CsvRows
from nbalib.sources.files import find_files, opened
from nbalib.sources.records import MAX_RECORD_BYTES
from nbalib.sources.twitter import record_start

if TYPE_CHECKING:
    from pathlib import Path

CELL = st.text(st.sampled_from('a,"\n\r 7é😀&\x1a'), max_size=8)
ROWS = st.lists(st.lists(CELL, min_size=7, max_size=7), max_size=12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for the files of all examples."""
    return tmp_path_factory.mktemp("records")


def read(path: Path, block_bytes: int = 1 << 23) -> tuple[list[list[str]], list[tuple[int, str]], int]:
    """Give the rows, the damaged rows (number, reason) and the number of blank lines of a file."""
    rows: list[list[str]] = []
    damaged, n_blank, n_read = [], 0, 0
    with opened(find_files([path])[0]) as file:
        csv_rows = CsvRows(file)
        for cells in csv_rows.stretches(record_start(csv_rows.header), block_bytes=block_bytes):
            assert cells.n_read == cells.table.num_rows + len(cells.damaged) + cells.n_blank
            rows += [list(one.values()) for one in cells.table.to_pylist()]
            damaged += [(one.row_number, one.reason) for one in cells.damaged]
            n_blank, n_read = n_blank + cells.n_blank, n_read + cells.n_read
    assert n_read == len(rows) + len(damaged) + n_blank
    return rows, damaged, n_blank


@given(
    ROWS,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.integers(1, 60),
    st.booleans(),
)
@example([["1", "a", "True", "", '"', "", ""]], "\n", csv.QUOTE_MINIMAL, 1, False)
def test_a_sound_file_is_read_to_the_letter(
    folder: Path, rows: list[list[str]], line_end: str, quoting: int, block_bytes: int, ends: bool
) -> None:
    """Line feeds, quotes, lone carriage returns and emoji come back, wherever the file is cut into blocks."""
    if line_end == "\n":  # a writer that ends lines so does not quote a last "\r", which then ends the line
        rows = [[*one[:-1], one[-1].rstrip("\r")] for one in rows]
    content = dump(rows, line_end=line_end, quoting=quoting)
    if not ends:
        content = content.removesuffix(line_end.encode())
    path = put(folder / "sound.csv", content)
    assert read(path, block_bytes) == read(path) == (rows, [], 0)


QUOTED = 'he said "no", twice'
SOUND = [row(1), row(2, QUOTED), row(3, "two\nlines, each\nquoted"), row(4), row(5, QUOTED), row(6)]


def damage(at: str, old: bytes, new: bytes) -> bytes:
    """Change the line of `SOUND` that begins with `at`."""
    lines = dump(SOUND).splitlines(keepends=True)
    found = next(number for number, line in enumerate(lines) if line.startswith(f"{at},".encode()))
    assert old in lines[found]
    lines[found] = lines[found].replace(old, new, 1)
    return b"".join(lines)


@pytest.mark.parametrize(
    ("content", "lost", "reason"),
    [
        (damage("2", b',"he', b",he"), 2, "broken_quotes"),  # no opening quote
        (damage("2", b'twice",', b"twice,"), 2, "broken_quotes"),  # no closing quote
        (damage("2", b'""no', b'"no'), 2, "broken_quotes"),  # a quote that is not doubled
        (damage("4", b"hello", b'"hello'), 4, "broken_quotes"),  # a quote too many, at the beginning
        (damage("4", b"hello", b'hel"lo'), 4, "broken_quotes"),  # and in the middle
        (damage("6", b"hello", b'"hello'), 6, "broken_quotes"),  # in the last row: nothing closes it
        (damage("3", b',"two', b",two"), 3, "wrong_cell_count"),  # the opening quote of several lines
        (damage("4", b",hello", b""), 4, "wrong_cell_count"),
        (damage("4", b",hello", b",hel,lo"), 4, "wrong_cell_count"),
        (damage("1", b",hello", b""), 1, "wrong_cell_count"),
        (damage("4", b"4,115712,True", b"4,115712,True\n"), 4, "wrong_cell_count"),  # a line feed too many
    ],
)
@pytest.mark.parametrize("block_bytes", [1, 7, 64, 1 << 23])
def test_damage_costs_one_row(
    tmp_path: Path, content: bytes, lost: int, reason: str, block_bytes: int
) -> None:
    """The damaged row is rejected under its number with a reason; all the others are read."""
    path = put(tmp_path / "broken.csv", content)
    kept = [one for number, one in enumerate(SOUND, start=1) if number != lost]
    assert read(path, block_bytes) == (kept, [(lost, reason)], 0)


@given(st.data())
def test_one_quote_more_or_less_costs_at_most_its_own_row(folder: Path, data: st.DataObject) -> None:
    """Wherever a quote is taken away or put in, every other row is read as if nothing had happened."""
    lines = [dump([one]).split(b"\n", 1)[1] for one in SOUND]
    number = data.draw(st.integers(0, len(SOUND) - 1))
    line = lines[number]
    if data.draw(st.booleans()) and b'"' in line:
        at = data.draw(st.sampled_from([place for place, sign in enumerate(line) if sign == ord('"')]))
        lines[number] = line[:at] + line[at + 1 :]
    else:
        at = data.draw(st.integers(len("1,115712,True,"), len(line) - 2))
        lines[number] = line[:at] + b'"' + line[at:]
    path = put(folder / "quote.csv", dump([]) + b"".join(lines))
    rows, damaged, n_blank = read(path, data.draw(st.integers(1, 300)))
    others = [one for place, one in enumerate(SOUND) if place != number]
    assert [one for one in rows if one in others] == others
    assert len(rows) + len(damaged) == len(SOUND)
    assert n_blank == 0


def test_blank_rows_are_counted_and_numbered(tmp_path: Path) -> None:
    """Lines of nothing, of commas and of blanks count as rows; the numbers behind them are right."""
    content = dump([row(1)]) + b"\n,,,,,,\r\n  \n,,,\n" + dump([row(2)]).split(b"\n", 1)[1] + b"6,broken\n\n"
    rows, damaged, n_blank = read(put(tmp_path / "blank.csv", content))
    assert rows == [row(1), row(2)]
    assert damaged == [(7, "wrong_cell_count")]
    assert n_blank == 4


def test_a_quote_that_nothing_closes_swallows_no_more_than_a_record_may_hold(tmp_path: Path) -> None:
    """In a long file without another quote, the rows behind the damage are read."""
    many = dump([row(number, "word " * 200) for number in range(2, 20_000)]).split(b"\n", 1)[1]
    content = dump([row(1, "x")]).replace(b",x,", b',"x,') + many
    assert len(content) > MAX_RECORD_BYTES
    rows, damaged, _ = read(put(tmp_path / "open.csv", content))
    assert damaged == [(1, "broken_quotes")]
    assert len(rows) == 19_998
    assert rows[-1] == row(19_999, "word " * 200)


def test_resuming_needs_no_particular_order_of_columns(tmp_path: Path) -> None:
    """With the text first, the next record is still found."""
    order = [4, 6, 5, 3, 2, 1, 0]
    header = [HEADER[place] for place in order]
    moved = [[one[place] for place in order] for one in SOUND]
    content = dump(moved, header).replace(b'twice",,,Tue', b"twice,,,Tue", 1)
    rows, damaged, _ = read(put(tmp_path / "moved.csv", content))
    assert damaged == [(2, "broken_quotes")]
    assert rows == [one for number, one in enumerate(moved) if number != 1]


def test_a_record_of_many_megabytes_is_one_row(tmp_path: Path) -> None:
    """A text of ten megabytes with line feeds in it is read whole, over several blocks."""
    text = "many words\n" * 1_000_000
    path = put(tmp_path / "long.csv", dump([row(1), row(2, text), row(3)]))
    rows, damaged, _ = read(path, 1 << 20)
    assert (rows, damaged) == ([row(1), row(2, text), row(3)], [])


def test_a_lone_carriage_return_among_all_other_control_characters(tmp_path: Path) -> None:
    """Where no character is free to stand in for it, it still comes back."""
    text = "".join(map(chr, [*range(1, 10), *range(11, 32), 127])) + "\rend"
    path = put(tmp_path / "control.csv", dump([row(1), row(2, text), row(3, "a,b")]))
    assert read(path) == ([row(1), row(2, text), row(3, "a,b")], [], 0)
