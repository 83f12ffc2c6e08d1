"""The tables of `schema` in PostgreSQL: made, added to, indexed, or refused with the reason.

In: a connection inside a transaction. Out: tables in the connection's own schema (the first of its search
path), beside whatever other tables stand there. What only adds (a table, a column that may be null) is
applied; everything else is refused with what to do, and nothing is changed.

The large tables get their indexes when they are first filled: made of all rows at once, that takes half the
time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbalib.errors import StoreError
from nbalib.schema import SCHEMA_VERSION, TABLES, table_named

if TYPE_CHECKING:
    import psycopg

    from nbalib.schema import Kind, Table

    Connection = psycopg.Connection[tuple[Any, ...]]
    Found = dict[str, dict[str, str]]

TYPES: dict[Kind, str] = {
    "string": "text",
    "json": "text",
    "int": "bigint",
    "float": "double precision",
    "bool": "boolean",
    "timestamp": "timestamp with time zone",
}
LARGE = ("interactions", "signals", "threads", "turns", "conversations", "customer_profiles")
LOOK_UPS = {
    "interactions": ("participant_external_id",),
    "turns": ("customer_id",),
    "conversations": ("customer_id",),
    "contacts": ("customer_id",),
}
"""By what the rows of one customer are found."""

_ADVICE = "export what you need from it, and ingest again into another database or schema"
_FOUND = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = ANY(%s)
"""


def check_layout(connection: Connection, name: str, *, read_only: bool) -> None:
    """Refuse tables of another program or a newer nbalib; else add what is missing.

    Raises
    ------
    StoreError
        The tables are not ours, are newer, differ by more than additions, are absent or need additions and
        the store is open for reading only; or the database does not keep texts as UTF-8.
    """
    _check_encoding(connection, name)
    found = _columns_found(connection)
    version = _check_version(connection, name, found)
    changes = [change for table in TABLES.values() for change in _changes(table, found.get(table.name), name)]
    if read_only and (changes or not version):
        what = "has an older layout: run nba ingest or nba process once to update it"
        raise StoreError(f"{name} {what if found else 'holds no store yet: run nba ingest first'}")
    for change in changes:
        connection.execute(change)
    if version < SCHEMA_VERSION and not read_only:
        made = "SELECT %s::bigint, transaction_timestamp()"  # the database's instant: no clock is read here
        connection.execute(f"INSERT INTO schema_version {made}", [SCHEMA_VERSION])


def is_current(connection: Connection) -> bool:
    """Tell whether the layout is there and of this version, so that nothing need be made."""
    found = _columns_found(connection)
    if any(found.get(table.name) != _expected(table) for table in TABLES.values()):
        return False
    return _version_found(connection) == SCHEMA_VERSION


def make_private(connection: Connection) -> None:
    """Let only the owner of the tables see rows: Supabase serves tables to whoever has its public key."""
    for table in TABLES:
        connection.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def make_indexes(connection: Connection, table: str) -> None:
    """Make the indexes of a table that it does not have: its key, and what its rows are looked up by."""
    known = table_named(table)
    for name, statement in _indexes(known).items():
        # IF NOT EXISTS would first wait for everybody who writes into the table.
        [(is_there,)] = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [name]).fetchall()
        if not is_there:
            connection.execute(statement)


def _check_encoding(connection: Connection, name: str) -> None:
    [(encoding,)] = connection.execute("SHOW server_encoding").fetchall()
    if encoding != "UTF8":
        raise StoreError(f"{name} keeps texts as {encoding}; make it with ENCODING 'UTF8'")


def _check_version(connection: Connection, name: str, found: Found) -> int:
    if found and "schema_version" not in found:
        raise StoreError(f"{name} holds tables of another program: {', '.join(sorted(found)[:5])}")
    if found and found["schema_version"] != _expected(table_named("schema_version")):
        raise StoreError(f"{name} holds a table 'schema_version' of another program")
    version = _version_found(connection) if found else 0
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{name} has layout {version}, this nbalib knows up to {SCHEMA_VERSION}: update nbalib"
        )
    return version


def _columns_found(connection: Connection) -> Found:
    """Types of the columns that tables with our names have."""
    found: Found = {}
    for table, column, kind in connection.execute(_FOUND, [list(TABLES)]).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _version_found(connection: Connection) -> int:
    [(version,)] = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()
    return int(version)


def _expected(table: Table) -> dict[str, str]:
    return {column.name: TYPES[column.kind] for column in table.columns}


def _changes(table: Table, have: dict[str, str] | None, name: str) -> list[str]:
    """Statements that bring one table up to date."""
    if have is None:
        return _made(table)
    missing = [column for column in table.columns if column.name not in have]
    odd = sorted(column for column, kind in have.items() if _expected(table).get(column) != kind)
    required = [column.name for column in missing if not column.nullable]
    if odd or required:
        raise StoreError(
            f"{name}: table {table.name!r} has another layout (changed or unknown columns {odd}, "
            f"new required columns {required}): {_ADVICE}"
        )
    return [f"ALTER TABLE {table.name} ADD COLUMN {c.name} {_type(c.kind)}" for c in missing]


def _made(table: Table) -> list[str]:
    lines = [f"{c.name} {_type(c.kind)}{'' if c.nullable else ' NOT NULL'}" for c in table.columns]
    made = [f"CREATE TABLE {table.name} ({', '.join(lines)})"]
    return made if table.name in LARGE else [*made, *_indexes(table).values()]


def _indexes(table: Table) -> dict[str, str]:
    """Statements that make a table's indexes, by their names.

    A key's last column tells most rows apart: an index that begins with it takes half the time.
    """
    wanted = {f"{table.name}_key": ("UNIQUE INDEX", table.key[::-1])}
    if table.name in LOOK_UPS:
        wanted[f"{table.name}_of"] = ("INDEX", LOOK_UPS[table.name])
    return {
        name: f"CREATE {what} {name} ON {table.name} ({', '.join(columns)})"
        for name, (what, columns) in wanted.items()
    }


def _type(kind: Kind) -> str:
    """Texts are ordered by their bytes, as everywhere else, whatever the database's own order."""
    return f'{TYPES[kind]} COLLATE "C"' if TYPES[kind] == "text" else TYPES[kind]
