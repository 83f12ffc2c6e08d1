"""What was known at a decision, as numbers for a model of the outcome.

In: a table with features. Out: a float matrix with the columns `KNOWN`; an unknown value has a column of
its own, never a made-up number. Spans enter as the number of their doublings, since the difference between
one hour and two matters more than that between a hundred and a hundred and one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MANY_INTERACTIONS = 5
SAID = ("is_urgent", "is_escalation", "is_complaint", "is_question", "says_thanks", "moved_private")
ASKED = ("dm", "email", "phone")
TOPICS = ("billing", "connectivity", "delivery", "refund", "software_bug", "device_fault", "account_access")

NEEDED = (
    *("awaiting", "last_author", "n_interactions", "hours_since_customer", "mood", "asked_channel", "topic"),
    *SAID,
)
"""The features that are read."""

KNOWN = (
    "agent_awaited",
    "agent_wrote_last",
    "n_interactions_log2",
    "many_interactions",
    "days_since_customer_log2",
    "mood",
    "mood_is_unknown",
    *SAID,
    *(f"asked_{channel}" for channel in ASKED),
    *(f"topic_{topic}" for topic in TOPICS),
)


def known_columns(features: pa.Table) -> NDArray[np.float64]:
    """Compute what an outcome model may look at.

    Returns
    -------
    float array, shape (n, n_known)
        In the order of `KNOWN`.
    """
    n_interactions = np.asarray(features["n_interactions"], dtype="float64")
    days = np.asarray(pc.fill_null(features["hours_since_customer"], 0.0)) / 24
    mood = features["mood"]
    columns = [
        pc.equal(features["awaiting"], "agent"),
        pc.equal(features["last_author"], "agent"),
        np.log2(1 + n_interactions),
        n_interactions > MANY_INTERACTIONS,
        np.log2(1 + np.maximum(days, 0)),
        pc.fill_null(mood, 0.0),
        pc.is_null(mood),
        *(features[name] for name in SAID),
        *(_is(features["asked_channel"], channel) for channel in ASKED),
        *(_is(features["topic"], topic) for topic in TOPICS),
    ]
    return np.column_stack([np.asarray(column, dtype="float64") for column in columns])


def _is(values: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    return pc.fill_null(pc.equal(values, name), False)
