"""Sentences from templates: `{slots}` filled from whole columns at once.

In: a template such as ``"waiting for {hours_since_customer}"`` and columns by name. Out: one text per row.
A value is said in the unit of its feature: 0.4 hours are "24 min", 3.5 "3.5 h", 26 "26 h", 120 "5 days",
3 messages "3 messages", a likelihood "63 %", a null "unknown". The unit is part of the words, so a
template does not repeat it. Names outside the feature catalogue take their unit from their suffix
(`_hours`), else are said plainly.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nbalib.errors import ParameterError, nearest
from nbalib.feature_catalogue import FEATURES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Numbers: TypeAlias = NDArray[Any]

UNKNOWN = "unknown"

_TENTHS, _WHOLE, _DAYS = 10_000, 20_000, 30_000  # kinds of grain of a span; below them it is minutes


@dataclass(frozen=True)
class Template:
    """A text with slots: `texts[0]`, slot 0, `texts[1]`, … so there is one text more than slots."""

    texts: tuple[str, ...]
    slots: tuple[str, ...]


@dataclass(frozen=True)
class _Style:
    """How numbers are said: `grain` makes them whole and few, `words` says one of those."""

    grain: Callable[[Numbers], Numbers]
    words: Callable[[int], str]


def read_template(text: str, known: Collection[str], constants: Mapping[str, Any] | None = None) -> Template:
    """Read and check a template; slots that name a constant are filled at once.

    Parameters
    ----------
    text : str
        ``{name}`` is a slot; ``{{`` and ``}}`` are braces.
    known : collection of str
        Names of the columns that will be there.
    constants : mapping of str to value, optional
        What is the same for every row.

    Raises
    ------
    ParameterError
        A slot is unknown (the nearest name is given), has a format of its own, or braces do not match.
    """
    fixed = constants or {}
    texts, slots = [""], []
    for literal, name in _pieces(text):
        texts[-1] += literal
        if name is None:
            continue
        if name in fixed:
            texts[-1] += say(name, fixed[name])
        elif name in known:
            slots.append(name)
            texts.append("")
        else:
            raise ParameterError(f"unknown slot {{{name}}} in {text!r}{nearest(name, [*known, *fixed])}")
    return Template(tuple(texts), tuple(slots))


def fill(template: Template | str, columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> pa.StringArray:
    """Fill a template for every row.

    Parameters
    ----------
    template : Template or str
        A text is read with the given columns as the known ones.
    columns : mapping of str to array, shape (n_rows,)
        At least one; more than the slots may be given.

    Returns
    -------
    StringArray, shape (n_rows,)
        Without nulls.

    Raises
    ------
    ParameterError
        The template has a slot that is not among the columns, or there is no column at all.
    """
    if not columns:
        raise ParameterError("a template is filled for rows, and there is no column to tell how many")
    if isinstance(template, str):
        template = read_template(template, columns)
    if not template.slots:
        return pa.repeat(template.texts[0], len(next(iter(columns.values()))))
    missing = sorted(set(template.slots) - set(columns))
    if missing:
        raise ParameterError(f"slot {{{missing[0]}}} has no column{nearest(missing[0], columns)}")
    pieces: list[Any] = [template.texts[0]]
    for slot, text in zip(template.slots, template.texts[1:], strict=True):
        pieces += [say_all(slot, columns[slot]), text]
    return pc.binary_join_element_wise(*pieces, "")


def say(name: str, value: Any) -> str:
    """Say one value as `say_all` says a column's."""
    return str(say_all(name, pa.array([value]))[0])


def say_all(name: str, column: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    """Say every value of a column in words.

    Parameters
    ----------
    name : str
        Of the feature or parameter, which tells the unit and the words of known values.
    column : array, shape (n_rows,)
        Numbers, texts, truth values or instants; nulls are said as "unknown".
    """
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = values.type
    if pa.types.is_boolean(kind):
        said = pc.if_else(values, "yes", "no")
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        said = _say_numbers(_style(name), values)
    elif pa.types.is_timestamp(kind):
        said = _say_distinct(values, lambda instant: f"{instant:%Y-%m-%d %H:%M} UTC")
    elif name in FEATURES and FEATURES[name].values:
        said = _say_distinct(values, lambda value: FEATURES[name].values.get(value, value))
    else:
        said = values.cast(pa.string())
    return pc.fill_null(said, UNKNOWN)


def _say_numbers(style: _Style, values: pa.Array) -> pa.StringArray:
    """Say numbers by way of their few distinct grains."""
    known = pc.is_valid(values).to_numpy(zero_copy_only=False)
    grains = style.grain(pc.fill_null(values, 0).to_numpy(zero_copy_only=False))
    return _say_distinct(pa.array(grains.astype(np.int64), mask=~known), style.words)


def _say_distinct(values: pa.Array, words: Callable[[Any], str]) -> pa.StringArray:
    """Say each distinct value once."""
    coded = values.dictionary_encode()
    said = [words(value) for value in coded.dictionary.to_pylist()]
    return pa.array(said, pa.string()).take(coded.indices)


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


def _pieces(text: str) -> list[tuple[str, str | None]]:
    """Split a template into texts, each with the slot after it."""
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ParameterError(f"the braces in {text!r} do not match: {error}") from error
    for _, name, form, conversion in parsed:
        if name is not None and (form or conversion or not name.isidentifier()):
            raise ParameterError(f"a slot is a bare name, such as {{hours_open}}, in {text!r}")
    return [(literal, name) for literal, name, _, _ in parsed]
