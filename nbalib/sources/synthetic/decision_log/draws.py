"""Columns of chance that are the same on every machine.

In: a seed. Out: arrays drawn from one stream of numbers in [0, 1). Only the generator's raw numbers are
used; whatever is computed from them is rounded, so that no last digit depends on the platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

DIGITS = 4


class Draws:
    """Columns of `n` rows each, drawn one after the other."""

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self._generator = np.random.Generator(np.random.PCG64(seed))

    def unit(self) -> NDArray[np.float64]:
        """Draw numbers in [0, 1)."""
        return self._generator.random(self.n)

    def chance(self, share: float | NDArray[np.float64]) -> NDArray[np.bool_]:
        """Draw yes in `share` of the rows; each row may have a share of its own."""
        return self.unit() < share

    def pick(self, shares: Mapping[str | None, float]) -> NDArray[np.object_]:
        """Draw one of the names a row, each in its share; the shares add up to 1."""
        bounds = np.cumsum(list(shares.values()))[:-1]
        names = np.array([*shares, None], dtype=object)[:-1]  # the last keeps the array one of objects
        picked: NDArray[np.object_] = names[np.searchsorted(bounds, self.unit(), side="right")]
        return picked

    def count(self, shares: tuple[float, ...], first: int = 0) -> NDArray[np.int64]:
        """Draw whole numbers from `first` on, each in its share."""
        return first + np.searchsorted(np.cumsum(shares)[:-1], self.unit(), side="right").astype(np.int64)

    def along(self, quantiles: tuple[float, ...]) -> NDArray[np.float64]:
        """Draw from the distribution whose evenly spaced quantiles are given, from lowest to highest."""
        return np.interp(self.unit(), np.linspace(0, 1, len(quantiles)), quantiles).round(DIGITS)

    def around_zero(self, sd: float) -> NDArray[np.float64]:
        """Draw evenly from an interval around 0, as wide as the standard deviation asks."""
        drawn: NDArray[np.float64] = ((2 * self.unit() - 1) * (sd * np.sqrt(3))).round(DIGITS)
        return drawn
