"""Judge conversations at moments: their state, and the status that follows from it.

In: `turns`, and a temporary table `moments` (moment, conversation_id, as_of). Out: one row a moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.conversations.roles import HERE
from nbalib.conversations.state import states_of
from nbalib.conversations.status import decide_status
from nbalib.engines.statements import statement

if TYPE_CHECKING:
    import pyarrow as pa

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import StatusWeights


def judge_moments(engine: PandasEngine, weights: StatusWeights) -> pa.Table:
    """Give state and status of each of the `moments`, in their order, as known then."""
    return judge(engine.sql(statement(HERE, "known")), weights)


def judge(known: pa.Table, weights: StatusWeights) -> pa.Table:
    """Give state and status of each moment of `known`, which is sorted as `states_of` asks."""
    state = states_of(known)
    status = decide_status(state, weights)
    for name in status.column_names:
        state = state.append_column(name, status[name])
    return state
