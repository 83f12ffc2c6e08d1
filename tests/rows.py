"""Rows for tests of stores, with as little said as each test needs.

In: a table's name and some cells. Out: Arrow tables in the layout of `schema`.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from nbalib.schema import TABLES, Column

AT = datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)
PLAIN = {"string": "word", "json": "{}", "int": 7, "float": 0.5, "bool": True, "timestamp": AT}
"""What stands in a cell of which a test says nothing."""


def row(table: str, **cells: Any) -> dict[str, Any]:
    """Give one row: the cells given, null where that may be, else plain ones."""
    return {column.name: cells.get(column.name, _plain(column)) for column in TABLES[table].columns}


def rows(table: str, *given: dict[str, Any]) -> pa.Table:
    """Lay rows out as a table of the schema."""
    return pa.Table.from_pylist(list(given), schema=TABLES[table].arrow)


def contact(contact_id: str, **cells: Any) -> dict[str, Any]:
    """Give one row of `contacts`."""
    return row("contacts", contact_id=contact_id, **cells)


def message(external_id: str, author: str = "9", **cells: Any) -> dict[str, Any]:
    """Give one row of `interactions`: a tweet of a customer."""
    known = {"interaction_id": f"twitter:{external_id}", "external_id": external_id}
    by = {"platform_type": "twitter", "participant_external_id": author, "author_role": "customer"}
    return row("interactions", **{**known, **by, "interaction_timestamp": AT, **cells})


def turn(external_id: str, customer: str, **cells: Any) -> dict[str, Any]:
    """Give one row of `turns`: a message in a conversation of a customer."""
    of = {"customer_id": f"twitter:{customer}", "conversation_id": f"twitter:1:{customer}"}
    return row(
        "turns", **{**of, "interaction_id": f"twitter:{external_id}", "platform_type": "twitter", **cells}
    )


def as_set(table: pa.Table) -> set[tuple[Any, ...]]:
    """Give the rows without their order; floats are told apart to the last bit."""
    return {
        tuple(cell.hex() if isinstance(cell, float) else cell for cell in one.values())
        for one in table.to_pylist()
    }


def written_digest(rows: list[list[str | None]]) -> str:
    """Compute the digest as `stores/digest.py` describes it, by hand."""
    upper = lower = 0
    for row in rows:
        written = "".join("n;" if one is None else f"{len(one.encode())}:{one};" for one in row)
        hashed = int.from_bytes(hashlib.md5(written.encode()).digest(), "little")
        upper += hashed >> 64
        lower += hashed & (2**64 - 1)
    return f"{len(rows)}-{upper % 2**64:016x}{lower % 2**64:016x}"


def _plain(column: Column) -> Any:
    return None if column.nullable else PLAIN[column.kind]
