"""Read a rule's `when`: a small part of SQL, admitted word by word.

In: the predicate's text, the rule set's parameters. Out: a `Predicate` of checked types, without any name
that is not a feature. What it may hold: comparisons (``= <> < <= > >=``), AND, OR, NOT, IN,
BETWEEN, IS [NOT] NULL, [NOT] LIKE, a truth value alone, over features, ``:parameters`` and literals.
Everything else is refused, and so is a comparison that could never hold: of a text with a number, or
with a value that the feature cannot have.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, cast

from sqlglot import Dialect, exp
from sqlglot.errors import SqlglotError

from nbalib.decisions.predicates import Compare, Constant, Every, IsNull, Like, Not, Some, Truth
from nbalib.errors import RuleError, nearest
from nbalib.feature_catalogue import FEATURES, Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbalib.decisions.predicates import Operator, Predicate, Value

MAX_CHARACTERS = 2_000
MAX_DEPTH = 20
"""Longer or deeper predicates are refused: split them into rules."""

_DIALECT = Dialect.get_or_raise("duckdb")
ALLOWED = "allowed are comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, LIKE, features, :parameters, literals"


_COMPARISONS: dict[type[exp.Expression], Operator] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_MIRRORED: dict[Operator, Operator] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_KINDS = {"string": "a text", "int": "a number", "float": "a number", "bool": "true or false"}


def read_predicate(text: str, parameters: Mapping[str, Value]) -> Predicate:
    """Read one predicate.

    Parameters
    ----------
    text : str
        In DuckDB's dialect of SQL.
    parameters : mapping of str to bool, int, float or str
        What stands for ``:name``.

    Raises
    ------
    RuleError
        It is not one predicate, or holds something that is not allowed, or compares what cannot be
        compared; the error shows the part at fault and the nearest known name.
    """
    if len(text) > MAX_CHARACTERS:
        raise RuleError(f"the predicate has {len(text)} characters; at most {MAX_CHARACTERS} are allowed")
    try:
        return _Reader(parameters).predicate(_parsed(text), 1)
    except RecursionError as error:
        raise RuleError(f"the predicate is nested too deeply: {_cut(text)!r}") from error


def _parsed(text: str) -> exp.Expression:
    """Parse exactly one expression."""
    try:
        found = [tree for tree in _DIALECT.parse_into(exp.Condition, text) if tree is not None]
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{"description": str(error).splitlines()[0]}]
        raise RuleError(f"not a predicate: {_cut(text)!r}: {details[0]['description']}") from error
    if len(found) != 1:
        raise RuleError(f"{len(found)} predicates where one is due: {_cut(text)!r}")
    return cast("exp.Expression", found[0])


class _Reader:
    """Turn an admitted sqlglot tree into a `Predicate`; the dispatch below is the whitelist."""

    def __init__(self, parameters: Mapping[str, Value]) -> None:
        self.parameters = parameters
        self.readers: dict[type[exp.Expression], Callable[[exp.Expression, int], Predicate]] = {
            **dict.fromkeys(_COMPARISONS, self.comparison),
            exp.And: self.connection,
            exp.Or: self.connection,
            exp.Not: lambda node, depth: Not(self.predicate(_only(node, "this").this, depth + 1)),
            exp.Paren: lambda node, depth: self.predicate(_only(node, "this").this, depth + 1),
            # The dialect's "alias: value" makes the parser take "(:name" for one, without any alias.
            exp.Alias: lambda node, depth: self.predicate(_only(node, "this").this, depth),
            exp.In: self.membership,
            exp.Between: self.between,
            exp.Is: self.null_test,
            exp.Like: self.like,
            exp.Column: self.truth,
            exp.Placeholder: self.truth,
            exp.Boolean: self.truth,
            exp.Literal: self.truth,
        }

    def predicate(self, node: exp.Expression, depth: int) -> Predicate:
        """Read whatever may stand where a truth value is due."""
        if depth > MAX_DEPTH:
            raise RuleError(f"the predicate is nested more than {MAX_DEPTH} deep")
        reader = self.readers.get(type(node))
        if reader is None:
            raise _refused(node)
        return reader(node, depth)

    def connection(self, node: exp.Expression, depth: int) -> Predicate:
        """Read a chain of AND, or of OR, as one."""
        kind = type(node)
        parts, rest = [], node
        while type(rest) is kind:
            _only(rest, "this", "expression")
            parts.append(rest.expression)
            rest = rest.this
        read = tuple(self.predicate(part, depth + 1) for part in (rest, *reversed(parts)))
        return Every(read) if kind is exp.And else Some(read)

    def comparison(self, node: exp.Expression, _depth: int) -> Predicate:
        """Read a comparison, the feature first."""
        _only(node, "this", "expression")
        operator = _COMPARISONS[type(node)]
        left, right = self.operand(node.this), self.operand(node.expression)
        if isinstance(left, Constant):
            left, right, operator = right, left, _MIRRORED[operator]
        return self.compared(operator, left, right, node)

    def membership(self, node: exp.Expression, _depth: int) -> Predicate:
        """Read IN as its meaning: equal to one of the values."""
        _only(node, "this", "expressions")
        if not node.expressions:
            raise RuleError(f"IN needs at least one value: {_shown(node)}")
        left = self.operand(node.this)
        return Some(tuple(self.compared("=", left, self.operand(one), node) for one in node.expressions))

    def between(self, node: exp.Expression, _depth: int) -> Predicate:
        """Read BETWEEN as its meaning: not below the first and not above the second."""
        _only(node, "this", "low", "high")
        left, low, high = (self.operand(node.args[name]) for name in ("this", "low", "high"))
        return Every((self.compared(">=", left, low, node), self.compared("<=", left, high, node)))

    def null_test(self, node: exp.Expression, _depth: int) -> Predicate:
        """Read IS NULL; other forms of IS are not allowed."""
        _only(node, "this", "expression")
        tested = self.operand(node.this)
        if not isinstance(node.expression, exp.Null) or isinstance(tested, Constant):
            raise _refused(node)
        return IsNull(tested)

    def like(self, node: exp.Expression, _depth: int) -> Predicate:
        """Read LIKE of a text feature and a text."""
        _only(node, "this", "expression", "negate")
        left, right = self.operand(node.this), self.operand(node.expression)
        if not isinstance(left, Feature) or not isinstance(right, Constant):
            raise RuleError(f"LIKE compares a feature with a pattern: {_shown(node)}")
        if left.kind != "string" or not isinstance(right.value, str):
            raise RuleError(f"LIKE compares texts, and {left.name!r} is {_KINDS[left.kind]}: {_shown(node)}")
        found = Like(left, right)
        return Not(found) if node.args.get("negate") else found

    def truth(self, node: exp.Expression, _depth: int) -> Predicate:
        """Read a truth value alone."""
        operand = self.operand(node)
        if _kind(operand) != "true or false":
            raise RuleError(f"{_shown(node)} is {_kind(operand)}, where true or false is due; compare it")
        return Truth(operand)

    def operand(self, node: exp.Expression) -> Feature | Constant:
        """Read a feature, a parameter or a literal."""
        match node:
            case exp.Column():
                return _feature(node)
            case exp.Placeholder():
                return self.parameter(node)
            case exp.Literal(is_string=True) | exp.Boolean():
                return Constant(node.this)
            case exp.Literal():
                return Constant(_number(node.this))
            case exp.Neg(this=exp.Literal(is_string=False)):
                return Constant(-_number(node.this.this))
            case exp.Null():
                raise RuleError("nothing equals NULL; write IS NULL")
            case _:
                raise _refused(node)

    def parameter(self, node: exp.Placeholder) -> Constant:
        """Find the value of a ``:parameter``."""
        name = node.this
        if not isinstance(name, str) or not name.isidentifier():
            raise _refused(node)
        if name not in self.parameters:
            raise RuleError(f"unknown parameter ':{name}'{nearest(name, self.parameters)}")
        return Constant(self.parameters[name], name)

    def compared(
        self, operator: Operator, left: Feature | Constant, right: Feature | Constant, node: exp.Expression
    ) -> Compare:
        """Check that the two sides can be compared so, and that the comparison can hold."""
        if isinstance(left, Constant):
            raise RuleError(f"compares two constants: {_shown(node)}; features stand without quotes")
        if _kind(left) != _kind(right):
            raise RuleError(f"{left.name!r} is {_kind(left)}, compared with {_kind(right)}: {_shown(node)}")
        if _kind(left) != "a number" and operator not in ("=", "<>"):
            raise RuleError(f"{left.name!r} is {_kind(left)}, which has no order: {_shown(node)}")
        if isinstance(right, Constant) and left.values and right.value not in left.values:
            meant = nearest(str(right.value), left.values)
            raise RuleError(f"{left.name!r} is never {right.value!r}{meant}")
        return Compare(operator, left, right)


def _kind(side: Feature | Constant) -> str:
    """Say what kind of value a side is."""
    if isinstance(side, Feature):
        return _KINDS[side.kind]
    if isinstance(side.value, bool):
        return "true or false"
    return "a text" if isinstance(side.value, str) else "a number"


def _feature(node: exp.Column) -> Feature:
    """Find the feature that a bare name means."""
    if not isinstance(node.this, exp.Identifier) or len([part for part in node.args.values() if part]) > 1:
        raise RuleError(f"{_shown(node)} is not a feature's name; tables do not exist here")
    name = node.name
    if name not in FEATURES:
        raise RuleError(f"unknown feature {name!r}{nearest(name, FEATURES)}")
    if FEATURES[name].kind not in _KINDS:
        raise RuleError(f"{name!r} is an instant; compare hours instead, such as 'hours_open'")
    return FEATURES[name]


def _number(text: str) -> int | float:
    """Read a number that a column can hold."""
    value: int | float = int(text) if re.fullmatch(r"\d+", text) else float(text)
    if not math.isfinite(value) or (isinstance(value, int) and value >= 2**63):
        raise RuleError(f"{_cut(text)} is too large a number")
    return value


def _only(node: exp.Expression, *names: str) -> exp.Expression:
    """Refuse a node that says more than the named parts: a modifier would be lost silently."""
    extra = [name for name, part in node.args.items() if part and name not in names]
    if extra:
        raise _refused(node)
    return node


def _refused(node: exp.Expression) -> RuleError:
    """Say what is not allowed."""
    if isinstance(node, exp.Query) or node.find(exp.Query):
        what = "a subquery"
    elif isinstance(node, exp.Func):
        what = "a function or cast"
    else:
        what = type(node).__name__
    return RuleError(f"{what} is not allowed: {_shown(node)}; {ALLOWED}")


def _shown(node: exp.Expression) -> str:
    """Show a part of the predicate, cut to a readable length."""
    return repr(_cut(node.sql(dialect="duckdb")))


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
