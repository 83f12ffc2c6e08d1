"""Does a log cover a policy? Overlap and weights, as a whole and month by month.

In: a log and the chances of a candidate policy. Out: `Diagnostics`, and a small frame in the order in which
it is shown. Nothing here looks at rewards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nbalib.evaluation.policy.estimate import effective_size
from nbalib.evaluation.policy.row_values import weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.evaluation.policy.log import LoggedDecisions


@dataclass(frozen=True)
class Diagnostics:
    """How well a log covers a policy.

    Attributes
    ----------
    n, n_clusters : int
        Rows and clusters.
    n_effective : float
        Rows of equal weight that would say as much.
    max_weight : float
        Largest weight of one row.
    largest_cluster_share : float
        Share of all weight that one cluster has.
    unsupported : float
        Share of the policy's actions that had no chance in the log; so far, at most, can any estimate be off.
    n_clipped : int
        Weights that were cut.
    clipped_share : float
        Share of all weight that was cut off.
    """

    n: int
    n_clusters: int
    n_effective: float
    max_weight: float
    largest_cluster_share: float
    unsupported: float
    n_clipped: int
    clipped_share: float


def diagnose(log: LoggedDecisions, target: NDArray[np.float64], clip: float | None = None) -> Diagnostics:
    """Say how well the log covers the policy `target`, shape (n, n_actions)."""
    whole, weight = weights(log, target), weights(log, target, clip)
    numbers = np.unique(log.cluster, return_inverse=True)[1]
    by_cluster = np.bincount(numbers, weight)
    total = float(weight.sum())
    return Diagnostics(
        n=len(log),
        n_clusters=len(by_cluster),
        n_effective=effective_size(weight),
        max_weight=float(weight.max()),
        largest_cluster_share=float(by_cluster.max()) / total if total else 1.0,
        unsupported=float(unsupported(log, target).mean()),
        n_clipped=int((weight < whole).sum()),
        clipped_share=1 - total / float(whole.sum()) if total else 0.0,
    )


def unsupported(log: LoggedDecisions, target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give for each row the chance that the policy does what had no chance in the log, shape (n,)."""
    return np.asarray(np.where(log.propensity > 0, 0.0, target).sum(axis=1), dtype="float64")


def overlap_by_month(log: LoggedDecisions, target: NDArray[np.float64]) -> pd.DataFrame:
    """Say month by month how well the log covers the policy.

    Returns
    -------
    DataFrame
        month, n, n_effective, share_unsupported; a log that covers a policy as a whole may not do so always.
    """
    month = log.decided_at.astype("datetime64[M]")
    weight, beyond = weights(log, target), unsupported(log, target)
    rows = [
        {
            "month": str(at),
            "n": int(inside.sum()),
            "n_effective": effective_size(weight[inside]),
            "share_unsupported": float(beyond[inside].mean()),
        }
        for at in np.unique(month)
        for inside in [month == at]
    ]
    return pd.DataFrame(rows)
