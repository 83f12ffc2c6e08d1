"""Chance that is the same on every machine: draws from one seeded stream of numbers in [0, 1).

In: a seed. Out: picks, weighted picks and values along a table of quantiles. Only the generator's raw
numbers are used, and no function whose last digit depends on the platform.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCK = 1 << 16

T = TypeVar("T")


class Dice:
    """One stream of chance; `unit()` is its next number in [0, 1)."""

    def __init__(self, seed: int) -> None:
        self.unit = _numbers(np.random.Generator(np.random.PCG64(seed))).__next__

    def pick(self, options: Sequence[T]) -> T:
        """Take one of `options`, each as likely as the others."""
        return options[int(self.unit() * len(options))]

    def chance(self, share: float) -> bool:
        """Say yes in `share` of cases."""
        return self.unit() < share

    def between(self, low: int, high: int) -> int:
        """Take a whole number from `low` to `high`, both included."""
        return low + int(self.unit() * (high - low + 1))

    def along(self, quantiles: Quantiles) -> int:
        """Take a value of the distribution whose quantiles are given, rounded down."""
        shares, values = quantiles
        unit = self.unit()
        place = bisect_right(shares, unit)
        low, high = values[place - 1], values[place]
        return int(low + (high - low) * (unit - shares[place - 1]) / (shares[place] - shares[place - 1]))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Give `items` in any order."""
        left = list(items)
        return [left.pop(int(self.unit() * len(left))) for _ in range(len(left))]


Quantiles = tuple[tuple[float, ...], tuple[float, ...]]
"""Rising shares from 0 to 1, and the value at each."""


class Weighted(Generic[T]):
    """Options of which some are drawn more often than others."""

    def __init__(self, options: Sequence[T], weights: Sequence[float]) -> None:
        if not options or len(options) != len(weights):
            raise ValueError(f"{len(options)} options with {len(weights)} weights cannot be drawn from")
        self.options = tuple(options)
        self.bounds = tuple(accumulate(weights))

    def draw(self, dice: Dice) -> T:
        """Take one option."""
        return self.options[bisect_right(self.bounds, dice.unit() * self.bounds[-1])]


def _numbers(generator: np.random.Generator) -> Iterator[float]:
    while True:
        yield from generator.random(BLOCK).tolist()
