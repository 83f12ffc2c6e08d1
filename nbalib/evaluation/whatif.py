"""What changes when the method changes: who moves from which decision to which.

In: two tables of decisions about the same conversations at the same instant, one of each method.
Out: small pandas frames in the order in which they are to be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nbalib.distinct import decoded
from nbalib.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

KEY = ("conversation_id", "as_of")
DECIDED = ("rule", "channel", "send_time")
MOVES = ("rule_before", "channel_before", "rule_after", "channel_after")


def moved(before: pa.Table, after: pa.Table) -> pd.DataFrame:
    """Give the conversations that are decided otherwise, in the order of `before`.

    Parameters
    ----------
    before, after : Table, shape (n, …)
        Rows of predictions with conversation_id, as_of, rule, channel, send_time and reasoning.

    Returns
    -------
    DataFrame
        conversation_id, and rule, channel, send_time and reasoning, each as ``…_before`` and ``…_after``.

    Raises
    ------
    InputError
        The two are not about the same conversations at the same instants.
    """
    columns = [*KEY, *DECIDED, "reasoning"]
    first, second = (decoded(table.select(columns)).to_pandas() for table in (before, after))
    pairs = first.merge(second, on=list(KEY), suffixes=("_before", "_after"), how="inner")
    if not len(pairs) == len(first) == len(second):
        raise InputError(
            f"{len(first)} and {len(second)} decisions have {len(pairs)} conversations and instants in common"
        )
    differs = np.logical_or.reduce([_differ(pairs[f"{n}_before"], pairs[f"{n}_after"]) for n in DECIDED])
    return pd.DataFrame(pairs.loc[differs].drop(columns="as_of").reset_index(drop=True))


def moves(before: pa.Table, after: pa.Table) -> pd.DataFrame:
    """Count who moves from what to what, most frequent first.

    Returns
    -------
    DataFrame
        rule_before, channel_before, rule_after, channel_after, n; rows where only the time changes have
        the same rule and channel twice.
    """
    counted = moved(before, after).groupby(list(MOVES)).size().to_frame("n").reset_index()
    order = ["n", *MOVES]
    most = counted.sort_values(order, ascending=[False, True, True, True, True])
    return pd.DataFrame(most.reset_index(drop=True))


def _differ(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Tell where two columns differ; two absent values are the same."""
    differs: np.ndarray = ((one != other) & ~(one.isna() & other.isna())).to_numpy()
    return differs
