"""Decide from a conversation's state whether it is resolved, and who has the next word.

In: rows of `state.sql`. Out: resolution_status, status_reason, awaiting, moved_private for each.
A status depends on the messages known, never on how much time has passed since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.flags import says

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRIVATE = ("asks_dm", "asks_call", "asks_email", "asks_form")
TROUBLE = ("is_complaint", "is_question", "is_urgent", "is_escalation", "denies_fix")
HELPING = ("is_apology", "is_question", "asks_information", "gives_steps", "has_help_link", *PRIVATE)
CONTEST = ("is_complaint", "denies_fix", "is_escalation", "is_sarcastic")


def decide_status(state: pa.Table) -> pa.Table:
    """Name each conversation's status, the fact that decided it, and who has the next word.

    Parameters
    ----------
    state : Table, shape (n, …)
        Columns of `state.sql`.

    Returns
    -------
    Table, shape (n, 4)
        resolution_status (resolved, open, no_issue), status_reason, awaiting (agent, customer, nobody),
        moved_private.
    """
    facts = _facts(state)
    # The first fact that holds decides; the order is the argument.
    reasons = [name for name, _, _ in DECIDING]
    holds = [facts[name] for name in reasons]
    place = np.select(holds, list(range(len(reasons))), default=len(reasons))
    statuses = np.array([status for _, status, _ in DECIDING] + ["open"], dtype=object)[place]
    awaiting = np.array([word for _, _, word in DECIDING] + ["agent"], dtype=object)[place]
    return pa.table(
        {
            "resolution_status": pa.array(statuses, pa.string()),
            "status_reason": pa.array(
                np.array([*reasons, "customer_waits"], dtype=object)[place], pa.string()
            ),
            "awaiting": pa.array(awaiting, pa.string()),
            "moved_private": pa.array(facts["moved_private"] & (statuses == "open")),
        }
    )


DECIDING: tuple[tuple[str, str, str], ...] = (
    ("addresses_nobody", "no_issue", "nobody"),
    ("praise", "no_issue", "nobody"),
    ("promotion", "no_issue", "nobody"),
    ("banter", "no_issue", "nobody"),
    ("customer_confirms", "resolved", "nobody"),
    ("customer_thanks", "resolved", "nobody"),
    ("moved_private", "open", "customer"),
    ("information_asked", "open", "customer"),
    ("feedback_passed_on", "open", "nobody"),
    ("agent_promised", "open", "agent"),
    ("answered", "resolved", "nobody"),
    ("steps_given", "open", "customer"),
    ("agent_replied", "open", "customer"),
)
"""Facts in the order in which they decide: name, status, who has the next word. Else the customer waits."""

UNHAPPY = -2_000
"""Mean mood points below which talk without a named trouble is no banter."""


def _facts(state: pa.Table) -> dict[str, NDArray[np.bool_]]:
    """Find for each conversation which of the deciding facts hold."""
    customer, agent, ever, first, any_agent = (
        state[f"{name}_flags"].to_numpy()
        for name in ("last_customer", "last_agent", "any_customer", "first_customer", "any_agent")
    )
    agent_last = np.asarray(state["last_author"]) == "agent"
    replied = np.asarray(state["customer_replied"])
    wrote = state["n_customer_messages"].to_numpy() > 0
    promised = np.asarray(state["promised"].is_valid())
    asked = says(agent, "asks_information", "is_question") & ~says(agent, "closes_politely")
    private = says(agent, *PRIVATE)
    trouble = says(ever, *TROUBLE)
    calm = wrote & ~trouble & ~_unhappy(state)
    contested = says(customer, *CONTEST)
    explains = says(agent, "gives_steps", "has_help_link")
    thanks = replied & says(customer, "says_thanks") & ~contested & ~says(customer, "is_question")
    return {
        "addresses_nobody": np.asarray(state["brand_account_id"].is_null()),
        "praise": calm
        & says(first, "is_praise", "says_thanks")
        & ~says(first, "is_sarcastic")
        & ~private
        & ~asked,
        "promotion": calm & says(first, "is_promotion") & ~private,
        # Nobody names a trouble, and no agent excuses, asks, explains or promises anything.
        "banter": calm & agent_last & ~replied & ~promised & ~says(any_agent, *HELPING),
        "customer_confirms": wrote
        & says(customer, "confirms_fix")
        & ~contested
        & (agent_last | ~says(customer, "is_question")),
        # Thanks end an issue where nothing is left to do: no request and no further advice after them.
        "customer_thanks": thanks & ~private & ~asked & ~(agent_last & explains) & (agent_last | ~promised),
        "moved_private": agent_last & private,
        "information_asked": agent_last & asked,
        "feedback_passed_on": agent_last & _equal(state["promised"], "pass_on"),
        "agent_promised": agent_last & promised,
        "answered": agent_last & explains & says(customer, "is_question") & ~says(ever, *CONTEST),
        "steps_given": agent_last & explains,
        "agent_replied": agent_last,
    }


def _unhappy(state: pa.Table) -> NDArray[np.bool_]:
    """Tell where the customer's mean mood is clearly negative; an unknown mood is not."""
    points = np.asarray(state["mood_points_sum"])
    unhappy: NDArray[np.bool_] = points < UNHAPPY * np.maximum(np.asarray(state["n_moods"]), 1)
    return unhappy


def _equal(column: pa.ChunkedArray, value: str) -> NDArray[np.bool_]:
    """Tell where a text column has `value`; null is no."""
    return np.asarray(pc.fill_null(pc.equal(column, value), False))
