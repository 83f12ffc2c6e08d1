"""Ask again when a store is away: with growing pauses, up to a bound.

In: something to do, as a function of the number of tries before. Out: what it gives. Times are seconds.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from nbalib.errors import StoreAwayError

if TYPE_CHECKING:
    from collections.abc import Callable

Done = TypeVar("Done")

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0


def retried(work: Callable[[int], Done], patience: float) -> Done:
    """Do `work`, again while it raises `StoreAwayError`, until `patience` seconds have passed.

    Parameters
    ----------
    work : callable
        Gets the number of tries before this one. Whatever it left when it failed, it must be able to
        begin anew.

    Raises
    ------
    StoreAwayError
        The last one, with the number of tries.
    """
    begun, tries = time.monotonic(), 0
    while True:
        try:
            return work(tries)
        except StoreAwayError as error:
            pause = min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311  not a secret
            tries += 1
            if time.monotonic() - begun + pause > patience:
                raise StoreAwayError(f"{error} (tried {tries} times in {patience:g} s)") from error
        time.sleep(pause)
