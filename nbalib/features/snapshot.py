"""Gather the states of conversations as known at the instant of decision, and their features.

In: the tables `turns` and `contacts`, an `AsOf`. Out: `Snapshot`, one row per conversation that had begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.conversations.process import state_of
from nbalib.engines.statements import statement
from nbalib.features.columns import features_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from nbalib.as_of import AsOf
    from nbalib.engines.pandas_engine import PandasEngine

HERE = "nbalib.features"
EVER = 24 * 366 * 200
"""Hours that reach beyond any conversation."""

BETWEEN = pa.schema(
    [(name, pa.string()) for name in ("of_moment", "of_brand", "brand_account_id", "resolution_status")]
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
    engine.make(
        "moments", statement(HERE, "moments_at_last_message" if own else "moments_at_instant"), values
    )
    state = state_of(engine, "turns")
    engine.table("states", state)
    state = _with_issues(engine, state, own=own)
    state = _with_contacts(engine, state)
    return Snapshot(state, features_of(state))


def _instant(engine: PandasEngine, as_of: AsOf) -> datetime | None:
    """Give the instant of decision that holds for all, or None if each has its own."""
    if as_of.kind == "data":
        latest: datetime | None = engine.sql(LATEST)["at"][0].as_py()
        return latest
    return as_of.at


def _with_issues(engine: PandasEngine, state: pa.Table, *, own: bool) -> pa.Table:
    """Add n_open_issues."""
    if own:
        engine.make("moments", statement(HERE, "moments_between"))
        between = state_of(engine, "turns")
        asked_by = engine.sql("SELECT of_moment, of_brand FROM moments ORDER BY moment_id")
        for name in asked_by.column_names:
            between = between.append_column(name, asked_by[name])
    else:
        between = BETWEEN.empty_table()
    engine.table("between_states", between)
    issues = engine.sql(
        f"SELECT * FROM ({statement(HERE, 'open_issues')}) AS counted ORDER BY moment_id",
        {"hours_ahead": 1 if own else EVER},
    )
    return state.append_column("n_open_issues", issues["n_open_issues"])


def _with_contacts(engine: PandasEngine, state: pa.Table) -> pa.Table:
    """Add n_contacts_7d and is_followed_up."""
    made = engine.sql(statement(HERE, "contacts_made"))
    place = (
        {moment: row for row, moment in enumerate(state["moment_id"].to_pylist())} if made.num_rows else {}
    )
    count = np.zeros(state.num_rows, dtype=np.int64)
    followed = np.zeros(state.num_rows, dtype=bool)
    for moment, n, after in zip(*(made[name].to_pylist() for name in made.column_names), strict=True):
        count[place[moment]], followed[place[moment]] = n, after
    return state.append_column("n_contacts_7d", pa.array(count)).append_column(
        "is_followed_up", pa.array(followed)
    )
