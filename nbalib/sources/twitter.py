"""Twitter's dumps: one row a tweet, as in Kaggle's "Customer Support on Twitter" (twcs).

In: an open file with the columns `tweets.COLUMNS` in any order. Out: `Batch`es in the tables' words.
A column `edited_at` is read when it is there; other columns are not read.
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from nbalib.errors import SchemaError, nearest
from nbalib.sources.ahead import ahead
from nbalib.sources.csv_cells import CsvRows
from nbalib.sources.instants import EPOCH
from nbalib.sources.parquet_cells import ParquetRows
from nbalib.sources.records import CELL
from nbalib.sources.tweets import COLUMNS, EDITED_AT, PLATFORM, read_tweets

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from nbalib.sources.batches import Batch
    from nbalib.sources.cells import Cells
    from nbalib.sources.files import OpenFile

_BEGINNING = ("tweet_id", "inbound")
_CELL_PATTERNS = {
    "tweet_id": rb'[ \t]*(?:\d+(?:\.0)?|"[\d.,]+")[ \t]*',
    "inbound": rb'[ \t]*"?(?i:true|false)"?[ \t]*',
    "created_at": rb'"?[^",\n]*"?',
    "author_id": rb'"?[^",\n]*"?',
}


class TwitterSource:
    """The source `twitter`."""

    name = PLATFORM

    def batches(self, file: OpenFile, *, now: datetime) -> Generator[Batch, None, None]:
        """Read `file`; rows dated after `now` are rejected.

        Raises
        ------
        SchemaError
            Columns are missing; they are named, with what was found.
        SourceError
            The file cannot be read to its end.
        """
        latest = (now - EPOCH) // timedelta(microseconds=1)
        with closing(ahead(rows_of(file))) as stretches:
            for cells in stretches:
                yield read_tweets(cells, latest)

    def check(self, file: OpenFile) -> None:
        """Read the header only, and raise what `batches` would raise for it."""
        rows_of(file)


def rows_of(file: OpenFile) -> Iterator[Cells]:
    """Check the header of `file`, and give its rows."""
    if file.is_parquet:
        parquet = ParquetRows(file)
        check_columns(parquet.header, file.name)
        return parquet.stretches()
    rows = CsvRows(file)
    check_columns(rows.header, file.name)
    return rows.stretches(record_start(rows.header))


def check_columns(header: tuple[str, ...], name: str) -> None:
    """Refuse a header without all of `COLUMNS`, or with one of them twice.

    Raises
    ------
    SchemaError
        Names the file, the columns, what was found, and the nearest names.
    """
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        meant = "".join(f"\n  {column!r}{nearest(column, set(header))}" for column in missing)
        raise SchemaError(f"{name} lacks the columns {missing}; it has {list(header)}{meant}")
    twice = [column for column in (*COLUMNS, EDITED_AT) if header.count(column) > 1]
    if twice:
        raise SchemaError(f"{name} has the columns {twice} more than once; it has {list(header)}")


def record_start(header: tuple[str, ...]) -> bytes:
    """Give the pattern of a record up to where both its id and its direction have been seen."""
    until = max(header.index(column) for column in _BEGINNING)
    return b",".join(_CELL_PATTERNS.get(column, CELL) for column in header[: until + 1])
