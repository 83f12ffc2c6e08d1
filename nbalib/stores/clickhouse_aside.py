"""Put rows together where nobody reads them: large appends, and the parts of a parallel load.

In: rows. Out: a table beside the store's, of the same layout, which one statement moves in. What a process
leaves that was killed meanwhile is never read.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

from nbalib.schema import table_named
from nbalib.stores.clickhouse_blocks import blocks, versioned
from nbalib.stores.clickhouse_layout import tables_like
from nbalib.stores.clickhouse_staging import move, next_version

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from nbalib.stores.clickhouse_client import ClickHouseClient

PREFIX = "aside_"


def append_whole(client: ClickHouseClient, table: str, rows: pa.Table) -> None:
    """Add rows to a table, all of them or none: one block is one insert, more are moved in together."""
    parts = list(blocks(table_named(table), [rows]))
    if not parts:
        return
    version, name = next_version(client, table), f"{PREFIX}{uuid.uuid4().hex}"
    if len(parts) == 1:
        client.insert(table, versioned(parts[0], version), name)
        return
    _fill(client, name, table, parts, version)
    move(client, name, table)
    client.run(f"DROP TABLE IF EXISTS {name} SYNC")


def keep_part(
    client: ClickHouseClient, load_id: str, table: str, part: int, rows: pa.RecordBatchReader
) -> int:
    """Keep one part of a parallel load, in the place of its former self. Give how many rows."""
    goal = f"{_prefix(load_id, table)}{part}"
    draft = f"{goal}_{uuid.uuid4().hex}"
    count = _fill(client, draft, table, blocks(table_named(table), rows), next_version(client, table))
    client.run(f"CREATE TABLE IF NOT EXISTS {goal} AS {table}")
    if count:
        client.run(f"ALTER TABLE {goal} REPLACE PARTITION tuple() FROM {draft}")
    else:
        client.run(f"TRUNCATE TABLE {goal}")
    client.run(f"DROP TABLE IF EXISTS {draft} SYNC")
    return count


def names_of_parts(client: ClickHouseClient, load_id: str, table: str) -> list[str]:
    """Name the tables that hold the whole parts of a parallel load."""
    prefix = _prefix(load_id, table)
    return [name for name in tables_like(client, prefix) if name.removeprefix(prefix).isdigit()]


def parts_of(client: ClickHouseClient, load_id: str, table: str) -> pa.RecordBatchReader:
    """Give the rows of all parts of a parallel load."""
    known = table_named(table)
    names = ", ".join(known.names)
    parts = [f"SELECT {names} FROM {part}" for part in names_of_parts(client, load_id, table)]
    return client.stream(" UNION ALL ".join(parts or [f"SELECT {names} FROM {table} WHERE 0"]), known.arrow)


def drop_parts(client: ClickHouseClient, load_id: str) -> None:
    """Forget a parallel load, whole parts and drafts."""
    for name in tables_like(client, _prefix(load_id)):
        client.run(f"DROP TABLE IF EXISTS {name} SYNC")


def _fill(client: ClickHouseClient, name: str, table: str, parts: Iterable[pa.Table], version: int) -> int:
    """Make a table of the layout of another, and fill it. Give how many rows."""
    client.run(f"CREATE TABLE IF NOT EXISTS {name} AS {table}")
    count = 0
    for number, block in enumerate(parts):
        client.insert(name, versioned(block, version), f"{name}-{number}")
        count += block.num_rows
    return count


def _prefix(load_id: str, table: str = "") -> str:
    named = hashlib.sha256(load_id.encode()).hexdigest()[:16]
    return f"{PREFIX}{named}_{table}_" if table else f"{PREFIX}{named}_"
