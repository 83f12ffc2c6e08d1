"""Reduce runs of neighbouring rows to one value each: the arithmetic behind turns and states.

In: rows sorted so that those of one group are neighbours, and where each group begins. Out: one value
a group.
Each reduction is one pass over an array, a million groups as well as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

NONE = -1
"""Stands for the position of a row that there is not."""

_BEYOND = np.iinfo(np.int64).max


class Segments:
    """Groups of neighbouring rows.

    Parameters
    ----------
    key : array of int64, shape (n_rows,)
        Equal for the rows of a group, which are neighbours.
    """

    def __init__(self, key: Integers) -> None:
        self.n_rows = len(key)
        self.begins = np.ones(self.n_rows, dtype=bool)
        self.begins[1:] = key[1:] != key[:-1]
        self.starts = np.flatnonzero(self.begins)
        self.of_row = np.cumsum(self.begins) - 1
        self._here = np.arange(self.n_rows, dtype=np.int64)

    @property
    def place(self) -> Integers:
        """Each row's place in its group, from 0."""
        return self._here - self.starts[self.of_row] if self.n_rows else self._here

    def __len__(self) -> int:
        return len(self.starts)

    def last(self, where: Truths) -> Integers:
        """Position of each group's last row where `where` holds; `NONE` if there is none."""
        return self._reduced(np.maximum, np.where(where, self._here, NONE))

    def first(self, where: Truths) -> Integers:
        """Position of each group's first row where `where` holds; `NONE` if there is none."""
        found = self._reduced(np.minimum, np.where(where, self._here, _BEYOND))
        return np.where(found == _BEYOND, NONE, found)

    def count(self, where: Truths) -> Integers:
        """Rows of each group where `where` holds."""
        return self._reduced(np.add, where.astype(np.int64))

    def total(self, values: Integers) -> Integers:
        """Sum of each group's values."""
        return self._reduced(np.add, values)

    def union(self, flags: Integers) -> Integers:
        """All bits that are set in any row of each group."""
        return self._reduced(np.bitwise_or, flags)

    def before(self, values: NDArray[np.generic], outside: object) -> NDArray[np.generic]:
        """Each row's predecessor within its group; `outside` for the first."""
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.starts] = outside
        return shifted

    def running(self, values: Integers) -> Integers:
        """Sum of each group's values up to and including each row."""
        whole = np.cumsum(values)
        ahead = np.where(self.starts > 0, whole[self.starts - 1], 0) if len(self) else self.starts
        return whole - ahead[self.of_row] if self.n_rows else whole

    def latest(self, where: Truths) -> Integers:
        """Position of the last row so far where `where` holds, for each row; `NONE` if there was none."""
        seen = np.maximum.accumulate(np.where(where, self._here, NONE))
        return np.where(seen >= self.starts[self.of_row], seen, NONE) if self.n_rows else seen

    def _reduced(self, by: np.ufunc, values: Integers) -> Integers:
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        reduced: Integers = by.reduceat(values, self.starts)
        return reduced
