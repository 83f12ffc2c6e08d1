"""Work ahead: make the next items in a second thread while the caller is busy with this one.

In: an iterator. Out: the same items in the same order, and the error that ended it, if one did.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Future

Item = TypeVar("Item")


def ahead(items: Iterator[Item], depth: int = 3) -> Generator[Item, None, None]:
    """Iterate over `items`, at most `depth` of them made in advance.

    The thread ends when the iteration does, also when it is closed early.
    """
    over = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="nbalib-ahead") as pool:
        coming: deque[Future[Item | object]] = deque(pool.submit(next, items, over) for _ in range(depth))
        try:
            while (item := coming.popleft().result()) is not over:
                coming.append(pool.submit(next, items, over))
                yield item  # type: ignore[misc]
        finally:
            for one in coming:
                one.cancel()
