"""Intervals by resampling: how often each row is drawn in each repetition.

In: a number of rows, or the group of each. Out: counts, shape (n_draws, n); quantiles of what they give.
Rows of one group (a brand, a customer) are drawn together, because they are not independent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

N_DRAWS = 2_000
LEVEL = 0.95


def draw_counts(
    n: int, groups: Sequence[str] | NDArray[np.int64] | None = None, *, n_draws: int = N_DRAWS, seed: int = 1
) -> NDArray[np.float64]:
    """Draw rows with replacement, as often as there are rows, or groups as often as there are groups.

    Parameters
    ----------
    n : int
        Rows.
    groups : sequence of str, or array of int64, length n, optional
        The group of each row; by default each row is its own.

    Returns
    -------
    ndarray, shape (n_draws, n)
        How often each row counts in each repetition.

    References
    ----------
    B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    generator = np.random.default_rng(seed)
    place = np.arange(n) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    n_groups = int(place.max(initial=-1)) + 1
    if n_groups == 0:
        return np.zeros((n_draws, 0), dtype=float)
    drawn_groups = generator.integers(n_groups, size=(n_draws, n_groups))
    cell = drawn_groups + n_groups * np.arange(n_draws)[:, None]
    drawn = np.bincount(cell.ravel(), minlength=n_draws * n_groups).reshape(n_draws, n_groups)
    return np.asarray(drawn[:, place], dtype=float)


def interval(drawn: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the lower and the upper end of the middle 95 % of the repetitions, along the first axis.

    Repetitions in which a value does not exist (a class that was not drawn) are left out; where it exists
    in none, the ends are NaN.
    """
    exists = ~np.isnan(drawn).all(axis=0)
    filled = np.where(exists, drawn, 0.0)
    low, high = np.nanquantile(filled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return np.where(exists, low, np.nan), np.where(exists, high, np.nan)
