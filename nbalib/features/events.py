"""Count what happened until an instant, group by group.

In: events and instants in microseconds, each of a group. Out: how many events of its group each instant has
seen. Every count is a binary search, for a million instants as for one.
"""

from __future__ import annotations

from dataclasses import dataclass
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
        known = np.unique(self.at)
        width = len(known) + 1
        keys = np.sort(self.group.astype(np.int64) * width + np.searchsorted(known, self.at))
        begins = group.astype(np.int64) * width
        reached = begins + np.searchsorted(known, instants, side="right")
        return np.searchsorted(keys, reached) - np.searchsorted(keys, begins)


def micros(instants: pa.ChunkedArray) -> Integers:
    """Give instants as microseconds since 1970; none may be null."""
    return np.asarray(instants.cast(pa.int64()))
