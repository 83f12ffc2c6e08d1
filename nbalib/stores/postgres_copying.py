"""Rows between Arrow and PostgreSQL, by COPY: no row becomes an object of Python.

In: Arrow batches, written in PostgreSQL's binary form by pgpq. Out: Arrow batches, read from CSV, in which
a null is nothing and an empty text is ``""``; instants travel as microseconds since 1970.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgpq
import pyarrow as pa
import pyarrow.csv as pa_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import psycopg

    from nbalib.schema import Table

    Connection = psycopg.Connection[tuple[Any, ...]]

BATCH_ROWS = 20_000
READ_BYTES = 1 << 23

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
        for lines in _gathered(copy):
            yield from _read(lines, plain).cast(schema).to_batches()


def _gathered(rows: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """Put rows together, as many as make up some megabytes; the server sends each as a piece of its own."""
    held: list[bytes | bytearray | memoryview] = []
    n_bytes = 0
    for row in rows:
        held.append(row)
        n_bytes += len(row)
        if n_bytes >= READ_BYTES:
            yield b"".join(held)
            held, n_bytes = [], 0
    if held:
        yield b"".join(held)


def _read(lines: bytes, plain: pa.Schema) -> pa.Table:
    return pa_csv.read_csv(
        pa.BufferReader(lines),
        pa_csv.ReadOptions(column_names=plain.names, block_size=len(lines) + 1),
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
