"""Count what happened until an instant, group by group.

In: events and instants in microseconds, each of a group. Out: how many events of its group each instant has
seen. Every count is a binary search, for a million instants as for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Events:
    """Events, each of a group (a whole number) and at an instant; both of shape (n_events,)."""

    group: Integers
    at: Integers

    def until(self, group: Integers, instants: Integers) -> Integers:
        """Count the events of `group` that are not later than `instants`; both of shape (n,)."""
        begins = group.astype(np.int64) * self._width
        reached = begins + np.searchsorted(self._known, instants, side="right")
        return np.searchsorted(self._keys, reached) - np.searchsorted(self._keys, begins)

    @cached_property
    def _known(self) -> Integers:
        """The instants of events."""
        return np.unique(self.at)

    @property
    def _width(self) -> int:
        return len(self._known) + 1

    @cached_property
    def _keys(self) -> Integers:
        """Group and place of the instant of each event as one number, in order."""
        return np.sort(self.group.astype(np.int64) * self._width + np.searchsorted(self._known, self.at))


def micros(instants: pa.ChunkedArray) -> Integers:
    """Give instants as microseconds since 1970; none may be null."""
    return np.asarray(instants.cast(pa.int64()))
