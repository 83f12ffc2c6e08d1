"""Bring a DuckDB file to the layout of `schema`, or say why it cannot be.

In: an open connection. Out: the tables of `schema.TABLES`, and their version in `schema_version`.
What only adds (a table, a column that may be null, any change to a table without rows) is applied;
everything else is refused with what to do, and the file is left as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.errors import StoreError
from nbalib.schema import DUCKDB_TYPES, SCHEMA_VERSION, TABLES, Table

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

_ADVICE = "export what you need from it, and ingest again into a new file"
_ZSTD = {"interactions": ("content_text", "platform_metadata", "processing_metadata")}
"""Columns of ever new texts: DuckDB's own choice would take twice the time to write, and more room."""

_LONG_NAMES = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}


def check_layout(connection: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    """Refuse a file of another program or a newer nbalib; else add what is missing.

    Raises
    ------
    StoreError
        The file is not ours, is newer, differs by more than additions, or needs additions and is
        open for reading only.
    """
    found = _columns_found(connection)
    if found and "schema_version" not in found:
        raise StoreError(
            f"{path} is a DuckDB file of another program: it holds {', '.join(sorted(found)[:5])}"
        )
    version = _version_found(connection) if found else 0
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} has layout {version}, this nbalib knows up to {SCHEMA_VERSION}: update nbalib"
        )
    changes = [change for table in TABLES.values() for change in _changes(connection, path, table, found)]
    if read_only and changes:
        raise StoreError(f"{path} has an older layout: run nba ingest or nba process once to update it")
    if not read_only:
        _apply(connection, path, changes, version)


def _apply(connection: duckdb.DuckDBPyConnection, path: Path, changes: list[str], version: int) -> None:
    """Make all changes or none."""
    if not changes and version == SCHEMA_VERSION:
        return
    connection.execute("BEGIN")
    try:
        for change in changes:
            connection.execute(change)
        if version < SCHEMA_VERSION:
            path.touch()  # the file's own instant of change: no clock is read here
            connection.execute(
                "INSERT INTO schema_version SELECT ?, to_timestamp(?)", [SCHEMA_VERSION, path.stat().st_mtime]
            )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _columns_found(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Types of the columns that the file's tables have."""
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal"
    ).fetchall()
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def _version_found(connection: duckdb.DuckDBPyConnection) -> int:
    [(version,)] = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()
    return int(version)


def _changes(
    connection: duckdb.DuckDBPyConnection, path: Path, table: Table, found: dict[str, dict[str, str]]
) -> list[str]:
    """Statements that bring one table up to date."""
    if table.name not in found:
        return [ddl(table)]
    have = found[table.name]
    expected = {c.name: _LONG_NAMES.get(DUCKDB_TYPES[c.kind], DUCKDB_TYPES[c.kind]) for c in table.columns}
    if have == expected:
        return []
    [(count,)] = connection.execute(f"SELECT count(*) FROM {table.name}").fetchall()
    if count == 0:
        return [f"DROP TABLE {table.name}", ddl(table)]
    missing = [column for column in table.columns if column.name not in have]
    odd = sorted(name for name, kind in have.items() if expected.get(name) != kind)
    required = [column.name for column in missing if not column.nullable]
    if odd or required:
        raise StoreError(
            f"{path}: table {table.name!r} has {count} rows in another layout "
            f"(changed or unknown columns {odd}, new required columns {required}): {_ADVICE}"
        )
    return [f"ALTER TABLE {table.name} ADD COLUMN {c.name} {DUCKDB_TYPES[c.kind]}" for c in missing]


def ddl(table: Table) -> str:
    """Give the statement that makes the table.

    Keys are held by the writers (an anti-join), not by an index: it would double the load time.
    """
    lines = []
    for column in table.columns:
        nulls = "" if column.nullable else " NOT NULL"
        packed = " USING COMPRESSION zstd" if column.name in _ZSTD.get(table.name, ()) else ""
        lines.append(f"{column.name} {DUCKDB_TYPES[column.kind]}{nulls}{packed}")
    return f"CREATE TABLE {table.name} ({', '.join(lines)})"
