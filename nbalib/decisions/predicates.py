"""Predicates over features: what they are, and how they are decided for many rows and for one.

In: a `Predicate`, as `rule_language` reads it. Out: `Forms`, two functions with one meaning: over Arrow
columns, and over one row. Both follow SQL's three-valued logic: a comparison with null is null,
neither true nor false.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.feature_catalogue import Feature
from nbalib.schema import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Value: TypeAlias = bool | int | float | str
Operator: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Constant:
    """A literal, or the value of a parameter, which is then named."""

    value: Value
    parameter: str = ""


@dataclass(frozen=True)
class Compare:
    """A feature against a constant or another feature; null if either is null."""

    operator: Operator
    left: Feature
    right: Feature | Constant


@dataclass(frozen=True)
class IsNull:
    """Whether the feature is null; never null itself."""

    feature: Feature


@dataclass(frozen=True)
class Like:
    """A text feature against a pattern: ``%`` is any text, ``_`` any one character."""

    feature: Feature
    pattern: Constant


@dataclass(frozen=True)
class Truth:
    """A truth value alone."""

    of: Feature | Constant


@dataclass(frozen=True)
class Not:
    """Turned round; null stays null."""

    part: Predicate


@dataclass(frozen=True)
class Every:
    """All of the parts: false if one is false, else null if one is null."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class Some:
    """Any of the parts: true if one is true, else null if one is null."""

    parts: tuple[Predicate, ...]


Predicate: TypeAlias = Compare | IsNull | Like | Truth | Not | Every | Some

Columns: TypeAlias = "dict[str, pa.Array]"
Row: TypeAlias = "Mapping[str, Any]"


@dataclass(frozen=True)
class Forms:
    """One predicate, decided for columns (a boolean array, or one scalar for all rows) and for a row.

    The columns are features by name. Comparisons are added to them under their own text, so that rules
    decided on the same dictionary make each comparison once.
    """

    columns: Callable[[Columns], pa.Array | pa.Scalar]
    row: Callable[[Row], bool | None]


_OPERATORS: dict[Operator, tuple[Callable[..., pa.Array], Callable[[Any, Any], bool]]] = {
    "=": (pc.equal, operator.eq),
    "<>": (pc.not_equal, operator.ne),
    "<": (pc.less, operator.lt),
    "<=": (pc.less_equal, operator.le),
    ">": (pc.greater, operator.gt),
    ">=": (pc.greater_equal, operator.ge),
}


def compiled(predicate: Predicate) -> Forms:
    """Make both forms of a predicate."""
    match predicate:
        case Compare():
            return _compare(predicate)
        case IsNull(feature):
            name = feature.name
            return Forms(lambda columns: pc.is_null(columns[name]), lambda row: row[name] is None)
        case Like(feature, pattern):
            return _like(feature.name, str(pattern.value))
        case Truth(of):
            return _truth(of)
        case Not(part):
            return _turned(compiled(part))
        case Every(parts):
            return _chain([compiled(part) for part in parts], pc.and_kleene, decisive=False)
        case Some(parts):
            return _chain([compiled(part) for part in parts], pc.or_kleene, decisive=True)


def operands_in(predicate: Predicate) -> Iterator[Feature | Constant]:
    """Walk over the features and constants that a predicate looks at."""
    match predicate:
        case Every(parts) | Some(parts):
            for part in parts:
                yield from operands_in(part)
        case Not(part):
            yield from operands_in(part)
        case Compare(_, left, right):
            yield from (left, right)
        case Truth(of):
            yield of
        case IsNull(feature):
            yield feature
        case Like(feature, pattern):
            yield from (feature, pattern)


def _truth(of: Feature | Constant) -> Forms:
    """Take a truth value as it is."""
    if isinstance(of, Feature):
        name = of.name
        return Forms(lambda columns: columns[name], lambda row: row[name])
    truth = bool(of.value)
    return Forms(lambda _: pa.scalar(truth), lambda _: truth)


def _compare(comparison: Compare) -> Forms:
    """Compare a feature with a constant or another feature."""
    columnwise, test = _OPERATORS[comparison.operator]
    left, right = comparison.left.name, comparison.right
    if isinstance(right, Constant):
        value = right.value
        fraction = isinstance(value, float)
        scalar = pa.scalar(value, ARROW_TYPES["float" if fraction else comparison.left.kind])
        key = f"{left} {comparison.operator} {value!r}"

        def columns_form(columns: Columns) -> pa.Array:
            if key not in columns:
                columns[key] = columnwise(columns[left], scalar)
            return columns[key]

        return Forms(columns_form, lambda row: None if row[left] is None else test(row[left], value))
    other = right.name

    def row_form(row: Row) -> bool | None:
        return None if row[left] is None or row[other] is None else test(row[left], row[other])

    return Forms(lambda columns: columnwise(columns[left], columns[other]), row_form)


def _like(name: str, pattern: str) -> Forms:
    """Match a feature with a pattern, through one regular expression for both forms."""
    wild = {"%": ".*", "_": "."}
    body = "".join(wild.get(character) or re.escape(character) for character in re.sub("%+", "%", pattern))
    anchored = f"(?s)^{body}$"
    expression = re.compile(body, re.DOTALL)

    def row_form(row: Row) -> bool | None:
        found = row[name]
        return None if found is None else expression.fullmatch(found) is not None

    return Forms(lambda columns: pc.match_substring_regex(columns[name], pattern=anchored), row_form)


def _turned(part: Forms) -> Forms:
    """Turn true and false round."""

    def row_form(row: Row) -> bool | None:
        found = part.row(row)
        return None if found is None else not found

    return Forms(lambda columns: pc.invert(part.columns(columns)), row_form)


def _chain(parts: list[Forms], join: Callable[..., pa.Array], *, decisive: bool) -> Forms:
    """Join parts, of which one that is `decisive` decides: false for AND, true for OR."""
    rows = tuple(part.row for part in parts)

    def row_form(row: Row) -> bool | None:
        answer: bool | None = not decisive
        for decide in rows:
            found = decide(row)
            if found is decisive:
                return decisive
            if found is None:
                answer = None
        return answer

    return Forms(lambda columns: reduce(join, (part.columns(columns) for part in parts)), row_form)
