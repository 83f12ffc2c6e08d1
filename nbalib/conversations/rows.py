"""Work on some rows of a column of texts, and leave the others alone.

In: a column without nulls, and numbers of rows. Out: a column of the same length, or numbers of rows.

An expression costs up to a millisecond before the first text: for no rows it is not even compiled.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Rows = NDArray[np.intp]
"""Numbers of rows, rising."""
Truths = NDArray[np.bool_]
"""One truth a row."""


def taken(texts: pa.StringArray, rows: Rows) -> pa.StringArray:
    """Give the texts of some rows."""
    return texts.take(pa.array(rows)) if len(rows) else texts[:0]


def put(texts: pa.StringArray, rows: Rows, by: pa.StringArray) -> pa.StringArray:
    """Put the texts `by`, in order, into some rows."""
    if not len(rows):
        return texts
    return pc.replace_with_mask(texts, pa.array(truths(rows, len(texts))), by)


def put_where(values: pa.Array, where: pa.BooleanArray, by: pa.Array) -> pa.Array:
    """Put the values `by`, in order, where `where` holds."""
    return pc.replace_with_mask(values, where, by) if len(by) else values


def replaced(texts: pa.StringArray, rows: Rows, expression: str, by: str) -> pa.StringArray:
    """Replace what matches in some rows."""
    if not len(rows):
        return texts
    return put(texts, rows, pc.replace_substring_regex(taken(texts, rows), expression, by))


def matches(texts: pa.StringArray, expression: str) -> Truths:
    """Tell which texts match."""
    if not len(texts):
        return np.zeros(0, np.bool_)
    found: Truths = pc.match_substring_regex(texts, expression).to_numpy(zero_copy_only=False)
    return found


def matching(texts: pa.StringArray, rows: Rows, expression: str) -> Rows:
    """Name those of some rows that match."""
    return rows[matches(taken(texts, rows), expression)]


def beyond_ascii(texts: pa.StringArray) -> Rows:
    """Name the rows that hold more than ASCII."""
    return np.flatnonzero(~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False))


def truths(rows: Rows, length: int) -> Truths:
    """Give truths that hold for some rows."""
    found = np.zeros(length, np.bool_)
    found[rows] = True
    return found
