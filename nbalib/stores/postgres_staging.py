"""Parts of a parallel load, kept aside in PostgreSQL until they are taken over.

In: Arrow rows, from any process. Out: the table `nba_staged_TABLE_LOAD`, which no server crash need spare
(it is not logged), and whose parts are numbered, so that a part that came twice counts once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.errors import ParameterError
from nbalib.schema import TABLES
from nbalib.stores.postgres_copying import copy_in, selected

if TYPE_CHECKING:
    from nbalib.schema import Table
    from nbalib.stores.postgres_copying import Connection

_LOAD_ID = re.compile(r"[a-z0-9_]{1,32}")
_PART = pa.field("nba_part", pa.int64(), nullable=False)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"


def make_stage(connection: Connection, table: Table, load_id: str) -> None:
    """Make the table of a load, unless another process has."""
    name = _name(table.name, load_id)
    connection.execute(_LOCK, [name, -1])
    connection.execute(
        f"CREATE UNLOGGED TABLE IF NOT EXISTS {name} (LIKE {table.name}, {_PART.name} bigint NOT NULL)"
    )
    connection.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")  # for its owner's eyes alone


def stage(connection: Connection, table: Table, load_id: str, part: int, rows: pa.RecordBatchReader) -> int:
    """Put one part in the place of its former self, whoever else stages it now. Give how many rows."""
    name = _name(table.name, load_id)
    connection.execute(_LOCK, [name, part])
    connection.execute(f"DELETE FROM {name} WHERE {_PART.name} = %s", [part])
    numbered = (
        batch.append_column(_PART, pa.repeat(pa.scalar(part, pa.int64()), batch.num_rows)) for batch in rows
    )
    return copy_in(connection, name, numbered, table.arrow.append(_PART))


def staged(table: Table, load_id: str) -> str:
    """Write the query that selects all parts, as `copy_out` reads it."""
    return f"SELECT {selected(table, table.names)} FROM {_name(table.name, load_id)}"


def add_staged(connection: Connection, table: Table, load_id: str) -> int:
    """Add all parts to the table. Give how many rows."""
    names = ", ".join(table.names)
    return connection.execute(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_name(table.name, load_id)}"
    ).rowcount


def drop_staged(connection: Connection, load_id: str) -> None:
    """Drop what was staged under `load_id`, of all tables."""
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {_name(table, load_id)}")


def _name(table: str, load_id: str) -> str:
    if not _LOAD_ID.fullmatch(load_id):
        raise ParameterError(f"a load is named by up to 32 small letters, digits and _, not {load_id!r}")
    return f"nba_staged_{table}_{load_id}"
