"""Take features for the rules: present, of their type, and never NaN.

In: a table of features, or one row of them. Out: the columns in the catalogue's types, or an error that
names the feature, what is wrong with it, and how many rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.errors import RuleError, nearest
from nbalib.schema import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nbalib.feature_catalogue import Feature

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
}


def feature_columns(features: pa.Table, wanted: Iterable[Feature]) -> dict[str, pa.Array]:
    """Take the wanted features out of the table, in their types."""
    wanted = tuple(wanted)
    check_names((feature.name for feature in wanted), features.column_names)
    return {feature.name: _column(feature, features[feature.name]) for feature in wanted}


def check_row(row: Mapping[str, Any], wanted: Iterable[Feature]) -> None:
    """Refuse a row that lacks a wanted feature, or holds one of another type, or NaN."""
    for feature in wanted:
        if feature.name not in row:
            check_names([feature.name], row)
        value = row[feature.name]
        if value is not None and (type(value) not in _PYTHON_TYPES[feature.kind] or value != value):
            raise RuleError(f"feature {feature.name!r} holds {value!r}, which is no {feature.kind}")


def check_names(needed: Iterable[str], there: Iterable[str]) -> None:
    """Refuse features that are not there."""
    present = list(there)
    missing = sorted(set(needed) - set(present))
    if missing:
        raise RuleError(f"the features lack {missing}{nearest(missing[0], present)}")


def _column(feature: Feature, column: pa.ChunkedArray) -> pa.Array:
    """Give one feature's column in its type, after checking it."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    fits = {
        "string": pa.types.is_string(kind) or pa.types.is_large_string(kind),
        "int": pa.types.is_integer(kind),
        "float": pa.types.is_floating(kind) or pa.types.is_integer(kind),
        "bool": pa.types.is_boolean(kind),
    }
    if not (fits[feature.kind] or pa.types.is_null(kind)):
        raise RuleError(f"feature {feature.name!r} is of type {column.type}, which is no {feature.kind}")
    values = column.combine_chunks().cast(ARROW_TYPES[feature.kind])
    strange = pc.sum(pc.is_nan(values)).as_py() if feature.kind == "float" else None
    if strange:
        raise RuleError(f"feature {feature.name!r} holds NaN in {strange} of {len(values)} rows; use null")
    return values
