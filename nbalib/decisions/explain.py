"""Say why: a sentence for people, and a trace for machines.

In: features and what the rules decided. Out: `reasoning`, which names the rule and the facts that fired
it with their values, and `trace`, JSON with candidates, removals, runner-up and every number used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.decisions.channels import NO_ACTION
from nbalib.decisions.predicates import operands_in
from nbalib.decisions.wording import fill
from nbalib.feature_catalogue import Feature

if TYPE_CHECKING:
    from nbalib.decisions.eligibility import Eligibility
    from nbalib.decisions.rules import Rule, RuleSet

TRACE = """
SELECT to_json({{
    'candidates': list_filter([{candidates}], lambda name: name IS NOT NULL),
    'removed': {{{removed}}},
    'fired': CASE WHEN fired = '' THEN [] ELSE string_split(fired, ',') END,
    'blocked': CASE WHEN blocked = '' THEN [] ELSE string_split(blocked, ',') END,
    'rule': rule,
    'runner_up': runner_up,
    'delay_hours': delay_hours,
    'delay_counts_from': "after",
    'status_reason': status_reason,
    'numbers': {{{numbers}}}
}}) AS trace
FROM traced
ORDER BY row_place
"""


def reasoning(rules: RuleSet, features: pa.Table, decided: pa.Table) -> pa.StringArray:
    """Give one sentence for each row: why the rule applies, its name, and the facts with their values."""
    because = rules.because(features, decided["rule"])
    facts = np.full(features.num_rows, "", dtype=object)
    names = np.asarray(decided["rule"].to_numpy(zero_copy_only=False))
    for rule in rules.rules:
        rows = np.flatnonzero(names == rule.name)
        if rows.size:
            wanted = features.take(pa.array(rows))
            columns = dict(zip(wanted.column_names, wanted.columns, strict=True))
            facts[rows] = fill(facts_template(rule), columns).to_numpy(zero_copy_only=False)
    ends = pa.array(facts, pa.string())
    return pc.binary_join_element_wise(because, ends, "")


def facts_template(rule: Rule) -> str:
    """Give the template that names a rule and the features it compares."""
    compared = dict.fromkeys(part.name for part in operands_in(rule.predicate) if isinstance(part, Feature))
    facts = ", ".join(f"{name.replace('_', ' ')} {{{name}}}" for name in compared)
    return f" [rule {rule.name}{': ' + facts if facts else ''}]"


def traces(
    rules: RuleSet, features: pa.Table, decided: pa.Table, eligible: Eligibility, reasons: pa.Array
) -> pa.Array:
    """Give the decision trace of each row as JSON.

    Parameters
    ----------
    reasons : Array, shape (n,)
        `status_reason` of each row.
    """
    traced = decided.append_column("status_reason", reasons)
    traced = traced.append_column("row_place", pa.array(np.arange(features.num_rows)))
    for channel, stage in eligible.removed.items():
        traced = traced.append_column(f"removed_{channel}", stage)
    for name in rules.features_used:
        traced = traced.append_column(f"n_{name}", features[name])
    text = TRACE.format(
        candidates=", ".join(
            [f"CASE WHEN removed_{channel} IS NULL THEN '{channel}' END" for channel in eligible.removed]
            + [f"'{NO_ACTION}'"]
        ),
        removed=", ".join(f"'{channel}': removed_{channel}" for channel in eligible.removed),
        numbers=", ".join(f"'{name}': n_{name}" for name in rules.features_used),
    )
    with duckdb.connect(":memory:") as connection:
        connection.register("traced", traced)
        return connection.sql(text).to_arrow_table()["trace"].combine_chunks()
