"""The kinds of model: a logistic one in plain NumPy, and boosted trees (see `trees`).

In: a matrix as `Encoding` makes it, outcomes. Out: for each row the log odds of being resolved, before they
are calibrated. Both know null and unknown as NaN.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from nbalib.resolution.trees import Trees, fit_trees

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

Kind = Literal["logistic", "trees"]


SHRINKAGE = 1.0


@dataclass(frozen=True)
class Logistic:
    """Log odds that are a sum over columns.

    A number counts by its signed logarithm, standardised, a missing one by a weight of its own; a level by
    the weight of the level, the last one for none. `weights` and `absent` are of shape (n_numbers,).
    """

    numbers: NDArray[np.int64]
    texts: NDArray[np.int64]
    means: Floats
    scales: Floats
    weights: Floats
    absent: Floats
    tables: tuple[Floats, ...]
    intercept: float

    def log_odds(self, matrix: Floats) -> Floats:
        """Give the log odds of each row; shape (n,)."""
        scaled, absent = _scaled(matrix[:, self.numbers], self.means, self.scales)
        found: Floats = self.intercept + scaled @ self.weights + absent @ self.absent
        for place, table in zip(self.texts, self.tables, strict=True):
            found = found + table[_levels(matrix[:, place], len(table) - 1)]
        return found


Model = Logistic | Trees


def fit(kind: Kind, matrix: Floats, y: Truths, texts: Sequence[int], n_levels: Sequence[int]) -> Model:
    """Fit a model.

    Parameters
    ----------
    matrix : array, shape (n, n_columns)
        As `Encoding.matrix` gives it.
    y : array of bool, shape (n,)
        Both values occur.
    texts, n_levels : sequence of int
        Places of the columns that hold levels, and how many levels each has.
    """
    if kind == "logistic":
        return _fit_logistic(matrix, y, texts, n_levels)
    return fit_trees(matrix, y)


def _fit_logistic(matrix: Floats, y: Truths, texts: Sequence[int], n_levels: Sequence[int]) -> Logistic:
    # scikit-learn takes a second to import, and is needed for fitting alone.
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    numbers = np.array([p for p in range(matrix.shape[1]) if p not in set(texts)], dtype=np.int64)
    logged = _logged(matrix[:, numbers])
    means, scales = _moments(logged)
    scaled, absent = _scaled(matrix[:, numbers], means, scales)
    tables = [np.eye(n + 1)[_levels(matrix[:, place], n)] for place, n in zip(texts, n_levels, strict=True)]
    design = np.hstack([scaled, absent, *tables])
    solver = LogisticRegression(C=1 / SHRINKAGE, max_iter=300)
    with warnings.catch_warnings():
        # The last digits of weights do not matter; calibration follows.
        warnings.simplefilter("ignore", ConvergenceWarning)
        solver.fit(design, y)
    weights = solver.coef_[0]
    n = len(numbers)
    ends = np.cumsum([count + 1 for count in n_levels])[:-1]
    parts = tuple(np.split(weights[2 * n :], ends)) if len(texts) else ()
    return Logistic(
        numbers=numbers,
        texts=np.array(texts, dtype=np.int64),
        means=means,
        scales=scales,
        weights=weights[:n],
        absent=weights[n : 2 * n],
        tables=parts,
        intercept=float(solver.intercept_[0]),
    )


def _logged(numbers: Floats) -> Floats:
    logged: Floats = np.sign(numbers) * np.log1p(np.abs(numbers))
    return logged


def _moments(logged: Floats) -> tuple[Floats, Floats]:
    """Give mean and spread of each column, of what is known in it; 0 and 1 where nothing varies."""
    known = ~np.isnan(logged)
    count = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, logged, 0.0)
    means = filled.sum(axis=0) / count
    spread = np.sqrt((np.where(known, logged - means, 0.0) ** 2).sum(axis=0) / count)
    return means, np.where(spread > 0, spread, 1.0)


def _scaled(numbers: Floats, means: Floats, scales: Floats) -> tuple[Floats, Floats]:
    """Standardise numbers, a missing one as the mean; tell also which are missing."""
    absent = np.isnan(numbers)
    return np.where(absent, 0.0, (_logged(numbers) - means) / scales), absent.astype(float)


def _levels(column: Floats, n_levels: int) -> NDArray[np.int64]:
    """Give each row's level; `n_levels` for none."""
    return np.where(np.isnan(column), n_levels, column).astype(np.int64)
