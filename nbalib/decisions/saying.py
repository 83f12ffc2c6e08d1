"""Values in words.

In: a feature's name and its column. Out: one text per row, as codes of the few different ones.
A value is said in the unit of its feature: 0.4 hours are "24 min", 3.5 "3.5 h", 26 "26 h", 120 "5 days",
3 messages "3 messages", a likelihood "63 %", a null "unknown". Names outside the feature catalogue take
their unit from their suffix (`_hours`), else are said plainly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nbalib.distinct import coded
from nbalib.feature_catalogue import FEATURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.distinct import Column

Numbers: TypeAlias = NDArray[Any]

UNKNOWN = "unknown"

_TENTHS, _WHOLE, _DAYS = 10_000, 20_000, 30_000  # kinds of grain of a span; below them it is minutes


@dataclass(frozen=True)
class _Style:
    """How numbers are said: `grain` makes them whole and few, `words` says one of those."""

    grain: Callable[[Numbers], Numbers]
    words: Callable[[int], str]


def say(name: str, value: Any) -> str:
    """Say one value as `say_all` says a column's."""
    return str(say_all(name, pa.array([value]))[0])


def say_all(name: str, column: Column) -> pa.DictionaryArray:
    """Say every value of a column in words, each distinct value or grain once.

    Parameters
    ----------
    name : str
        Of the feature or parameter, which tells the unit and the words of known values.
    column : array, shape (n_rows,)
        Numbers, texts, truth values or instants; nulls are said as "unknown".

    Returns
    -------
    DictionaryArray, shape (n_rows,)
        Texts, without nulls.
    """
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = values.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        style = _style(name)
        return _say_distinct(_grains(style, values), style.words)
    if pa.types.is_boolean(kind):
        return _say_distinct(values, lambda value: "yes" if value else "no")
    if pa.types.is_timestamp(kind):
        return _say_distinct(values, lambda instant: f"{instant:%Y-%m-%d %H:%M} UTC")
    known = FEATURES[name].values if name in FEATURES else {}
    return _say_distinct(values, lambda value: known.get(value, str(value)))


def _grains(style: _Style, values: pa.Array) -> pa.Array:
    """Round numbers to their few distinct grains; null stays null."""
    unknown = pc.is_null(values).to_numpy(zero_copy_only=False)
    grains = style.grain(pc.fill_null(values, 0).to_numpy(zero_copy_only=False))
    return pa.array(grains.astype(np.int64), mask=unknown)


def _say_distinct(values: pa.Array, words: Callable[[Any], str]) -> pa.DictionaryArray:
    """Put words to distinct values."""
    codes = coded(values)
    said = [UNKNOWN if value is None else words(value) for value in codes.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(codes.indices, pa.array(said, pa.string()))


def _style(name: str) -> _Style:
    """Find how the numbers of a feature or parameter are said."""
    unit = FEATURES[name].unit if name in FEATURES else ("hours" if name.endswith("_hours") else "")
    if unit in _STYLES:
        return _STYLES[unit]
    return _Style(np.asarray, lambda count: f"{count:,} {unit}{'' if count == 1 else 's'}")


def _span_grain(hours: Numbers) -> Numbers:
    """Round to minutes below an hour, tenths below ten, whole hours to 72, then days."""
    minutes, tenths, whole = np.round(hours * 60), np.round(hours * 10), np.round(hours)
    longer = np.where(whole <= 72, whole + _WHOLE, np.round(hours / 24) + _DAYS)
    return np.where(minutes < 60, minutes, np.where(tenths < 100, tenths + _TENTHS, longer))


def _span_words(grain: int) -> str:
    """Say one grain of a span."""
    if grain >= _DAYS:
        return f"{grain - _DAYS:,} days"
    if grain >= _WHOLE:
        return f"{grain - _WHOLE} h"
    if grain >= _TENTHS:
        return f"{(grain - _TENTHS) / 10:g} h"
    return f"{grain} min"


def _hundredths(values: Numbers) -> Numbers:
    return np.round(values * 100)


_STYLES: dict[str, _Style] = {
    "hours": _Style(_span_grain, _span_words),
    "probability": _Style(_hundredths, lambda grain: f"{grain} %"),
    "score": _Style(_hundredths, lambda grain: f"{grain / 100:+.2f}" if grain else "0"),
    "": _Style(_hundredths, lambda grain: f"{grain / 100:,.2f}".rstrip("0").rstrip(".")),
}
