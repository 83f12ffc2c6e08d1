"""What every source hands over: rows in the tables' words, and what could not be made into one.

In: nothing. Out: `Batch` and the layouts of its two tables. Row numbers count from 1 for the first row
after the header; blank rows and damaged ones have numbers too.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

INSTANT = pa.timestamp("us", tz="UTC")

ROWS = pa.schema(
    [
        pa.field("external_id", pa.string(), nullable=False),
        pa.field("platform_type", pa.string(), nullable=False),
        pa.field("participant_external_id", pa.string(), nullable=False),
        pa.field("platform_role", pa.string(), nullable=False),
        pa.field("content_text", pa.string(), nullable=False),
        pa.field("content_metadata", pa.string()),
        pa.field("interaction_timestamp", INSTANT, nullable=False),
        pa.field("parent_external_id", pa.string()),
        pa.field("interaction_type", pa.string(), nullable=False),
        pa.field("platform_metadata", pa.string()),
        pa.field("edited_at", INSTANT),
        pa.field("row_number", pa.int64(), nullable=False),
    ]
)
"""A source's rows: the columns of `interactions` that a source knows, and the row's number."""

REJECTED = pa.schema(
    [
        pa.field("row_number", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
        pa.field("raw", pa.string(), nullable=False),
    ]
)

MAX_DETAIL = 200
MAX_RAW = 100_000


@dataclass(frozen=True)
class Rejection:
    """One row that could not be read: why, the value at fault, and the row as it came."""

    row_number: int
    reason: str
    detail: str
    raw: str


@dataclass(frozen=True)
class Batch:
    """A stretch of one file.

    ``n_read == rows.num_rows + rejected.num_rows + n_blank``.

    Attributes
    ----------
    rows, rejected : pa.Table
        In the layouts `ROWS` and `REJECTED`.
    n_read, n_blank : int
        Rows read, and of them those without any content.
    bytes_done : int
        Bytes of the file (as it lies on disk) that were read so far.
    """

    rows: pa.Table
    rejected: pa.Table
    n_read: int
    n_blank: int
    bytes_done: int


def rejected_table(rejections: Iterable[Rejection]) -> pa.Table:
    """Lay rejections out in the layout `REJECTED`, cut to the lengths that are kept."""
    found = list(rejections)
    return pa.table(
        {
            "row_number": pa.array([one.row_number for one in found], pa.int64()),
            "reason": pa.array([one.reason for one in found], pa.string()),
            "detail": pa.array([shown(one.detail, MAX_DETAIL) for one in found], pa.string()),
            "raw": pa.array([shown(one.raw, MAX_RAW) for one in found], pa.string()),
        },
        schema=REJECTED,
    )


def shown(text: str, length: int) -> str:
    """Cut `text` to `length` characters, and write NUL, which no store keeps, as U+2400."""
    return text[:length].replace("\0", "\u2400")


def as_csv(cells: Iterable[str | None]) -> str:
    """Write cells as one CSV row, without a line end."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(cells)
    return written.getvalue()
