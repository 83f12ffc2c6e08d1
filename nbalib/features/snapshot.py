"""Gather the states of conversations as known at the instant of decision, and their features.

In: the tables `turns` and `contacts`, an `AsOf`. Out: `Snapshot`, one row per conversation that had begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.conversations.judging import judge_moments
from nbalib.engines.statements import statement
from nbalib.features.columns import features_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from nbalib.as_of import AsOf
    from nbalib.engines.pandas_engine import PandasEngine

HERE = "nbalib.features"
EVER = 24 * 366 * 200
"""Hours that reach beyond any conversation."""

BETWEEN = pa.schema(
    [(name, pa.string()) for name in ("beside", "beside_brand", "brand_account_id", "resolution_status")]
)
LATEST = "SELECT max(interaction_timestamp) AS at FROM turns WHERE NOT is_opening"


@dataclass(frozen=True)
class Snapshot:
    """What was known: `state` and `features` have one row per conversation, in the same order."""

    state: pa.Table
    features: pa.Table


def take_snapshot(engine: PandasEngine, as_of: AsOf, customer_ids: Sequence[str] | None = None) -> Snapshot:
    """Give states and features of all conversations, or of those of some customers.

    Makes the temporary tables `moments` and `states`, which the steps after it read.
    """
    values = {
        "at": _instant(engine, as_of),
        "customer_ids": None if customer_ids is None else list(customer_ids),
    }
    own = as_of.kind == "last-message"
    _make_moments(engine, "moments_at_last_message" if own else "moments_at_instant", values)
    state = judge_moments(engine)
    engine.table("states", state)
    state = _with_issues(engine, state, own=own)
    contacts = engine.sql(statement(HERE, "contacts_made"))
    for name in ("n_contacts_7d", "is_followed_up"):
        state = state.append_column(name, contacts[name])
    return Snapshot(state, features_of(state))


def _make_moments(engine: PandasEngine, name: str, values: Mapping[str, object] | None = None) -> None:
    """Make the table `moments` of a statement, numbered in the order of conversation_id."""
    text = statement(HERE, name)
    numbered = f"SELECT row_number() OVER (ORDER BY conversation_id) AS moment, * FROM ({text}) AS found"
    engine.make("moments", numbered, values)


def _instant(engine: PandasEngine, as_of: AsOf) -> datetime | None:
    """Give the instant of decision that holds for all, or None if each has its own."""
    if as_of.kind == "data":
        latest: datetime | None = engine.sql(LATEST)["at"][0].as_py()
        return latest
    return as_of.at


def _with_issues(engine: PandasEngine, state: pa.Table, *, own: bool) -> pa.Table:
    """Add n_open_issues."""
    between = BETWEEN.empty_table()
    if own:
        _make_moments(engine, "moments_between")
        between = judge_moments(engine)
        asked_by = engine.sql("SELECT beside, beside_brand FROM moments ORDER BY moment")
        for name in asked_by.column_names:
            between = between.append_column(name, asked_by[name])
    engine.table("states_between", between)
    issues = engine.sql(statement(HERE, "open_issues"), {"hours_ahead": 1 if own else EVER})
    return state.append_column("n_open_issues", issues["n_open_issues"])
