"""What a message is about to answer: one named situation for each conversation.

In: feature columns. Out: a situation's name for each row, one of `SITUATIONS`. Waits are in hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONG_WAIT_HOURS = 24.0
"""From here on an answer is late, and says so."""

LONG_AGO_HOURS = 14 * 24.0
"""From here on the first question is whether the customer still needs help."""

LIKE: dict[str, str | None] = {
    "unanswered": None,
    "complaint": "unanswered",
    "question": "unanswered",
    "urgent": "unanswered",
    "waiting": "unanswered",
    "waiting_information": "waiting",
    "waiting_complaint": "waiting",
    "waiting_private": "waiting",
    "waiting_long": "waiting",
    "unanswered_long": "waiting_long",
    "long_ago": "waiting_long",
    "escalated": "unanswered",
    "check_in": None,
    "follow_up_dm": "check_in",
    "follow_up_email": "check_in",
    "follow_up_phone": "check_in",
    "follow_up_information": "check_in",
    "follow_up_question": "check_in",
    "follow_up_promise": "check_in",
    "follow_up_steps": "check_in",
}
"""Each situation, and the one whose texts serve where it has none of its own; None: it must have them."""

SITUATIONS = tuple(LIKE)

COLUMNS = (
    "status_reason",
    "awaiting",
    "last_author",
    "n_agent_messages",
    "hours_since_customer",
    "is_urgent",
    "is_escalation",
    "is_complaint",
    "is_question",
    "asked_channel",
    "asked_for",
    "promised",
)
"""Feature columns that the situation is told from."""


def situation(features: pa.Table) -> pa.StringArray:
    """Name each conversation's situation.

    Parameters
    ----------
    features : Table, shape (n, …)
        Has at least `COLUMNS`.

    Returns
    -------
    StringArray, shape (n,)
        Names of `SITUATIONS`; never null.
    """
    return pa.array(np.array(SITUATIONS, dtype=object)[situation_codes(features)], pa.string())


def situation_codes(features: pa.Table) -> NDArray[np.int64]:
    """Give the place in `SITUATIONS` of each conversation's situation, shape (n,)."""
    facts = _facts(features)
    # The first that holds decides; the order is the argument.
    order = [
        ("long_ago", facts["owes_answer"] & facts["long_ago"]),
        ("escalated", facts["owes_answer"] & facts["is_escalation"]),
        ("urgent", facts["owes_answer"] & facts["is_urgent"] & ~facts["late"]),
        ("unanswered_long", facts["owes_answer"] & facts["never_answered"] & facts["late"]),
        ("complaint", facts["owes_answer"] & facts["never_answered"] & facts["is_complaint"]),
        ("question", facts["owes_answer"] & facts["never_answered"] & facts["is_question"]),
        ("unanswered", facts["owes_answer"] & facts["never_answered"]),
        ("waiting_long", facts["owes_answer"] & facts["late"]),
        ("waiting_private", facts["owes_answer"] & facts["asked_dm"]),
        ("waiting_information", facts["owes_answer"] & facts["asked_for"]),
        ("waiting_complaint", facts["owes_answer"] & facts["is_complaint"]),
        ("waiting", facts["owes_answer"]),
        ("follow_up_dm", facts["asked_dm"]),
        ("follow_up_email", facts["asked_email"]),
        ("follow_up_phone", facts["asked_phone"]),
        ("follow_up_information", facts["asked_for"]),
        ("follow_up_question", facts["asked_anything"]),
        ("follow_up_promise", facts["promised"]),
        ("follow_up_steps", facts["gave_steps"]),
    ]
    codes = [SITUATIONS.index(name) for name, _ in order]
    return np.select([holds for _, holds in order], codes, default=SITUATIONS.index("check_in"))


def _facts(features: pa.Table) -> dict[str, NDArray[np.bool_]]:
    """Read the columns as flags without nulls; what is not known does not hold."""
    facts = {
        name: _holds(features[name]) for name in ("is_urgent", "is_escalation", "is_complaint", "is_question")
    }
    facts |= {f"asked_{word}": _equal(features["asked_channel"], word) for word in ("dm", "email", "phone")}
    return facts | {
        # An agent who promised something is awaited too, but there the customer has not written again.
        "owes_answer": _equal(features["awaiting"], "agent") & ~_equal(features["last_author"], "agent"),
        "never_answered": _equal(features["n_agent_messages"], 0),
        "late": _holds(pc.greater_equal(features["hours_since_customer"], LONG_WAIT_HOURS)),
        "long_ago": _holds(pc.greater_equal(features["hours_since_customer"], LONG_AGO_HOURS)),
        "asked_for": features["asked_for"].is_valid().to_numpy(),
        "asked_anything": _equal(features["status_reason"], "information_asked"),
        "gave_steps": _equal(features["status_reason"], "steps_given"),
        "promised": features["promised"].is_valid().to_numpy(),
    }


def _equal(column: pa.ChunkedArray, value: str | int) -> NDArray[np.bool_]:
    """Say where `column` is `value`; a null is not."""
    return _holds(pc.equal(column, pa.scalar(value).cast(column.type)))


def _holds(flags: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Give flags as NumPy; a null does not hold."""
    filled: NDArray[np.bool_] = pc.fill_null(flags.cast(pa.bool_()), False).to_numpy()
    return filled
