"""Read a table file of any container into cells: text by column, with row numbers.

In: an `OpenFile` that holds CSV or Parquet. Out: its header, then `Cells`, a stretch of rows at a time.
A cell is text as it stands in the file; an empty cell is ''. Nothing is interpreted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import csv

from nbalib.errors import SourceError
from nbalib.sources.batches import Rejection
from nbalib.sources.held_bytes import rows_holding, with_texts_at
from nbalib.sources.records import (
    ONE_RECORD,
    Piece,
    Splitter,
    cells_of,
    sound_until,
    whole_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nbalib.sources.files import OpenFile

BLOCK_BYTES = 1 << 23
"""Bytes read at a time: enough to be quick, and few enough for several to wait."""
_MAX_HEADER_BYTES = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_STAND_INS = (0x1A, 0x1E, 0x1F, *range(0x01, 0x09), *range(0x0E, 0x1A), 0x7F)
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
            data = rest + more if more else whole_lines(rest)
            cells, rest = self._read(splitter, data, n_before, last=not more)
            n_before += cells.n_read
            if cells.n_read:
                yield cells
            if not more:
                return

    def _read(self, splitter: Splitter, data: bytes, n_before: int, *, last: bool) -> tuple[Cells, bytes]:
        """Read what is whole in `data`: at once if all is sound, else piece by piece; give the rest back."""
        until = sound_until(data)
        if until and (until == len(data) or not last):
            try:
                return self._cells([Piece("records", data[:until])], n_before), data[until:]
            except SourceError:  # a row is not sound after all: it is found, or the error is repeated, below
                pass
        pieces, rest = splitter.split(data, last=last)
        return self._cells(pieces, n_before), rest

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
        if not tables:
            tables = [pa.schema([(name, pa.string()) for name in self.header]).empty_table()]
        return Cells(
            pa.concat_tables(tables).combine_chunks(),
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
    lone = _lone_returns(records)
    stand_in = next((byte for byte in _STAND_INS if byte not in records), None) if len(lone) else None
    try:
        if len(lone) == 0:
            return _parse(records, header)
        if stand_in is None:
            return _parse_one_by_one(records, header)
        return _with_returns(_parse(_with_stand_ins(records, lone, stand_in), header), stand_in)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise _not_utf8(records, name, n_before) or SourceError(f"{name}: {error}") from error


def _parse(records: bytes, header: tuple[str, ...]) -> pa.Table:
    return csv.read_csv(
        pa.BufferReader(records),
        read_options=csv.ReadOptions(column_names=header, use_threads=False, block_size=len(records) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
        ),
    )


def _parse_one_by_one(records: bytes, header: tuple[str, ...]) -> pa.Table:
    rows = [[cell.decode() for cell in cells_of(one.group())] for one in ONE_RECORD.finditer(records)]
    return pa.table([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], names=header)


def _lone_returns(records: bytes) -> NDArray[np.int64]:
    """Find the carriage returns that end no line: Arrow would take them for line ends."""
    laid = np.frombuffer(records, np.uint8)
    returns = np.flatnonzero(laid == ord("\r"))
    lone: NDArray[np.int64] = returns[laid[np.minimum(returns + 1, len(laid) - 1)] != ord("\n")]
    return lone


def _with_stand_ins(records: bytes, lone: NDArray[np.int64], stand_in: int) -> bytes:
    """Put a byte that `records` does not hold in the place of the lone carriage returns."""
    changed = np.frombuffer(records, np.uint8).copy()
    changed[lone] = stand_in
    return changed.tobytes()


def _with_returns(table: pa.Table, stand_in: int) -> pa.Table:
    """Put the carriage returns back."""
    columns = []
    for column in table.combine_chunks().columns:
        texts = column.chunk(0)
        at = rows_holding(texts, stand_in)
        mended = [text.replace(chr(stand_in), "\r") for text in texts.take(pa.array(at)).to_pylist()]
        columns.append(with_texts_at(texts, at, mended))
    return pa.table(columns, names=table.column_names)


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
