"""Bring a ClickHouse database to the layout of `schema`, or say why it cannot be.

In: a connection. Out: the tables of `schema.TABLES` and their version in `schema_version`.

A row is identified by its table's key. Each table is a ReplacingMergeTree: of the rows that share a place in
its sort order, the one with the greatest `row_version` counts, and it counts as gone if it `is_deleted`;
reads under FINAL see just that. The sort order begins with what customers are looked up by. Where it holds
more than the key, a writer that moves a key to another place deletes the row at the former one
(`clickhouse_staging.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.errors import StoreError
from nbalib.schema import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from nbalib.schema import Column, Kind, Table
    from nbalib.stores.clickhouse_client import ClickHouseClient

CLICKHOUSE_TYPES: dict[Kind, str] = {
    "string": "String",
    "json": "String",
    "int": "Int64",
    "float": "Float64",
    "bool": "Bool",
    "timestamp": "DateTime64(6, 'UTC')",
}
OWN_COLUMNS = {"row_version": "UInt64", "is_deleted": "UInt8"}
"""Columns of every table that belong to the store and not to the data."""

_SORTED = {
    "interactions": ("platform_type", "participant_external_id", "external_id"),
    "turns": ("customer_id", "conversation_id", "interaction_id"),
    "conversations": ("customer_id", "conversation_id"),
}
MOVING = frozenset({"interactions"})
"""Tables in which a row's place in the sort order does not follow from its key."""

_INDEX = {"interactions": "INDEX by_external_id external_id TYPE bloom_filter(0.01) GRANULARITY 1"}
_DEDUPLICATED_BLOCKS = 10_000
_ADVICE = "export what you need from it, and ingest again into a new database"


def sort_of(table: Table) -> tuple[str, ...]:
    """Give the columns that a table is sorted by; the key is among them."""
    return _SORTED.get(table.name, table.key)


def type_of(column: Column) -> str:
    """Give the type of a column."""
    named = CLICKHOUSE_TYPES[column.kind]
    return f"Nullable({named})" if column.nullable else named


def enter_database(client: ClickHouseClient, *, read_only: bool) -> None:
    """Use the database, making it if it is absent and may be made.

    Raises
    ------
    StoreError
        It is absent, and `read_only`.
    """
    query = "SELECT 1 FROM system.databases WHERE name = {name:String}"
    if not client.rows(query, name=client.database):
        if read_only:
            raise StoreError(f"there is no store in {client.name}: run nba ingest first")
        client.run(f"CREATE DATABASE IF NOT EXISTS {client.database}")
    client.use_database()


def tables_like(client: ClickHouseClient, prefix: str) -> list[str]:
    """Name the database's tables whose names begin with `prefix`, in order."""
    query = """
        SELECT name FROM system.tables
        WHERE database = {database:String} AND startsWith(name, {prefix:String}) ORDER BY name
    """
    return [str(name) for (name,) in client.rows(query, database=client.database, prefix=prefix)]


def check_layout(client: ClickHouseClient, *, read_only: bool) -> None:
    """Refuse a database of another program or a newer nbalib; else add what is missing.

    Raises
    ------
    StoreError
        It is not ours, is newer, differs by more than additions, or needs additions and is open for
        reading only.
    """
    found = _columns_found(client)
    if found and "schema_version" not in found:
        raise StoreError(f"{client.name} has tables of another program: {', '.join(sorted(found))}")
    version = _version_found(client) if found else 0
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{client.name} has layout {version}, this nbalib knows up to {SCHEMA_VERSION}: update nbalib"
        )
    ours_first = sorted(TABLES.values(), key=lambda table: table.name != "schema_version")
    changes = [change for table in ours_first for change in _changes(client, table, found)]
    if read_only and not found:
        raise StoreError(f"there is no store in {client.name}: run nba ingest first")
    if read_only and changes:
        raise StoreError(
            f"{client.name} has an older layout: run nba ingest or nba process once to update it"
        )
    if not read_only:
        _apply(client, changes, version)


def _apply(client: ClickHouseClient, changes: list[str], version: int) -> None:
    """Make the changes, each of which may have been made before; the version comes last.

    The table `schema_version` comes first: where it stands, the others are ours, however few there are yet.
    """
    for change in changes:
        client.run(change)
    if version < SCHEMA_VERSION:
        row = "(version, created_at, row_version) SELECT {version:Int64}, now64(6), 1"
        client.run(f"INSERT INTO schema_version {row}", version=SCHEMA_VERSION)


def _columns_found(client: ClickHouseClient) -> dict[str, dict[str, str]]:
    """Types of the columns of those tables that have a name of ours."""
    found: dict[str, dict[str, str]] = {}
    query = "SELECT table, name, type FROM system.columns WHERE database = {database:String}"
    for table, column, kind in client.rows(query, database=client.database):
        if table in TABLES:
            found.setdefault(table, {})[column] = kind
    return found


def _version_found(client: ClickHouseClient) -> int:
    [(version,)] = client.rows("SELECT max(version) FROM schema_version")
    return int(version)


def _changes(client: ClickHouseClient, table: Table, found: dict[str, dict[str, str]]) -> list[str]:
    """Statements that bring one table up to date."""
    if table.name not in found:
        return [_ddl(table)]
    have = found[table.name]
    expected = {column.name: type_of(column) for column in table.columns} | OWN_COLUMNS
    missing = [column for column in table.columns if column.name not in have]
    odd = sorted(name for name, kind in have.items() if expected.get(name) != kind)
    required = [column.name for column in missing if not column.nullable]
    if odd or required:
        raise StoreError(
            f"{client.name}: table {table.name!r} has another layout "
            f"(changed or unknown columns {odd}, new required columns {required}): {_ADVICE}"
        )
    add = f"ALTER TABLE {table.name} ADD COLUMN IF NOT EXISTS"
    return [f"{add} {column.name} {type_of(column)}" for column in missing]


def _ddl(table: Table) -> str:
    """Give the statement that makes the table."""
    lines = [f"{column.name} {type_of(column)}" for column in table.columns]
    lines += [f"{name} {kind}" for name, kind in OWN_COLUMNS.items()]
    lines += [_INDEX[table.name]] if table.name in _INDEX else []
    return f"""
        CREATE TABLE IF NOT EXISTS {table.name} ({", ".join(lines)})
        ENGINE = ReplacingMergeTree(row_version, is_deleted) ORDER BY ({", ".join(sort_of(table))})
        SETTINGS non_replicated_deduplication_window = {_DEDUPLICATED_BLOCKS},
            allow_experimental_replacing_merge_with_cleanup = 1
    """
