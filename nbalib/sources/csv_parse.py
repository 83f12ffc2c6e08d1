"""Parse sound CSV records into columns of text, all at once.

In: bytes of whole records that follow RFC 4180, and the columns' names. Out: one string column per cell.
Arrow does the work; it takes a carriage return alone for a line end, which ours are not, so that
these pass it in disguise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import csv

from nbalib.sources.held_bytes import rows_holding, with_texts_at
from nbalib.sources.records import ONE_RECORD, cells_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STAND_INS = (0x1A, 0x1E, 0x1F, *range(0x01, 0x09), *range(0x0E, 0x1A), 0x7F)


def parse(records: bytes, header: tuple[str, ...]) -> pa.Table:
    """Parse sound records.

    Raises
    ------
    pa.ArrowInvalid, UnicodeDecodeError
        A record is not UTF-8, or has another number of cells than the header.
    """
    lone = _lone_returns(records)
    if len(lone) == 0:
        return _parse(records, header)
    stand_in = next((byte for byte in _STAND_INS if byte not in records), None)
    if stand_in is None:
        return _parse_one_by_one(records, header)
    return _with_returns(_parse(_with_stand_ins(records, lone, stand_in), header), stand_in)


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
