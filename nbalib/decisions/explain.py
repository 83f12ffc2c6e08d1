"""Say why, in a sentence for people.

In: features and what the rules decided. Out: for each row why the rule applies, its name, and the facts
that fired it with their values.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from nbalib.decisions.predicates import operands_in
from nbalib.decisions.wording import Template, read_template
from nbalib.feature_catalogue import FEATURES, Feature

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from nbalib.decisions.rules import Rule, RuleSet


def reasoning(rules: RuleSet, features: pa.Table, decided: pa.Table) -> pa.DictionaryArray:
    """Give one sentence for each row: why the rule applies, its name, and the facts with their values."""
    return rules.because(features, decided["rule"], _facts_of(rules))


@lru_cache(maxsize=8)
def _facts_of(rules: RuleSet) -> Mapping[str, Template]:
    """Give for each rule the template of its facts."""
    return {rule.name: facts_template(rule) for rule in rules.rules}


def facts_template(rule: Rule) -> Template:
    """Give the template that names a rule and the features it compares."""
    compared = dict.fromkeys(part.name for part in operands_in(rule.predicate) if isinstance(part, Feature))
    facts = ", ".join(FEATURES[name].told for name in compared)
    return read_template(f" [rule {rule.name}{': ' + facts if facts else ''}]", FEATURES)
