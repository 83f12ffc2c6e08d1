"""Boosted trees as plain arrays: grown by scikit-learn, asked in NumPy.

In: a matrix, outcomes. Out: `Trees`, which gives log odds. Growing is gradient boosting over binned columns
(Friedman, 2001; Ke and others, 2017). Asking is QuickScorer (Lucchese and others, 2015): each tree's leaves
are the bits of a word; a column's value says which leaves can still be reached; what all columns leave is the
leaf. It is as fast for one row as for a million, and takes no thread of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbalib.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier

    Floats = NDArray[np.float64]
    Words = NDArray[np.uint16]
    Truths = NDArray[np.bool_]

N_TREES = 60
LEARNING_RATE = 0.1
MOST_LEAVES = 16
"""As many as a word has bits: small trees, for conversations differ in few ways."""
LEAST_LEAF_ROWS = 60
SHRINKAGE = 1.0
ROWS_AT_ONCE = 4_096
"""So many rows are asked at a time, so that their words stay in the processor's cache."""
ALL_LEAVES = np.uint16(0xFFFF)
LOWEST_BIT = np.array([0] + [(word & -word).bit_length() - 1 for word in range(1, 1 << 16)], dtype=np.uint8)
N_CHECKED = 1_000
CLOSE = 1e-8


@dataclass(frozen=True)
class Trees:
    """Trees over numbered columns.

    Attributes
    ----------
    cuts : sequence of array, one a column
        Rising values that the trees compare the column with.
    reachable : sequence of array of uint16, shape (n_cuts + 2, n_trees), one a column
        The leaves that can be reached from each interval between cuts; the last row is for a missing value.
    values : array, shape (n_trees * MOST_LEAVES,)
        What each leaf adds.
    baseline : float
        Log odds before any tree.
    """

    cuts: tuple[Floats, ...]
    reachable: tuple[Words, ...]
    values: Floats
    baseline: float

    def log_odds(self, matrix: Floats) -> Floats:
        """Give the log odds of each row; shape (n,)."""
        parts = [self._asked(matrix[at : at + ROWS_AT_ONCE]) for at in range(0, len(matrix), ROWS_AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _asked(self, matrix: Floats) -> Floats:
        n_trees = len(self.values) // MOST_LEAVES
        leaves = np.full((len(matrix), n_trees), ALL_LEAVES)
        for place, (cuts, reachable) in enumerate(zip(self.cuts, self.reachable, strict=True)):
            if len(cuts):
                column = matrix[:, place]
                interval = np.searchsorted(cuts, column)
                interval[np.isnan(column)] = len(cuts) + 1
                leaves &= reachable[interval]
        found = LOWEST_BIT[leaves] + np.arange(n_trees, dtype=np.int64) * MOST_LEAVES
        return np.asarray(self.baseline + self.values[found].sum(axis=1))


def fit_trees(matrix: Floats, y: Truths) -> Trees:
    """Grow trees.

    Raises
    ------
    ModelError
        The arrays do not say what scikit-learn says: its inside has changed.
    """
    # scikit-learn takes a second to import, and is needed for fitting alone.
    from sklearn.ensemble import HistGradientBoostingClassifier

    grown = HistGradientBoostingClassifier(
        max_iter=N_TREES,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=MOST_LEAVES,
        min_samples_leaf=LEAST_LEAF_ROWS,
        l2_regularization=SHRINKAGE,
        early_stopping=False,
        random_state=0,
    ).fit(matrix, y)
    trees = _as_arrays(grown, matrix.shape[1])
    checked = matrix[:: max(1, len(matrix) // N_CHECKED)]
    if not np.allclose(trees.log_odds(checked), grown.decision_function(checked), atol=CLOSE):
        raise ModelError("the trees of this version of scikit-learn are not read rightly; install another")
    return trees


def _as_arrays(grown: HistGradientBoostingClassifier, n_columns: int) -> Trees:
    """Read scikit-learn's trees, which it keeps as arrays of nodes."""
    trees = [predictors[0].nodes for predictors in grown._predictors]
    cuts = tuple(_cuts(trees, column) for column in range(n_columns))
    reachable = tuple(np.full((len(each) + 2, len(trees)), ALL_LEAVES) for each in cuts)
    values = np.zeros((len(trees), MOST_LEAVES))
    for place, nodes in enumerate(trees):
        bits = _leaf_bits(nodes)
        for number, node in enumerate(nodes):
            if node["is_leaf"]:
                values[place, int(bits[number]).bit_length() - 1] = node["value"]
                continue
            column = int(node["feature_idx"])
            cut = int(np.searchsorted(cuts[column], node["num_threshold"]))
            left, right = bits[node["left"]], bits[node["right"]]
            reachable[column][: cut + 1, place] &= ~right
            reachable[column][cut + 1 : -1, place] &= ~left
            reachable[column][-1, place] &= ~right if node["missing_go_to_left"] else ~left
    return Trees(cuts, reachable, values.ravel(), float(np.ravel(grown._baseline_prediction)[0]))


def _cuts(trees: Sequence[NDArray[np.void]], column: int) -> Floats:
    """Give the values that any tree compares a column with."""
    used = [
        nodes["num_threshold"][(nodes["feature_idx"] == column) & (nodes["is_leaf"] == 0)] for nodes in trees
    ]
    return np.unique(np.concatenate(used)) if used else np.zeros(0)


def _leaf_bits(nodes: NDArray[np.void]) -> Words:
    """Give for each node the leaves below it, as bits numbered from left to right."""
    bits = np.zeros(len(nodes), dtype=np.uint16)
    n_leaves = 0

    def number(node: int) -> None:
        nonlocal n_leaves
        if nodes["is_leaf"][node]:
            bits[node] = np.uint16(1 << n_leaves)
            n_leaves += 1
            return
        left, right = int(nodes["left"][node]), int(nodes["right"][node])
        number(left)
        number(right)
        bits[node] = bits[left] | bits[right]

    number(0)
    return bits
