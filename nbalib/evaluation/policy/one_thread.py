"""Linear algebra on one thread: threads would spend more time waiting for each other than on small matrices.

In: nothing. Out: a context in which NumPy calculates on one thread; the results are the same.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def one_thread() -> Iterator[None]:
    """Calculate on one thread inside this context."""
    with _controller().limit(limits=1):
        yield


@cache
def _controller() -> ThreadpoolController:
    """Find the libraries that have threads once, since that takes longer than many a calculation."""
    return ThreadpoolController()
