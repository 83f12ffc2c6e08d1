"""Read a table file of any container into cells: text by column, with row numbers.

In: an `OpenFile` that holds CSV or Parquet. Out: its header, then `Cells`, a stretch of rows at a time.
A cell is text as it stands in the file; an empty cell is ''. Nothing is interpreted here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from nbalib.errors import SourceError
from nbalib.sources.batches import Rejection
from nbalib.sources.records import MAX_RECORD_BYTES, ONE_RECORD, Piece, Splitter, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nbalib.sources.files import OpenFile

BLOCK_BYTES = MAX_RECORD_BYTES
_MAX_HEADER_BYTES = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Cells:
    """A stretch of rows.

    ``n_read == table.num_rows + len(damaged) + n_blank``

    Attributes
    ----------
    table : pa.Table
        One string column per column of the header, without nulls.
    row_numbers : NDArray[np.int64], shape (table.num_rows,)
    damaged : list[Rejection]
        Rows without cells.
    n_read, n_blank : int
        Rows in the stretch, and of them lines without anything on them.
    bytes_done : int
    """

    table: pa.Table
    row_numbers: NDArray[np.int64]
    damaged: list[Rejection]
    n_read: int
    n_blank: int
    bytes_done: int


class CsvRows:
    """The rows of an open CSV file, UTF-8 with or without a byte order mark.

    Attributes
    ----------
    header : tuple[str, ...]
        Names of the columns, without blanks around them.

    Raises
    ------
    SourceError
        The file is not text in UTF-8, or has no header.
    """

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._begun = file.read(_MAX_HEADER_BYTES)
        self.header, self._begun = _header(self._begun, file.name)

    def stretches(self, start: bytes, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Cells]:
        """Give the rows, about `block_bytes` at a time; `start` is how a record begins.

        Raises
        ------
        SourceError
            The file is cut short, or a row is not UTF-8.
        """
        splitter = Splitter(len(self.header), start)
        rest, n_before = self._begun, 0
        while True:
            more = self._file.read(block_bytes)
            pieces, rest = splitter.split(rest + more, last=not more)
            cells = self._cells(pieces, n_before)
            n_before += cells.n_read
            if cells.n_read:
                yield cells
            if not more:
                return

    def _cells(self, pieces: list[Piece], n_before: int) -> Cells:
        tables, numbers, damaged = [], [], []
        number, n_blank = n_before, 0
        for piece in pieces:
            if piece.kind == "records":
                table = parse(piece.data, self.header, self._file.name, number)
                tables.append(table)
                numbers.append(np.arange(number + 1, number + 1 + table.num_rows, dtype=np.int64))
                number += table.num_rows
            elif piece.kind == "blank":
                n_lines = piece.data.count(b"\n")
                number, n_blank = number + n_lines, n_blank + n_lines
            else:
                number += 1
                raw = piece.data.rstrip(b"\r\n").decode(errors="replace")
                damaged.append(Rejection(number, piece.reason, piece.detail, raw))
        empty = pa.schema([(name, pa.string()) for name in self.header]).empty_table()
        return Cells(
            pa.concat_tables([empty, *tables]).combine_chunks(),
            np.concatenate([np.empty(0, np.int64), *numbers]),
            damaged,
            number - n_before,
            n_blank,
            self._file.bytes_done,
        )


def parse(records: bytes, header: tuple[str, ...], name: str, n_before: int) -> pa.Table:
    """Parse sound records into one string column per cell.

    Raises
    ------
    SourceError
        A row is not UTF-8; it is named.
    """
    data, stand_in = _without_lone_returns(records)
    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(column_names=header, use_threads=False, block_size=len(data) + 1),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise _not_utf8(records, name, n_before) or SourceError(f"{name}: {error}") from error
    return _with_lone_returns(table, stand_in) if stand_in else table


def _header(begun: bytes, name: str) -> tuple[tuple[str, ...], bytes]:
    """Take the header off the first bytes of a file."""
    if begun.startswith(_UTF16_MARKS) or b"\0" in begun.split(b"\n")[0]:
        raise SourceError(f"{name} is not a text file in UTF-8 (row 0, the header); save it as CSV UTF-8")
    begun = begun.removeprefix(_BYTE_ORDER_MARK)
    line, ended, rest = begun.partition(b"\n")
    if not ended and (len(begun) >= _MAX_HEADER_BYTES - len(_BYTE_ORDER_MARK) or b"\r" in line):
        raise SourceError(f"{name} has no line feed after its header; it is not a CSV file")
    try:
        cells = [cell.decode().strip() for cell in cells_of(line.removesuffix(b"\r"))]
    except UnicodeDecodeError as error:
        raise SourceError(f"{name} is not a text file in UTF-8 (row 0, the header): {error}") from error
    return tuple(cells), rest


def _without_lone_returns(records: bytes) -> tuple[bytes, str]:
    """Put a stand-in for each carriage return that ends no line, which Arrow would take for one that does."""
    if records.count(b"\r") == records.count(b"\r\n"):
        return records, ""
    stand_in = b"\x1a"
    while stand_in in records:
        stand_in += b"\x1b"
    return re.sub(rb"\r(?!\n)", stand_in, records), stand_in.decode()


def _with_lone_returns(table: pa.Table, stand_in: str) -> pa.Table:
    columns = [pc.replace_substring(column, stand_in, "\r") for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _not_utf8(records: bytes, name: str, n_before: int) -> SourceError | None:
    """Say which row of `records` is not UTF-8; None if all are."""
    try:
        records.decode()
    except UnicodeDecodeError as error:
        row = n_before + sum(1 for _ in ONE_RECORD.finditer(records, 0, error.start)) + 1
        return SourceError(
            f"{name}, row {row} is not UTF-8 (byte 0x{records[error.start]:02x}); "
            "save the file as CSV UTF-8 and read it again"
        )
    return None
