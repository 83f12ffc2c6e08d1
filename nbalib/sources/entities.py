"""Decode HTML entities in texts, once.

In: a column of strings. Out: the column decoded, and which rows changed.
Only entities that end in a semicolon are decoded: ``&amp;lt;`` becomes ``&lt;``, while ``?a=1&copy=2``
is no entity and stays.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def decode_entities(column: pa.StringArray) -> tuple[pa.StringArray, NDArray[np.bool_]]:
    """Decode a column without nulls, shape (n,)."""
    is_changed = np.zeros(len(column), np.bool_)
    at = rows_holding(column, ord("&"))
    before = column.take(pa.array(at)).to_pylist()
    after = [decoded(text) for text in before]
    is_changed[at] = [new != old for new, old in zip(after, before, strict=True)]
    if not is_changed.any():
        return column, is_changed
    put = pa.array(
        [text for text, changed in zip(after, is_changed[at], strict=True) if changed], pa.string()
    )
    return pc.replace_with_mask(column, pa.array(is_changed), put), is_changed


def decoded(text: str) -> str:
    """Decode one text once."""
    return _ENTITY.sub(lambda found: html.unescape(found.group()), text)


def rows_holding(column: pa.StringArray, byte: int) -> NDArray[np.int64]:
    """Give the rows, ascending, of a column without nulls whose text holds an ASCII `byte`."""
    _, offsets, data = column.buffers()
    if data is None or len(column) == 0:
        return np.empty(0, np.int64)
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    found = np.flatnonzero(np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] == byte) + ends[0]
    return np.unique(np.searchsorted(ends, found, side="right") - 1).astype(np.int64)
