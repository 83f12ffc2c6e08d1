"""Rows between Arrow and PostgreSQL, by COPY: no row becomes an object of Python.

In: Arrow batches, written in PostgreSQL's binary form by pgpq. Out: Arrow batches, read from CSV, in which
a null is nothing and an empty text is ``""``; instants travel as microseconds since 1970.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pgpq
import pyarrow as pa
import pyarrow.csv as pa_csv

from nbalib.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import psycopg

    from nbalib.schema import Table

    Connection = psycopg.Connection[tuple[Any, ...]]

BATCH_ROWS = 20_000
READ_BYTES = 1 << 24
"""A row is not longer than this."""

_INSTANT = pa.timestamp("us", tz="UTC")


def copy_in(connection: Connection, target: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
    """Write `batches` of `schema` into the table `target`. Give how many rows."""
    names, count = ", ".join(schema.names), 0
    encoder = pgpq.ArrowToPostgresBinaryEncoder(schema)
    with connection.cursor().copy(f"COPY {target} ({names}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(encoder.write_header())
        for batch in batches:
            for begin in range(0, batch.num_rows, BATCH_ROWS):
                copy.write(encoder.write_batch(batch.slice(begin, BATCH_ROWS)))
            count += batch.num_rows
        copy.write(encoder.finish())
    return count


def selected(table: Table, columns: Sequence[str], alias: str = "") -> str:
    """Write columns of `table` as `copy_out` reads them."""
    kinds = {column.name: column.kind for column in table.columns}
    named = [(name, f"{alias}.{name}" if alias else name) for name in columns]
    return ", ".join(
        f"(extract(epoch FROM {place}) * 1000000)::bigint AS {name}" if kinds[name] == "timestamp" else place
        for name, place in named
    )


def copy_out(
    connection: Connection, query: str, schema: pa.Schema, values: Sequence[object] = ()
) -> Iterator[pa.RecordBatch]:
    """Give what `query` selects: the columns of `schema`, with instants as `selected` writes them."""
    plain = pa.schema([pa.field(f.name, pa.int64() if f.type == _INSTANT else f.type) for f in schema])
    with connection.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", values or None) as copy:
        pieces = io.BufferedReader(_Pieces(iter(copy)), READ_BYTES)
        if not pieces.peek(1):
            return
        reader = pa_csv.open_csv(
            pieces,
            pa_csv.ReadOptions(column_names=schema.names, block_size=READ_BYTES),
            pa_csv.ParseOptions(newlines_in_values=True),
            pa_csv.ConvertOptions(
                column_types=plain,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
            ),
        )
        try:
            for batch in reader:
                yield batch.cast(schema)
        except pa.ArrowInvalid as error:
            raise StoreError(f"a row of more than {READ_BYTES >> 20} MB cannot be read: {error}") from error


class _Pieces(io.RawIOBase):
    """What comes in pieces of any length, read as one stream of bytes."""

    def __init__(self, pieces: Iterator[bytes | bytearray | memoryview]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill what can be filled of `buffer`; 0 at the end."""
        wanted, filled = memoryview(buffer).cast("B"), 0
        while filled < len(wanted):
            if not self._left and not self._next():
                break
            length = min(len(self._left), len(wanted) - filled)
            wanted[filled : filled + length] = self._left[:length]
            self._left = self._left[length:]
            filled += length
        return filled

    def _next(self) -> bool:
        self._left = memoryview(next(self._pieces, b""))
        return len(self._left) > 0
