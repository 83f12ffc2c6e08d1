"""The digest of a table: what two stores must agree on.

In: a table of `schema`, as a relation in DuckDB (its own, or another store's through Arrow).
Out: `COUNT-HEX32`, the same for the same rows in any order and any store.

Every value has one canonical text: text and JSON as they are; integers in decimal; floats as the
shortest decimal that reads back the same, with 0.0 for -0.0; booleans `true` or `false`; instants as
whole microseconds since 1970 UTC. A row is written as its values in the order of the table's columns,
each as ``BYTES:TEXT;``, where BYTES is the length in UTF-8, and a null as ``n;``: no two rows share
a writing. A row's hash is the MD5 of that, read as a little-endian number; its upper and its lower
64 bits are summed apart, modulo 2**64. Columns that tell of the loading are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from nbalib.stores.duckdb_session import set_up

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from nbalib.schema import Column, Kind, Table

_CANONICAL: dict[Kind, str] = {
    "string": "{name}",
    "json": "{name}",
    "int": "CAST({name} AS VARCHAR)",
    "float": "CAST({name} + 0.0 AS VARCHAR)",
    "bool": "CAST({name} AS VARCHAR)",
    "timestamp": "CAST(epoch_us({name}) AS VARCHAR)",
}


def canonical_row(columns: Iterable[Column]) -> str:
    """Give the SQL expression that writes the row's `columns` unambiguously."""
    return " || ".join(_canonical_value(column) for column in columns)


def digest(connection: duckdb.DuckDBPyConnection, relation: str, table: Table) -> str:
    """Compute the digest of `relation`, which has the columns of `table`.

    Returns
    -------
    str
        Number of rows, a hyphen, 32 hexadecimal digits; independent of the rows' order.
    """
    kept = [column for column in table.columns if not column.load]
    [(count, upper, lower)] = connection.execute(
        f"""
        WITH hashes AS (SELECT md5_number({canonical_row(kept)}) AS hash FROM {relation})
        SELECT count(*),
               coalesce(sum(CAST(hash >> 64 AS HUGEINT)) % 18446744073709551616, 0),
               coalesce(sum(CAST(hash & 18446744073709551615 AS HUGEINT)) % 18446744073709551616, 0)
        FROM hashes
        """
    ).fetchall()
    return f"{count}-{int(upper):016x}{int(lower):016x}"


def digest_of(rows: pa.RecordBatchReader, table: Table) -> str:
    """Compute the digest of rows that come from elsewhere, with at least the columns that it covers."""
    with duckdb.connect() as connection:
        set_up(connection)
        connection.register("rows", rows)
        return digest(connection, "rows", table)


def _canonical_value(column: Column) -> str:
    text = _CANONICAL[column.kind].format(name=column.name)
    written = f"strlen({text}) || ':' || {text} || ';'"
    return f"CASE WHEN {column.name} IS NULL THEN 'n;' ELSE {written} END" if column.nullable else written
