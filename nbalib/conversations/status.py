"""Weigh the facts of a conversation's state: is it resolved, why, and who has the next word.

In: rows of `states_of`, and the weights of `params/status.yaml`. Out: resolution_status, status_reason,
awaiting, moved_private for each. A status depends on the messages known, never on how much time has passed
since. The weights decide between resolved, open and no_issue; the reason and who has the next word are then
read off the facts that belong to the status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.conversations.facts import facts_of
from nbalib.errors import ParameterError, nearest
from nbalib.params import STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from nbalib.params import StatusWeights

REASONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "resolved": (
        ("customer_confirms", "confirms_fix", "nobody"),
        ("customer_thanks", "thanks", "nobody"),
        ("answered", "agent_spoke_last", "nobody"),
        ("left_there", "", "nobody"),
    ),
    "open": (
        ("moved_private", "asked_for_private_way", "customer"),
        ("information_asked", "asked_for_information", "customer"),
        ("feedback_passed_on", "passed_on_last", "nobody"),
        ("agent_promised", "promised", "agent"),
        ("steps_given", "explained_last", "customer"),
        ("apologised", "only_apologised", "nobody"),
        ("agent_replied", "agent_spoke_last", "customer"),
        ("customer_will_act", "will_act_waits", "customer"),
        ("customer_waits", "", "agent"),
    ),
    "no_issue": (
        ("addresses_nobody", "addresses_nobody", "nobody"),
        ("promotion", "advertises", "nobody"),
        ("praise", "praise_with_nothing_wrong", "nobody"),
        ("talk", "", "nobody"),
    ),
}
"""By status: reasons in the order in which they are tried, the fact that each needs ('' for none), and who
has the next word then."""


def decide_status(state: pa.Table, weights: StatusWeights) -> pa.Table:
    """Weigh each conversation's facts.

    Parameters
    ----------
    state : Table, shape (n, …)
        Columns of `states_of`.

    Returns
    -------
    Table, shape (n, 4)
        resolution_status (resolved, open, no_issue), status_reason, awaiting (agent, customer, nobody),
        moved_private.

    Raises
    ------
    ParameterError
        `weights` name a fact that is not known.
    """
    facts = facts_of(state)
    best = scores(facts, weights).argmax(axis=1)
    # By definition: what no agent answered and what addresses no known account is nobody's issue.
    best[facts["addresses_nobody"]] = STATUSES.index("no_issue")
    reason, awaiting = np.empty(len(best), dtype=object), np.empty(len(best), dtype=object)
    for place, status in enumerate(STATUSES):
        left = best == place
        for name, fact, word in REASONS[status]:
            here = left & facts[fact] if fact else left
            reason[here], awaiting[here] = name, word
            left &= ~here
    is_open = best == STATUSES.index("open")
    return pa.table(
        {
            "resolution_status": pa.array(np.array(STATUSES, dtype=object)[best], pa.string()),
            "status_reason": pa.array(reason, pa.string()),
            "awaiting": pa.array(awaiting, pa.string()),
            "moved_private": pa.array(facts["asked_for_private_way"] & is_open),
        }
    )


def scores(facts: Mapping[str, NDArray[np.bool_]], weights: StatusWeights) -> NDArray[np.float64]:
    """Add up the weights of the facts that hold.

    Returns
    -------
    array of float, shape (n, 3)
        By status, in the order of `STATUSES`; the highest wins.
    """
    n_rows = len(next(iter(facts.values())))
    total = np.tile(np.array([weights.base[status] for status in STATUSES]), (n_rows, 1))
    for fact, by_status in weights.weights.items():
        if fact not in facts:
            raise ParameterError(f"status.yaml weighs {fact!r}, which is no fact{nearest(fact, facts)}")
        total[facts[fact]] += [by_status.get(status, 0.0) for status in STATUSES]
    return total
