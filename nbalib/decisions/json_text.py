"""Write columns as JSON.

In: a column of truth values, whole numbers, fractions, texts or instants. Out: the same as JSON's texts, as
codes: each distinct value is written once. A fraction is the shortest that reads back the same.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.distinct import coded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbalib.distinct import Column

SEPARATOR = ","

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def written(column: Column) -> pa.DictionaryArray:
    """Write each value: null as ``null``."""
    codes = coded(column)
    return pa.DictionaryArray.from_arrays(codes.indices, _literals(codes.dictionary))


def written_list(column: Column) -> pa.DictionaryArray:
    """Write names that are joined by commas as a list, '' as an empty one."""
    codes = coded(column)
    lists = [list(filter(None, joined.split(SEPARATOR))) for joined in codes.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(codes.indices, _texts(lists))


def _literals(values: pa.Array) -> pa.StringArray:
    """Write distinct values."""
    if pa.types.is_floating(values.type):
        return pc.fill_null(_fractions(values), "null")
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.string())
    return _texts(values.to_pylist())


def _fractions(values: pa.FloatingPointArray) -> pa.StringArray:
    """Write fractions; a whole one keeps its point."""
    digits = values.cast(pa.string())
    is_bare = pc.match_substring_regex(digits, "^-?[0-9]+$")
    return pc.if_else(is_bare, pc.binary_join_element_wise(digits, ".0", ""), digits)


def _texts(values: Sequence[object]) -> pa.StringArray:
    return pa.array([_write(value) for value in values], pa.string())
