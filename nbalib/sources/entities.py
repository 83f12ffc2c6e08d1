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

from nbalib.sources.held_bytes import rows_holding, with_texts_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def decode_entities(column: pa.StringArray) -> tuple[pa.StringArray, NDArray[np.bool_]]:
    """Decode a column without nulls, shape (n,)."""
    at = rows_holding(column, ord("&"))
    before = column.take(pa.array(at)).to_pylist()
    after = [decoded(text) for text in before]
    is_changed = np.zeros(len(column), np.bool_)
    is_changed[at] = [new != old for new, old in zip(after, before, strict=True)]
    return with_texts_at(column, at, after), is_changed


def decoded(text: str) -> str:
    """Decode one text once."""
    return _ENTITY.sub(lambda found: html.unescape(found.group()), text)
