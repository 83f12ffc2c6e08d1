"""Gather the states of conversations as known at the instant of decision, and their features.

In: the tables `turns` and `contacts`, an `AsOf`. Out: `Snapshot`, one row per conversation that had begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.as_of import AsOf
from nbalib.conversations.judging import judge
from nbalib.conversations.segments import Segments
from nbalib.distinct import runs
from nbalib.engines.side_by_side import side_by_side
from nbalib.engines.statements import statement
from nbalib.features.columns import HOUR, features_of
from nbalib.features.contacts import count_contacts
from nbalib.features.open_issues import count_open_issues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import StatusWeights

HERE = "nbalib.features"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT = pa.timestamp("us", tz="UTC")
AFTERWARDS = pa.scalar(HOUR, pa.duration("us"))
"""From the last message of a conversation to its own instant of decision."""

LATEST = "SELECT epoch_us(max(interaction_timestamp)) FROM turns"
"""An opening is never the latest: what is answered is not later than the answer."""


@dataclass(frozen=True)
class Snapshot:
    """What was known: `state` and `features` have one row per conversation, ordered by conversation_id."""

    state: pa.Table
    features: pa.Table


def take_snapshot(
    engine: PandasEngine, as_of: AsOf, weights: StatusWeights, customer_ids: Sequence[str] | None = None
) -> Snapshot:
    """Give states and features of all conversations, or of those of some customers."""
    as_of = settled(engine, as_of)
    state = _states(engine, as_of, weights, customer_ids)
    made = {"n_open_issues": count_open_issues(engine, state, weights, own=as_of.kind == "last-message")}
    made |= count_contacts(engine, state, customer_ids)
    for name, column in made.items():
        state = state.append_column(name, pa.array(column))
    return Snapshot(state, features_of(state))


def settled(engine: PandasEngine, as_of: AsOf) -> AsOf:
    """Give the latest stored instant as an instant; other instants of decision as they are."""
    if as_of.kind != "data":
        return as_of
    micros = engine.one(LATEST)
    return AsOf("instant", None if micros is None else EPOCH + timedelta(microseconds=micros))


def _states(
    engine: PandasEngine, as_of: AsOf, weights: StatusWeights, customer_ids: Sequence[str] | None
) -> pa.Table:
    """Give state and status of each conversation."""
    values = {"at": as_of.at, "customer_ids": customer_ids}
    parts = engine.parts(statement(HERE, "known_turns"), "conversation_id", values)
    made = side_by_side(lambda known: judge(_at_moments(known, as_of), weights), parts)
    return pa.concat_tables(made)


def _at_moments(known: pa.Table, as_of: AsOf) -> pa.Table:
    """Say at which moment each turn is looked at: one for all, or an hour after its conversation's last."""
    moment = runs(known["conversation_id"])
    at = pa.repeat(pa.scalar(as_of.at, INSTANT), known.num_rows)
    if as_of.kind == "last-message":
        ends = Segments(moment).last(np.ones(len(moment), dtype=bool))
        at = pc.add(known["interaction_timestamp"].take(pa.array(ends[moment])), AFTERWARDS)
    return known.append_column("moment", pa.array(moment)).append_column("as_of", at)
