"""Decide for every conversation: eligible channels, the rule that chooses, when, and why.

In: a snapshot (states and features), rules, parameters. Out: one decision per row.
The same function decides for a million conversations and for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.decisions.eligibility import find_eligible
from nbalib.decisions.explain import reasoning
from nbalib.decisions.timing import send_times
from nbalib.decisions.traces import traces

if TYPE_CHECKING:
    from nbalib.decisions.rules import RuleSet
    from nbalib.features.snapshot import Snapshot
    from nbalib.params import Params

MICROS_PER_HOUR = 3_600_000_000


def decide(snapshot: Snapshot, rules: RuleSet, params: Params) -> pa.Table:
    """Decide the next best action of each conversation.

    Returns
    -------
    Table, shape (n, 7)
        channel, send_time (UTC; null for no_action), issue_status, rule, runner_up, reasoning and
        trace (JSON), in the order of the snapshot.
    """
    features, state = snapshot.features, snapshot.state
    eligible = find_eligible(features, params.brands, params.policy)
    decided = rules.decide(features, eligible.allowed)
    anchors = {
        "as_of": _earliest(state, params.policy.cool_off_hours),
        "last_agent": state["last_agent_at"],
        "last_customer": state["last_customer_at"],
    }
    return pa.table(
        {
            "channel": decided["action"],
            "send_time": send_times(decided, anchors, features["brand"], params.brands),
            "issue_status": decided["issue_status"],
            "rule": decided["rule"],
            "runner_up": decided["runner_up"],
            "reasoning": reasoning(rules, features, decided),
            "trace": traces(rules, features, decided, eligible, state["status_reason"]),
        }
    )


def _earliest(state: pa.Table, cool_off_hours: float) -> pa.ChunkedArray:
    """Find the first instant at which a contact may go out: where an agent spoke last, after a cool-off."""
    cool_off = pa.scalar(round(cool_off_hours * MICROS_PER_HOUR), pa.duration("us"))
    cooled = pc.add(state["last_agent_at"], cool_off)
    waits = pc.and_(pc.equal(state["last_author"], "agent"), pc.greater(cooled, state["as_of"]))
    return pc.if_else(pc.fill_null(waits, False), cooled, state["as_of"])
