"""Read a CSV file into cells.

In: an `OpenFile` that holds CSV in UTF-8, with or without a byte order mark. Out: its header, then `Cells`,
a stretch of rows at a time. Where the file is cut into blocks is of no matter for what comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.errors import SourceError
from nbalib.sources.batches import MAX_RAW, Rejection
from nbalib.sources.cells import Cells
from nbalib.sources.csv_parse import parse
from nbalib.sources.records import ONE_RECORD, Piece, Splitter, cells_of, sound_until, whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nbalib.sources.files import OpenFile

BLOCK_BYTES = 1 << 23
"""Bytes read at a time: enough to be quick, and few enough for several to wait."""

_MAX_HEADER_BYTES = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


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
                return self._whole(data[:until], n_before), data[until:]
            except (pa.ArrowInvalid, UnicodeDecodeError):
                pass  # some row is not sound after all: the pieces show which
        pieces, rest = splitter.split(data, last=last)
        return self._in_pieces(pieces, n_before), rest

    def _whole(self, records: bytes, n_before: int) -> Cells:
        table = parse(records, self.header).combine_chunks()
        numbers = np.arange(n_before + 1, n_before + 1 + table.num_rows, dtype=np.int64)
        return Cells(table, numbers, [], table.num_rows, 0, self._file.bytes_done)

    def _in_pieces(self, pieces: list[Piece], n_before: int) -> Cells:
        numbers, damaged = [np.empty(0, np.int64)], []
        number, n_blank = n_before, 0
        for piece in pieces:
            if piece.kind == "records":
                n_records = sum(1 for _ in ONE_RECORD.finditer(piece.data))
                numbers.append(np.arange(number + 1, number + 1 + n_records, dtype=np.int64))
                number += n_records
            elif piece.kind == "blank":
                n_lines = piece.data.count(b"\n")
                number, n_blank = number + n_lines, n_blank + n_lines
            else:
                number += 1
                damaged.append(_rejection(piece, number))
        records = b"".join(piece.data for piece in pieces if piece.kind == "records")
        table = self._parsed(records, np.concatenate(numbers))
        return Cells(
            table, np.concatenate(numbers), damaged, number - n_before, n_blank, self._file.bytes_done
        )

    def _parsed(self, records: bytes, numbers: NDArray[np.int64]) -> pa.Table:
        if not records:
            return pa.schema([(name, pa.string()) for name in self.header]).empty_table()
        try:
            return parse(records, self.header).combine_chunks()
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise SourceError(f"{self._file.name}{_fault(records, numbers, error)}") from error


def _rejection(piece: Piece, number: int) -> Rejection:
    """Keep a damaged neighbourhood as one row."""
    raw = piece.data[: 4 * MAX_RAW].rstrip(b"\r\n").decode(errors="replace")
    return Rejection(number, piece.reason, piece.detail, raw)


def _fault(records: bytes, numbers: NDArray[np.int64], error: Exception) -> str:
    """Say what is wrong with `records`: which row is not UTF-8, or Arrow's own words."""
    try:
        records.decode()
    except UnicodeDecodeError as fault:
        n_before = sum(1 for _ in ONE_RECORD.finditer(records, 0, fault.start))
        return (
            f", row {numbers[n_before]} is not UTF-8 (byte 0x{records[fault.start]:02x}); "
            "save the file as CSV UTF-8 and read it again"
        )
    return f": {error}"


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
