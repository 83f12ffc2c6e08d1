"""Do the same to several things at once, while the caller goes on with what is done.

In: a function that lets go of Python's lock for most of its time (Arrow and NumPy do), and things one by one.
Out: its results, in the order of the things.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def side_by_side(function: Callable[[Thing], Made], things: Iterable[Thing]) -> Iterator[Made]:
    """Apply `function` to things, as many at once as there are processors; few are held at a time.

    A single thing, such as one customer's rows, is not worth a thread.
    """
    things = iter(things)
    begun = list(islice(things, 2))
    if len(begun) < 2:
        yield from map(function, begun)
        return
    coming: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(pa.cpu_count()) as threads:
        for thing in chain(begun, things):
            coming.append(threads.submit(function, thing))
            if len(coming) > pa.cpu_count():
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
