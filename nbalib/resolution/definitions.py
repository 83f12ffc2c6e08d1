"""Count by several definitions what is resolved: how much does the definition move the rate.

In: states of conversations as known at an instant, weights of the status. Out: one truth per definition and
conversation, and the rates. None of them is the truth: what is written in public does not show how a matter
ended elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.as_of import AsOf
from nbalib.conversations.facts import facts_of
from nbalib.conversations.status import decide_status
from nbalib.errors import InputError
from nbalib.features.snapshot import take_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import StatusWeights

    Truths = NDArray[np.bool_]

MICROS_PER_DAY = 86_400_000_000
SILENCE_DAYS = (3, 7, 14)


def resolved_by(
    state: pa.Table, weights: StatusWeights, silence_days: Sequence[int] = SILENCE_DAYS
) -> dict[str, Truths]:
    """Tell by each definition which conversations count as resolved.

    Parameters
    ----------
    state : Table, shape (n, …)
        Columns of `states_of`.
    silence_days : sequence of int
        Days without a customer's word after an agent's, after which help desks commonly close a ticket.

    Returns
    -------
    dict of arrays of bool, shape (n,)
        ``weighed`` (the status), ``customer says so``, ``agent says so``, ``silence of … days``; none of
        them counts what is no issue.

    Raises
    ------
    InputError
        A silence is shorter than a day.
    """
    if short := [days for days in silence_days if days < 1]:
        raise InputError(f"a silence of {short[0]} days is none: give whole days from 1 on")
    status, facts = decide_status(state, weights), facts_of(state)
    is_issue = np.asarray(pc.not_equal(status["resolution_status"], "no_issue"))
    silent = np.asarray(
        pc.subtract(state["as_of"].cast(pa.int64()), state["conversation_end_timestamp"].cast(pa.int64()))
    )
    found = {
        "weighed": np.asarray(pc.equal(status["resolution_status"], "resolved")),
        "customer says so": facts["thanks_with_nothing_left"] | facts["confirms_fix_in_reply"],
        "agent says so": facts["named_an_end"] | facts["closed_politely_in_reply"],
    }
    for days in silence_days:
        found[f"silence of {days} days"] = facts["agent_spoke_last"] & (silent >= days * MICROS_PER_DAY)
    return {name: resolved & is_issue for name, resolved in found.items()}


def resolution_rates(
    engine: PandasEngine, weights: StatusWeights, silence_days: Sequence[int] = SILENCE_DAYS
) -> pd.DataFrame:
    """Set the rates of resolution side by side, as of the latest stored message.

    Returns
    -------
    DataFrame
        definition, n_issues, n_resolved, rate (null without an issue).
    """
    state = take_snapshot(engine, AsOf("data"), weights).state
    n_issues = int(pc.sum(pc.not_equal(state["resolution_status"], "no_issue")).as_py() or 0)
    found = resolved_by(state, weights, silence_days)
    counts = {name: int(resolved.sum()) for name, resolved in found.items()}
    return pd.DataFrame(
        {
            "definition": list(counts),
            "n_issues": n_issues,
            "n_resolved": list(counts.values()),
            "rate": [count / n_issues if n_issues else np.nan for count in counts.values()],
        }
    )
