"""How good likelihoods are, with intervals that know that rows of one conversation are alike.

In: outcomes (0 or 1), likelihoods, and the conversation of each row, all of shape (n,). Out: `Estimate`s.
Intervals resample whole conversations (Cameron, Gelbach and Miller, 2008: the pairs cluster bootstrap).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbalib.resolution.resampling import draw_counts, interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]
    Metric = Callable[["Ranked", Floats], float]

N_BINS = 10
SMALLEST = 1e-6
"""Likelihoods are kept so far from 0 and 1 in the log loss."""


@dataclass(frozen=True)
class Estimate:
    """A value, its interval, and how many rows and conversations stand behind it."""

    value: float
    low: float
    high: float
    n_rows: int
    n_conversations: int


@dataclass(frozen=True)
class Ranked:
    """Rows in the order of their likelihood, with the bin of equally many rows that each lies in.

    `ties` numbers the runs of equal likelihoods.
    """

    y: Floats
    p: Floats
    ties: Integers
    bins: Integers

    @classmethod
    def of(cls, y: Truths, p: Floats) -> tuple[Ranked, Integers]:
        """Rank rows; give also their order."""
        order = np.argsort(p, kind="stable")
        ranked = p[order]
        ties = np.cumsum(np.concatenate([[0], ranked[1:] > ranked[:-1]])).astype(np.int64)
        first = np.concatenate([[0], np.flatnonzero(np.diff(ties)) + 1])
        # Rows of equal likelihood share a bin, else their order would make bins differ.
        bins = (first * N_BINS // max(len(ranked), 1))[ties].astype(np.int64)
        return cls(y[order].astype(float), ranked, ties, bins), order


def auc(rows: Ranked, weight: Floats) -> float:
    """Chance that a resolved row has a higher likelihood than an unresolved one; ties count half."""
    ones: Floats = np.bincount(rows.ties, rows.y * weight).astype(float)
    zeros: Floats = np.bincount(rows.ties, (1 - rows.y) * weight).astype(float)
    below = np.cumsum(zeros) - zeros
    total = ones.sum() * zeros.sum()
    return float((ones * (below + zeros / 2)).sum() / total) if total else float("nan")


def brier(rows: Ranked, weight: Floats) -> float:
    """Mean squared distance of likelihood and outcome (Brier, 1950)."""
    return float(np.average((rows.p - rows.y) ** 2, weights=weight))


def log_loss(rows: Ranked, weight: Floats) -> float:
    """Mean negative log of the likelihood that was given to what happened, in nats."""
    p = np.clip(rows.p, SMALLEST, 1 - SMALLEST)
    return float(-np.average(np.where(rows.y == 1, np.log(p), np.log1p(-p)), weights=weight))


def calibration_error(rows: Ranked, weight: Floats) -> float:
    """Give the expected calibration error: mean distance of likelihood and share over ten equal bins.

    Biased upwards in small samples: chance alone gives a perfect model about sqrt(p (1 - p) / n_bin).
    """
    gap = np.bincount(rows.bins, (rows.p - rows.y) * weight)
    return float(np.abs(gap).sum() / weight.sum())


METRICS: dict[str, Metric] = {
    "auc": auc,
    "brier": brier,
    "log_loss": log_loss,
    "calibration_error": calibration_error,
}


def estimates(
    y: Truths, p: Floats, groups: Integers, *, n_resamples: int = 200, seed: int = 0
) -> dict[str, Estimate]:
    """Give every metric with its 95 % interval.

    Parameters
    ----------
    groups : array of int64, shape (n,)
        Number of the conversation of each row, from 0.

    Returns
    -------
    dict
        By name of the metric; an interval of a metric that cannot be computed is NaN.
    """
    rows, order = Ranked.of(y, p)
    weights = draw_counts(len(y), groups[order], n_draws=n_resamples, seed=seed)
    n_groups = len(np.unique(groups))
    once = np.ones(len(y))
    found = {}
    for name, metric in METRICS.items():
        low, high = interval(np.array([metric(rows, weight) for weight in weights]))
        found[name] = Estimate(metric(rows, once), float(low), float(high), len(y), n_groups)
    return found


def loss_difference(y: Truths, one: Floats, other: Floats, groups: Integers) -> tuple[float, float]:
    """Give how much larger the log loss of `one` is than that of `other`, and its standard error.

    The error is of the mean over conversations, whose rows are summed first.
    """
    kept = [np.clip(np.where(y, p, 1 - p), SMALLEST, 1) for p in (one, other)]
    gaps = np.log(kept[1]) - np.log(kept[0])
    totals = np.bincount(groups, gaps - gaps.mean())
    return float(gaps.mean()), float(np.sqrt((totals**2).sum()) / len(y))
