"""May the answer be believed? Overlap, weights, and whether the logged chances fit what was done.

In: a log and the chances of a candidate policy. Out: `Diagnostics` and small frames in the order in which
they are shown. Nothing here looks at rewards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from nbalib.evaluation.policy.estimate import effective_size
from nbalib.evaluation.policy.row_values import weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.evaluation.policy.log import LoggedDecisions

BANDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


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


def calibration(log: LoggedDecisions) -> pd.DataFrame:
    """Compare logged chances with what was done, in bands of chance.

    Returns
    -------
    DataFrame
        action, n, propensity (mean of the band), share_done; only bands that hold rows.
    """
    rows = []
    for place, action in enumerate(log.actions):
        chance = log.propensity[:, place]
        band = np.digitize(chance, BANDS[1:-1], right=True)
        for number in np.unique(band[chance > 0]):
            inside = (band == number) & (chance > 0)
            done = float((log.chosen[inside] == place).mean())
            rows.append((action, int(inside.sum()), float(chance[inside].mean()), done))
    return pd.DataFrame(rows, columns=["action", "n", "propensity", "share_done"])


def propensity_doubt(log: LoggedDecisions) -> pd.DataFrame:
    """Test whether what was done depends on what was known in a way that the logged chances do not say.

    If the chances are right, then 1[a_i = a] - p_i(a) is noise, whatever is known of row i: its products with
    the known columns (and with 1) add up to about 0. A cluster-robust score test of all of them at once, with
    the F distribution for few clusters.

    Returns
    -------
    DataFrame
        action, n, propensity (mean), share_done, p_value (chance of such a misfit if all were right).
    """
    numbers = np.unique(log.cluster, return_inverse=True)[1]
    known = np.column_stack([np.ones(len(log)), log.known])
    rows = []
    for place, action in enumerate(log.actions):
        chance, done = log.propensity[:, place], log.chosen == place
        scores = (done - chance)[:, None] * known
        by_cluster = np.column_stack([np.bincount(numbers, column) for column in scores.T]).astype("float64")
        rows.append((action, int(done.sum()), float(chance.mean()), float(done.mean()), _p_value(by_cluster)))
    return pd.DataFrame(rows, columns=["action", "n", "propensity", "share_done", "p_value"])


def misfit(doubt: pd.DataFrame) -> float:
    """Give the share of right logs in which some action shows a misfit as large as the largest here.

    The least of the p-values, times their number (Bonferroni), and at most 1.
    """
    return min(1.0, float(doubt["p_value"].min()) * len(doubt))


def _p_value(scores: NDArray[np.float64]) -> float:
    """Test that the columns of `scores`, shape (n_clusters, k), have mean 0 (Hotelling's T²)."""
    scores = scores[:, np.abs(scores).max(axis=0) > 0]
    n = len(scores)
    centred = scores - scores.mean(axis=0)
    spread = centred.T @ centred / max(n - 1, 1)
    k = int(np.linalg.matrix_rank(spread))
    if k == 0 or n <= k:
        return 1.0
    mean = scores.mean(axis=0)
    statistic = n * float(mean @ np.linalg.pinv(spread, hermitian=True) @ mean)
    return float(fdtrc(k, n - k, statistic * (n - k) / (k * (n - 1))))
