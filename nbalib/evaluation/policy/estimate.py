"""From one value a row to an estimate with an interval.

In: the rows of an estimator, and which rows belong together. Out: `Estimate`.

Every estimator here is a ratio of two sums over rows, V = Σ a_i / Σ b_i (a plain mean has b_i = 1). Its
error is, to first order, the mean of ψ_i = (a_i - V b_i) / mean(b); rows of one cluster are added up before
they are squared, so that rows that are alike do not pass for independent ones:

    variance = G/(G-1) · Σ_g (Σ_{i in g} ψ_i)² / n²,   interval = V ± t(G-1) · √variance

References
----------
K.-Y. Liang and S. L. Zeger, Longitudinal data analysis using generalized linear models, Biometrika 73,
1986.
A. C. Cameron and D. L. Miller, A practitioner's guide to cluster-robust inference, J. Human Resources 50,
2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from nbalib.errors import PolicyError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class RowValues:
    """What an estimator makes of each row: numerator and denominator, each of shape (n,)."""

    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]

    @property
    def value(self) -> float:
        """The estimate; NaN where the denominators add up to 0."""
        total = float(self.denominator.sum())
        return float(self.numerator.sum()) / total if total else float("nan")

    @property
    def influence(self) -> NDArray[np.float64]:
        """How far each row moves the estimate, times n, shape (n,); they add up to 0."""
        deviations: NDArray[np.float64] = self.numerator - self.value * self.denominator
        return deviations / float(self.denominator.mean())


@dataclass(frozen=True)
class Estimate:
    """A value, its interval, and how much data stands behind it.

    Attributes
    ----------
    method : str
        Name of the estimator.
    value, low, high : float
        In the unit of the reward.
    standard_error : float
        Cluster-robust.
    n, n_clusters : int
        Rows and clusters.
    n_effective : float
        Rows of equal weight that would say as much: (Σw)² / Σw².
    """

    method: str
    value: float
    low: float
    high: float
    standard_error: float
    n: int
    n_clusters: int
    n_effective: float

    def covers(self, truth: float) -> bool:
        """Tell whether the truth lies in the interval."""
        return self.low <= truth <= self.high


def estimate(
    method: str,
    rows: RowValues,
    cluster: NDArray[np.int64],
    *,
    n_effective: float,
    baseline: RowValues | None = None,
    level: float = 0.95,
) -> Estimate:
    """Give the value of `rows`, or by how much it exceeds that of `baseline` on the same rows.

    Parameters
    ----------
    cluster : integer array, shape (n,)
    level : float
        Share of intervals that should hold the truth, between 0 and 1.

    Raises
    ------
    PolicyError
        There are fewer than two clusters, so that no error can be known, or nothing to divide by.
    """
    value, influence = rows.value, rows.influence
    if baseline is not None:
        value, influence = value - baseline.value, influence - baseline.influence
    n_clusters = len(np.unique(cluster))
    if n_clusters < 2 or not np.isfinite(value):
        raise PolicyError(f"{method}: no interval from {len(cluster):,} rows in {n_clusters} clusters")
    error = standard_error(influence, cluster)
    half = float(stdtrit(n_clusters - 1, (1 + level) / 2)) * error
    return Estimate(method, value, value - half, value + half, error, len(cluster), n_clusters, n_effective)


def standard_error(influence: NDArray[np.float64], cluster: NDArray[np.int64]) -> float:
    """Give the cluster-robust standard error of a mean whose deviations are `influence`, shape (n,)."""
    numbers = np.unique(cluster, return_inverse=True)[1]
    sums = np.bincount(numbers, influence)
    return float(np.sqrt(len(sums) / (len(sums) - 1) * (sums**2).sum()) / len(influence))


def effective_size(weights: NDArray[np.float64]) -> float:
    """Count the rows of equal weight that would say as much: (Σw)² / Σw² (Kish, 1965); 0 without weight."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0
