"""The tables as data: columns, types, units and keys, from which every store's layout is made."""

from __future__ import annotations

from nbalib.errors import SchemaError
from nbalib.schema.decisions import CONTACTS, DECISIONS, OUTCOMES, OVERRIDES, SCHEMA_VERSIONS
from nbalib.schema.messages import (
    CONVERSATIONS,
    CUSTOMER_PROFILES,
    INGESTION_WATERMARKS,
    INTERACTIONS,
    KNOWN_ACCOUNTS,
    PIPELINE_RUNS,
    REJECTED_ROWS,
    SIGNAL_FLAGS,
    SIGNALS,
    THREADS,
    TOUCHED,
    TURNS,
)
from nbalib.schema.table import ARROW_TYPES, DUCKDB_TYPES, Column, Kind, Table

__all__ = [
    "ARROW_TYPES",
    "CONTACTS",
    "CONVERSATIONS",
    "CUSTOMER_PROFILES",
    "DECISIONS",
    "DUCKDB_TYPES",
    "INGESTION_WATERMARKS",
    "INTERACTIONS",
    "KNOWN_ACCOUNTS",
    "OUTCOMES",
    "OVERRIDES",
    "PIPELINE_RUNS",
    "REJECTED_ROWS",
    "SCHEMA_VERSION",
    "SCHEMA_VERSIONS",
    "SIGNALS",
    "SIGNAL_FLAGS",
    "TABLES",
    "THREADS",
    "TOUCHED",
    "TURNS",
    "Column",
    "Kind",
    "Table",
    "table_named",
]

SCHEMA_VERSION = 1

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        INTERACTIONS,
        SIGNALS,
        TOUCHED,
        KNOWN_ACCOUNTS,
        THREADS,
        TURNS,
        CONVERSATIONS,
        CUSTOMER_PROFILES,
        INGESTION_WATERMARKS,
        PIPELINE_RUNS,
        REJECTED_ROWS,
        DECISIONS,
        CONTACTS,
        OUTCOMES,
        OVERRIDES,
        SCHEMA_VERSIONS,
    )
}


def table_named(name: str) -> Table:
    """Find a table by its name.

    Raises
    ------
    SchemaError
        There is no such table.
    """
    if name not in TABLES:
        raise SchemaError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
    return TABLES[name]
