"""Decide by rules: of an ordered list, the first that holds and whose action is allowed chooses.

In: rules, features (one row per conversation), and per action which rows may have it.
Out: per row the rule, its action, what status to expect, the delay in hours and the instant it counts
from, the runner-up, every rule that held, and those that held earlier but were not allowed.
Many rows and one row are decided by the same predicates and the same choice.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.decisions.channels import NO_ACTION
from nbalib.decisions.checked_features import check_names, check_row, feature_columns
from nbalib.decisions.predicates import Forms, compiled, operands_in
from nbalib.decisions.wording import Template, fill_each
from nbalib.distinct import distinct
from nbalib.errors import RuleError, nearest
from nbalib.feature_catalogue import FEATURES, Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from nbalib.decisions.predicates import Predicate, Value
    from nbalib.distinct import Column

IssueStatus: TypeAlias = Literal["pending_customer_response", "escalated", "monitoring", "resolved"]
Anchor: TypeAlias = Literal["as_of", "last_agent", "last_customer"]

DECIDED = pa.schema(
    [
        pa.field("rule", pa.string(), nullable=False),
        pa.field("action", pa.string(), nullable=False),
        pa.field("issue_status", pa.string(), nullable=False),
        pa.field("delay_hours", pa.float64(), nullable=False),
        pa.field("after", pa.string(), nullable=False),
        pa.field("runner_up", pa.string()),
        pa.field("fired", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("blocked", pa.dictionary(pa.int32(), pa.string()), nullable=False),
    ]
)
"""What `RuleSet.decide` gives. `fired` and `blocked` are names of rules joined by commas, '' for none:
long texts of which there are few, hence a dictionary.
"""

MAX_RULES = 60
NOTHING_ALLOWED = "nothing_allowed"
"""Stands as the rule where every rule that held was blocked; the action is then `no_action`."""


@dataclass(frozen=True)
class Rule:
    """One rule, read and checked. `because` says to a team lead why it applies."""

    name: str
    when: str
    predicate: Predicate
    action: str
    issue_status: IssueStatus
    delay_hours: float
    after: Anchor
    because: Template


_FALLBACK: dict[str, Any] = {
    "rule": NOTHING_ALLOWED,
    "action": NO_ACTION,
    "issue_status": "monitoring",
    "delay_hours": 0.0,
    "after": "as_of",
}
_FALLBACK_BECAUSE = Template(("every action that the rules propose is ruled out right now",), ())


@dataclass(frozen=True, eq=False)
class RuleSet:
    """Rules in order of priority; the last one holds for every row. `load_rules` makes one.

    `parameters` are the named values that the rules use.
    """

    rules: tuple[Rule, ...]
    parameters: Mapping[str, Value]

    @cached_property
    def digest(self) -> str:
        """Name of what these rules decide and say: equal rules, equal digest."""
        plain = [
            [*_facts(rule).values(), rule.when, rule.because.texts, rule.because.slots] for rule in self.rules
        ]
        text = json.dumps([plain, dict(self.parameters)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def features_used(self) -> tuple[str, ...]:
        """Names of the features that the rules compare or say, sorted."""
        said = {slot for rule in self.rules for slot in rule.because.slots}
        return tuple(sorted(said | {feature.name for feature in self._compared}))

    def decide(self, features: pa.Table, allowed: Mapping[str, pa.BooleanArray] | None = None) -> pa.Table:
        """Choose for every row the first rule that holds and whose action is allowed.

        Parameters
        ----------
        features : Table, shape (n_rows, any)
            The features that the rules compare, at least.
        allowed : mapping of action to BooleanArray, shape (n_rows,), optional
            Where the action may be chosen; null is no. An action that is not named may be chosen
            everywhere, and `no_action` always may.

        Returns
        -------
        Table
            As `DECIDED`, in the order of `features`.

        Raises
        ------
        RuleError
            A feature is missing, of another type or NaN, or a mask does not fit.
        """
        columns = feature_columns(features, self._compared)
        held = np.zeros(features.num_rows, dtype=np.int64)
        for place, forms in enumerate(self._forms):
            held |= _mask(forms.columns(columns), features.num_rows) << place
        closed = self._closed(allowed or {}, features.num_rows)
        pairs = distinct([pa.array(held), pa.array(closed)])
        choices = [self._choice(int(held[row]), int(closed[row])) for row in pairs.first]
        return pa.Table.from_pylist(choices, schema=DECIDED).take(pairs.of_row).combine_chunks()

    def one(self, row: Mapping[str, Any], allowed: Mapping[str, bool] | None = None) -> dict[str, Any]:
        """Choose for one row as `decide` does; gives one row of its columns as a dictionary."""
        check_row(row, self._compared)
        held = 0
        for place, forms in enumerate(self._forms):
            if forms.row(row):
                held |= 1 << place
        closed = 0
        for action, may in (allowed or {}).items():
            if not may and action != NO_ACTION:
                closed |= self._bits(action)
        return dict(self._remembered(held, closed))

    def because(
        self, features: pa.Table, rules: Column, ends: Mapping[str, Template] | None = None
    ) -> pa.DictionaryArray:
        """Say for every row why the rule named in `rules` applies, and after it what `ends` has for the rule.

        Raises
        ------
        RuleError
            A name is not that of a rule, or a feature is missing.
        """
        templates = {rule.name: rule.because for rule in self.rules} | {NOTHING_ALLOWED: _FALLBACK_BECAUSE}
        for name, end in (ends or {}).items():
            templates[name] = templates[name].then(end)
        for name in pc.unique(rules).to_pylist():
            if name not in templates:
                raise RuleError(f"there is no rule {name!r}{nearest(str(name), templates)}")
        slots = {slot for template in templates.values() for slot in template.slots}
        check_names(slots, features.column_names)
        return fill_each(templates, rules, features)

    @cached_property
    def _forms(self) -> tuple[Forms, ...]:
        """Both forms of every rule's predicate."""
        return tuple(compiled(rule.predicate) for rule in self.rules)

    @cached_property
    def _compared(self) -> tuple[Feature, ...]:
        """Features that the rules compare."""
        found = {
            operand.name
            for rule in self.rules
            for operand in operands_in(rule.predicate)
            if isinstance(operand, Feature)
        }
        return tuple(FEATURES[name] for name in sorted(found))

    def _bits(self, action: str) -> int:
        """Mark the rules with an action, one bit each."""
        return sum(1 << place for place, rule in enumerate(self.rules) if rule.action == action)

    def _closed(self, allowed: Mapping[str, pa.BooleanArray], n_rows: int) -> NDArray[np.int64]:
        """Mark, per row, the rules whose action is not allowed."""
        closed = np.zeros(n_rows, dtype=np.int64)
        for action, mask in allowed.items():
            if len(mask) != n_rows or not pa.types.is_boolean(mask.type):
                raise RuleError(
                    f"the mask of {action!r} has {len(mask)} values of {mask.type}, not {n_rows} of bool"
                )
            if action != NO_ACTION:
                closed |= np.where(_mask(mask, n_rows), 0, self._bits(action))
        return closed

    @cached_property
    def _remembered(self) -> Callable[[int, int], dict[str, Any]]:
        """Remember choices: few sets of rules hold together."""
        return lru_cache(maxsize=10_000)(self._choice)

    def _choice(self, held: int, closed: int) -> dict[str, Any]:
        """Choose among the rules that held, given those that are closed (one bit a rule)."""
        names = [rule.name for rule in self.rules]
        fired = [place for place in range(len(names)) if held >> place & 1]
        free = [place for place in fired if not closed >> place & 1]
        first = free[0] if free else len(names)
        return {
            **(_facts(self.rules[first]) if free else _FALLBACK),
            "runner_up": names[free[1]] if len(free) > 1 else None,
            "fired": ",".join(names[place] for place in fired),
            "blocked": ",".join(names[place] for place in fired if place < first and closed >> place & 1),
        }


def _facts(rule: Rule) -> dict[str, Any]:
    """Give what a chosen rule decides."""
    return {
        "rule": rule.name,
        "action": rule.action,
        "issue_status": rule.issue_status,
        "delay_hours": rule.delay_hours,
        "after": rule.after,
    }


def _mask(truth: pa.Array | pa.Scalar, n_rows: int) -> NDArray[np.bool_]:
    """Say where a truth value is true: null is not."""
    if isinstance(truth, pa.Scalar):
        return np.full(n_rows, truth.as_py() is True)
    return np.asarray(pc.fill_null(truth, False).to_numpy(zero_copy_only=False))
