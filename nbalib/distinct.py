"""Tell which rows are equal, so that what is done for them is done once.

In: columns of texts, numbers or truth values. Out: columns as codes, and the distinct rows of several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

Column: TypeAlias = "pa.Array | pa.ChunkedArray"

MOST = 1 << 62
"""Combinations that an integer can number."""


@dataclass(frozen=True)
class Distinct:
    """Distinct rows, numbered from 0 in the order in which they first stand.

    Attributes
    ----------
    of_row : Int32Array, shape (n_rows,)
        Number of each row.
    first : array of int64, shape (n_distinct,)
        Place of the first row of each number.
    """

    of_row: pa.Int32Array
    first: Integers


def coded(column: Column) -> pa.DictionaryArray:
    """Give a column as codes of its distinct values, of which null is one."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_dictionary(whole.type):
        return whole.dictionary_encode(null_encoding="encode")
    return coded(whole.dictionary_decode()) if whole.null_count else whole


def decoded(rows: pa.Table) -> pa.Table:
    """Give columns that are kept as codes as their values."""
    schema = pa.schema(
        [f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in rows.schema]
    )
    return rows.cast(schema)


def distinct(columns: Iterable[Column]) -> Distinct:
    """Find the distinct rows of some columns, at least one, of equal length."""
    number, size = np.zeros(1, dtype=np.int64), 1
    for column in map(coded, columns):
        width = max(len(column.dictionary), 1)
        if size > MOST // width:
            dense = pa.array(number).dictionary_encode()
            number, size = dense.indices.to_numpy().astype(np.int64), len(dense.dictionary)
        number, size = number * width + column.indices.to_numpy(), size * width
    of_row = pa.array(number).dictionary_encode().indices
    newest = np.maximum.accumulate(of_row.to_numpy())
    return Distinct(of_row, np.flatnonzero(np.diff(newest, prepend=-1)))


def runs(column: Column) -> Integers:
    """Give each row the number of its run of equal neighbours, from 0, shape (n_rows,)."""
    if len(column) == 0:
        return np.zeros(0, dtype=np.int64)
    changes = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))
    return np.concatenate(([0], np.cumsum(np.asarray(changes), dtype=np.int64)))
