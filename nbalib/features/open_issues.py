"""Count the open issues that a customer has with a brand at each moment.

In: states, one row a moment, with their status. Out: a count for each, the conversation's own issue included.
A conversation whose last message is not after the moment counts as it stands at its end; one that was under
way, and goes on after it, counts as it stood then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nbalib.distinct import coded, distinct
from nbalib.features.columns import HOUR, is_open
from nbalib.features.events import Events, micros
from nbalib.features.under_way import count_under_way

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import StatusWeights

    Integers = NDArray[np.int64]


def count_open_issues(
    engine: PandasEngine, state: pa.Table, weights: StatusWeights, *, own: bool
) -> Integers:
    """Count open issues.

    Parameters
    ----------
    state : Table, shape (n, …)
        As `judge` gives it.
    own : bool
        Each row has a moment of its own, an hour after its end; else all have the same one.

    Returns
    -------
    array of int64, shape (n,)
    """
    customer = coded(state["customer_id"])
    relation = distinct([customer, state["brand_account_id"]]).of_row.to_numpy()
    counted = is_open(state)
    if not own:
        return np.asarray(np.bincount(relation, counted).astype(np.int64)[relation])
    found = counted.astype(np.int64)
    several = np.flatnonzero(np.bincount(relation)[relation] > 1)
    group, counted = relation[several], counted[several]
    ends = micros(state["conversation_end_timestamp"])[several]
    found[several] = Events(group[counted], ends[counted]).until(group, ends + HOUR)
    return found + count_under_way(engine, state, customer.indices.to_numpy(), weights)
