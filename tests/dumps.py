"""Twitter dumps for tests, cell by cell, so that anything can be wrong with them.

In: a few named cells. Out: rows of text, and files that hold them. Whatever is not named is sound.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADER = (
    "tweet_id",
    "author_id",
    "inbound",
    "created_at",
    "text",
    "response_tweet_id",
    "in_response_to_tweet_id",
)
NOW = datetime(2020, 1, 1, tzinfo=UTC)
WRITTEN = "Tue Oct 31 22:10:47 +0000 2017"
WRITTEN_AT = datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)


def row(
    tweet_id: object,
    text: str = "hello",
    *,
    author: str = "115712",
    inbound: str = "True",
    at: str = WRITTEN,
    answers: str = "",
    parent: str = "",
) -> list[str]:
    """Give one row, in the order of `HEADER`."""
    return [str(tweet_id), author, inbound, at, text, answers, parent]


def dump(
    rows: Sequence[Sequence[str]],
    header: Sequence[str] = HEADER,
    line_end: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> bytes:
    """Write header and rows as CSV."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator=line_end, quoting=quoting)
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue().encode()


def put(path: Path, content: bytes) -> Path:
    """Write a file and give its path back."""
    path.write_bytes(content)
    return path
