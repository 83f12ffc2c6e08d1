"""Are the logged chances those with which the actions were chosen? A look and a test.

In: a log. Out: a small frame that compares chances with what was done, and a test of the misfit. Nothing
here looks at rewards, nor at the policy in question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import chdtrc, fdtrc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.evaluation.policy.log import LoggedDecisions

BANDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


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

    If the chances are right, 1[a_i = a] - p_i(a) is noise, whatever is known of row i, and its products with
    the known columns (and with 1) add up to about 0. All sums are tested at once, by two measures of their
    noise: that which the chances imply, and that seen among the clusters. The first misjudges choices that
    were made cluster by cluster, the second columns that are rarely 1; the milder verdict counts.

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
        implied = (known * (chance * (1 - chance))[:, None]).T @ known
        p_value = max(_p_implied(by_cluster.sum(axis=0), implied), _p_seen(by_cluster))
        rows.append((action, int(done.sum()), float(chance.mean()), float(done.mean()), p_value))
    return pd.DataFrame(rows, columns=["action", "n", "propensity", "share_done", "p_value"])


def misfit(doubt: pd.DataFrame) -> float:
    """Give the share of right logs in which some action shows a misfit as large as the largest here.

    The least of the p-values, times their number (Bonferroni), and at most 1.
    """
    return min(1.0, float(doubt["p_value"].min()) * len(doubt))


def _p_implied(sums: NDArray[np.float64], variance: NDArray[np.float64]) -> float:
    """Test that the sums are 0, given their variance (Rao's score test, χ²)."""
    rank = int(np.linalg.matrix_rank(variance, hermitian=True))
    return float(chdtrc(rank, sums @ np.linalg.pinv(variance, hermitian=True) @ sums)) if rank else 1.0


def _p_seen(scores: NDArray[np.float64]) -> float:
    """Test that the columns of `scores`, shape (n_clusters, k), have mean 0 (Hotelling's T²)."""
    n, mean = len(scores), scores.mean(axis=0)
    centred = scores - mean
    spread = centred.T @ centred / max(n - 1, 1)
    k = int(np.linalg.matrix_rank(spread, hermitian=True))
    if k == 0 or n <= k:
        return 1.0
    statistic = n * float(mean @ np.linalg.pinv(spread, hermitian=True) @ mean)
    return float(fdtrc(k, n - k, statistic * (n - k) / (k * (n - 1))))
