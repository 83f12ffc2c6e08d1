"""Cut rows into the blocks that ClickHouse is sent.

In: rows in batches of any size. Out: tables of up to `BLOCK_ROWS` rows and about `BLOCK_BYTES`, checked
against their table: each is one insert, and ClickHouse stores a block whole or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbalib.schema import Table

BLOCK_ROWS = 40_000
BLOCK_BYTES = 1 << 26
_MIN_YEAR, _MAX_YEAR = 1900, 2299


def versioned(rows: pa.Table, version: int) -> pa.Table:
    """Add the store's own columns to rows that are to be stored."""
    return rows.append_column("row_version", pa.array([version] * rows.num_rows, pa.uint64())).append_column(
        "is_deleted", pa.array([0] * rows.num_rows, pa.uint8())
    )


def blocks(table: Table, rows: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.Table]:
    """Cut rows into blocks of `BLOCK_ROWS` at most, checked against the table.

    Raises
    ------
    SchemaError
        They do not fit.
    """
    for some in gathered(rows):
        block = table.conform(some)
        _check_instants(table, block)
        yield block


def gathered(rows: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.Table]:
    """Give the same rows in blocks of up to `BLOCK_ROWS` rows and about `BLOCK_BYTES`."""
    waiting: list[pa.RecordBatch] = []
    n_rows = n_bytes = 0
    for batch in _cut(rows):
        if waiting and (n_rows + batch.num_rows > BLOCK_ROWS or n_bytes + batch.nbytes > BLOCK_BYTES):
            yield pa.Table.from_batches(waiting)
            waiting, n_rows, n_bytes = [], 0, 0
        waiting.append(batch)
        n_rows, n_bytes = n_rows + batch.num_rows, n_bytes + batch.nbytes
    if n_rows:
        yield pa.Table.from_batches(waiting)


def _cut(rows: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.RecordBatch]:
    for some in rows:
        n_parts = some.nbytes // BLOCK_BYTES + some.num_rows // BLOCK_ROWS + 1
        step = max(1, some.num_rows // n_parts + 1)
        for start in range(0, some.num_rows, step):
            part = some.slice(start, step)
            yield from part.to_batches() if isinstance(part, pa.Table) else [part]


def _check_instants(table: Table, rows: pa.Table) -> None:
    """Refuse instants that ClickHouse would silently move into the years that it knows."""
    for column in table.columns:
        if column.kind != "timestamp":
            continue
        bounds = pc.min_max(rows[column.name]).as_py()
        for instant in bounds.values():
            if instant is not None and not _MIN_YEAR <= instant.year <= _MAX_YEAR:
                raise SchemaError(
                    f"table {table.name!r}, column {column.name!r}: {instant:%Y-%m-%d} is outside the years "
                    f"{_MIN_YEAR} to {_MAX_YEAR} that ClickHouse keeps"
                )
