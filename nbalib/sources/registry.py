"""The sources there are, by name.

In: a name. Out: the `Source` of that name. A new platform is one module and one line at the foot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from nbalib.errors import SourceError, nearest
from nbalib.sources.twitter import TwitterSource

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from nbalib.sources.batches import Batch
    from nbalib.sources.files import OpenFile


class Source(Protocol):
    """Reads one platform's files; pure: what it gives depends on the file and `now` alone."""

    name: str

    def check(self, file: OpenFile) -> None:
        """Raise what is wrong with the file as a whole, before its rows are read."""

    def batches(self, file: OpenFile, *, now: datetime) -> Generator[Batch, None, None]:
        """Give the file's rows in its order; those dated after `now` are rejected."""


def source_named(name: str) -> Source:
    """Find a source.

    Raises
    ------
    SourceError
        There is none of that name; the nearest is named.
    """
    if name not in SOURCES:
        raise SourceError(f"there is no source {name!r}{nearest(name, SOURCES)}")
    return SOURCES[name]


SOURCES: dict[str, Source] = {source.name: source for source in (TwitterSource(),)}
