"""Decide from a conversation's state whether it is resolved, and who has the next word.

In: rows of `state.sql`. Out: resolution_status, status_reason, awaiting, moved_private for each.
A status depends on the messages known, never on how much time has passed since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.conversations.flags import says

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRIVATE = ("asks_dm", "asks_call", "asks_email")
TROUBLE = ("is_complaint", "is_question", "is_urgent", "is_escalation", "denies_fix")
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
    ("customer_confirms", "resolved", "nobody"),
    ("customer_thanks", "resolved", "nobody"),
    ("moved_private", "open", "customer"),
    ("information_asked", "open", "customer"),
    ("agent_promised", "open", "agent"),
    ("answered", "resolved", "nobody"),
    ("steps_given", "open", "customer"),
    ("agent_replied", "open", "customer"),
)
"""Facts in the order in which they decide: name, status, who has the next word. Else the customer waits."""


def _facts(state: pa.Table) -> dict[str, NDArray[np.bool_]]:
    """Find for each conversation which of the deciding facts hold."""
    customer, agent, ever, first = (
        state[f"{name}_flags"].to_numpy()
        for name in ("last_customer", "last_agent", "any_customer", "first_customer")
    )
    agent_last = np.asarray(state["last_author"]) == "agent"
    answered_at_all = state["n_agent_messages"].to_numpy() > 0
    wrote = state["n_customer_messages"].to_numpy() > 0
    no_brand = state["brand_account_id"].is_null().to_numpy(zero_copy_only=False)
    asked = says(agent, "asks_information", "is_question")
    private = says(agent, *PRIVATE)
    promised = state["promised"].is_valid().to_numpy(zero_copy_only=False)
    trouble = says(ever, *TROUBLE)
    contested = says(customer, *CONTEST)
    thanks = wrote & says(customer, "says_thanks") & ~contested & ~says(customer, "is_question")
    return {
        "addresses_nobody": ~answered_at_all & no_brand,
        "praise": wrote & ~trouble & says(first, "is_praise") & ~private,
        "promotion": wrote & ~trouble & says(first, "is_promotion") & ~private,
        "customer_confirms": wrote
        & says(customer, "confirms_fix")
        & ~contested
        & ~(~agent_last & says(customer, "is_question")),
        "customer_thanks": answered_at_all & thanks & ~(private | asked | promised & ~agent_last),
        "moved_private": agent_last & private,
        "information_asked": agent_last & asked & ~says(agent, "closes_politely"),
        "agent_promised": agent_last & promised,
        "answered": agent_last
        & says(agent, "gives_steps", "has_help_link")
        & says(customer, "is_question")
        & ~says(ever, *CONTEST),
        "steps_given": agent_last & says(agent, "gives_steps", "has_help_link"),
        "agent_replied": agent_last,
    }
