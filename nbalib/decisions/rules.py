"""Read a rules file.

In: YAML with `parameters` (name → value) and `rules`, in order of priority. Out: a checked `RuleSet`.
A file that could not do what it says is refused as a whole, with the rule, the fault and the nearest name:
unknown keys, features, parameters, slots and actions, comparisons that cannot hold, rules that cannot be
reached, parameters that nothing uses, and a list without a last rule for all the rest.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from nbalib.decisions.channels import CHANNELS, NO_ACTION
from nbalib.decisions.predicates import Constant, Truth, operands_in
from nbalib.decisions.rule_language import read_predicate
from nbalib.decisions.rule_sets import MAX_RULES, NOTHING_ALLOWED, Anchor, IssueStatus, Rule, RuleSet
from nbalib.decisions.wording import read_template
from nbalib.errors import ParameterError, RuleError, nearest
from nbalib.feature_catalogue import FEATURES
from nbalib.params import Strict, read_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from nbalib.decisions.predicates import Value

__all__ = ["Rule", "RuleSet", "load_rules"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CATCH_ALL = Truth(Constant(value=True))


class RuleBlock(Strict):
    """One rule as written; `delay_hours` is a number or a ``:parameter``."""

    name: StrictStr
    when: StrictBool | StrictStr
    action: StrictStr
    issue_status: IssueStatus
    delay_hours: StrictInt | StrictFloat | StrictStr = 0
    after: Anchor = "as_of"
    because: StrictStr


class RuleFile(Strict):
    """`rules.yaml`."""

    parameters: dict[str, StrictBool | StrictInt | StrictFloat | StrictStr] = Field(default_factory=dict)
    rules: tuple[RuleBlock, ...] = ()


def load_rules(
    path: Path, parameters: Mapping[str, Value] | None = None, *, actions: Collection[str] = tuple(CHANNELS)
) -> RuleSet:
    """Read and check a rules file.

    Parameters
    ----------
    path : Path
        The YAML file.
    parameters : mapping of str to value, optional
        Replace those of the file, as tuning does; each must be one of the file's.
    actions : collection of str
        Actions that a rule may name.

    Raises
    ------
    RuleError
        Names the file, the rule and the fault.
    """
    try:
        content = read_yaml(path, RuleFile)
    except ParameterError as error:
        raise RuleError(str(error)) from error
    try:
        return _rule_set(content, parameters or {}, actions)
    except ParameterError as error:
        raise RuleError(f"{path.name}: {error}") from error


def _rule_set(content: RuleFile, replaced: Mapping[str, Value], actions: Collection[str]) -> RuleSet:
    """Check what is written, rule by rule and as a whole."""
    for name in replaced:
        if name not in content.parameters:
            raise RuleError(f"unknown parameter {name!r}{nearest(name, content.parameters)}")
    parameters = {**content.parameters, **replaced}
    _check_parameters(parameters)
    rules = []
    for block in content.rules:
        try:
            rules.append(_rule(block, parameters, actions))
        except ParameterError as error:
            raise RuleError(f"rule {block.name!r}: {error}") from error
    _check_order(rules)
    _check_used(content, rules)
    return RuleSet(tuple(rules), parameters)


def _rule(block: RuleBlock, parameters: Mapping[str, Value], actions: Collection[str]) -> Rule:
    """Check one rule."""
    if not _NAME.fullmatch(block.name) or block.name == NOTHING_ALLOWED:
        raise RuleError(f"a name is of small letters, digits and _, and not {NOTHING_ALLOWED!r}")
    if block.action not in actions:
        raise RuleError(f"unknown action {block.action!r}{nearest(block.action, actions)}")
    contact = ("pending_customer_response", "escalated")
    fitting = ("monitoring", "resolved", "escalated") if block.action == NO_ACTION else contact
    if block.issue_status not in fitting:
        raise RuleError(f"after {block.action!r} the status is one of {fitting}, not {block.issue_status!r}")
    if not block.because.strip():
        raise RuleError("'because' is empty; it says to a team lead why the rule applies")
    text = "true" if block.when is True else str(block.when)
    return Rule(
        name=block.name,
        when=text,
        predicate=read_predicate(text, parameters),
        action=block.action,
        issue_status=block.issue_status,
        delay_hours=_delay(block, parameters),
        after=block.after,
        because=read_template(block.because, FEATURES, parameters),
    )


def _delay(block: RuleBlock, parameters: Mapping[str, Value]) -> float:
    """Find a rule's delay in hours."""
    written: object = block.delay_hours
    if isinstance(written, str):
        name = written.removeprefix(":")
        if not written.startswith(":") or name not in parameters:
            meant = nearest(name, parameters)
            raise RuleError(f"'delay_hours' is a number or a :parameter, not {written!r}{meant}")
        written = parameters[name]
    if isinstance(written, bool) or not isinstance(written, int | float) or not 0 <= written < math.inf:
        raise RuleError(f"'delay_hours' is a number of hours, 0 or more, not {written!r}")
    if written and block.action == NO_ACTION:
        raise RuleError(f"'delay_hours' is {written}, but {NO_ACTION!r} sends nothing")
    return float(written)


def _check_parameters(parameters: Mapping[str, Value]) -> None:
    """Refuse parameters that could be taken for something else, or that are no values."""
    for name, value in parameters.items():
        if not _NAME.fullmatch(name) or name in FEATURES:
            raise RuleError(f"parameter {name!r}: a name is of small letters, digits and _, and no feature's")
        if isinstance(value, float) and not math.isfinite(value):
            raise RuleError(f"parameter {name!r} is {value}")


def _check_order(rules: list[Rule]) -> None:
    """Refuse a list that is empty, too long, ambiguous, open at its end or closed before it."""
    if not rules:
        raise RuleError("there are no rules; the least is one with 'when: true'")
    if len(rules) > MAX_RULES:
        raise RuleError(f"there are {len(rules)} rules; at most {MAX_RULES} are allowed")
    names = [rule.name for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RuleError(f"rule {twice[0]!r} is there {names.count(twice[0])} times")
    catching = [rule.name for rule in rules if rule.predicate == _CATCH_ALL]
    if rules[-1].predicate != _CATCH_ALL:
        raise RuleError(f"the last rule, {names[-1]!r}, must hold for all the rest: 'when: true'")
    if len(catching) > 1:
        after = names[names.index(catching[0]) + 1 :]
        raise RuleError(f"rules {after} cannot be reached: {catching[0]!r} before them always holds")


def _check_used(content: RuleFile, rules: list[Rule]) -> None:
    """Refuse a parameter that no rule uses: it is misspelt somewhere, or left over."""
    compared = {
        operand.parameter
        for rule in rules
        for operand in operands_in(rule.predicate)
        if isinstance(operand, Constant)
    }
    said = {name for block in content.rules for name in re.findall(r"{(\w+)}", block.because)}
    delays = {str(block.delay_hours).removeprefix(":") for block in content.rules}
    unused = sorted(set(content.parameters) - compared - said - delays)
    if unused:
        raise RuleError(f"no rule uses the parameters {unused}")
