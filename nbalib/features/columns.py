"""Turn states into features: one function for a million rows and for one.

In: rows of `state.sql` with their status and counts. Out: a table with the columns of the feature
catalogue, in its order; hours are floats, an unknown one is null, never NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.flags import says
from nbalib.feature_catalogue import features_schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR = 3_600_000_000
MOOD_POINTS = 10_000


def features_of(state: pa.Table) -> pa.Table:
    """Compute the features of each state.

    Parameters
    ----------
    state : Table, shape (n, …)
        Columns of `state.sql`, the status columns, n_open_issues, n_contacts_7d, is_followed_up.

    Returns
    -------
    Table, shape (n, n_features)
    """
    as_of = _micros(state["as_of"])[0]
    customer, agent, ever = (
        state[f"{name}_flags"].to_numpy() for name in ("last_customer", "last_agent", "any_customer")
    )
    made: dict[str, Any] = {
        "brand": state["brand_account_id"],
        "n_interactions": state["total_interactions"],
        "hours_since_customer": _hours(as_of, state["last_customer_at"]),
        "hours_since_agent": _hours(as_of, state["last_agent_at"]),
        "hours_since_last": _hours(as_of, state["conversation_end_timestamp"]),
        "hours_open": _hours(as_of, state["clock_start_timestamp"]),
        "first_response_hours": _ratio(state["first_response_seconds"], 3600),
        "is_urgent": pa.array(says(customer, "is_urgent")),
        "is_escalation": pa.array(says(ever, "is_escalation")),
        "is_complaint": pa.array(says(ever, "is_complaint")),
        "is_question": pa.array(says(customer, "is_question")),
        "says_thanks": pa.array(says(customer, "says_thanks")),
        "mood": _mood(state),
        "topic": state["conversation_topic"],
        "p_resolved": pa.nulls(state.num_rows, pa.float64()),
        "asked_channel": _asked_channel(agent),
    }
    schema = features_schema()
    columns = [made[name] if name in made else state[name] for name in schema.names]
    return pa.table(columns, names=schema.names).cast(schema)


def is_open(state: pa.Table) -> NDArray[np.bool_]:
    """Tell which issues are open, shape (n,)."""
    return np.asarray(pc.equal(state["resolution_status"], "open"))


def _micros(instants: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Instants as whole microseconds since 1970, and where they are null."""
    absent = (
        instants.is_null().to_numpy(zero_copy_only=False)
        if isinstance(instants, pa.Array)
        else np.asarray(instants.is_null())
    )
    return np.asarray(instants.cast(pa.int64()).fill_null(0)), absent


def _hours(as_of: NDArray[np.int64], instants: pa.ChunkedArray) -> pa.Array:
    """Hours from `instants` to `as_of`; null where the instant is."""
    micros, absent = _micros(instants)
    return pa.array((as_of - micros) / HOUR, mask=absent)


def _ratio(values: pa.ChunkedArray, by: float) -> pa.Array:
    """Values divided by a constant; null where they are."""
    return pa.array(np.asarray(values.fill_null(0)) / by, mask=np.asarray(values.is_null()))


def _mood(state: pa.Table) -> pa.Array:
    """Mean mood of the customer's messages, -1 to 1; null where none is known."""
    count = np.asarray(state["n_moods"])
    points = np.asarray(state["mood_points_sum"]).astype(float)
    return pa.array(points / np.maximum(count, 1) / MOOD_POINTS, mask=count == 0)


def _asked_channel(agent: NDArray[np.int64]) -> pa.Array:
    """Where the last agents' words asked the customer to go on."""
    asked = [says(agent, name) for name in ("asks_dm", "asks_email", "asks_call")]
    return pa.array(np.select(asked, ["dm", "email", "phone"], default=""), mask=~np.logical_or.reduce(asked))
