"""What a table is: columns with types, units and meaning, a key, and the layouts made of them.

In: Arrow tables to be checked. Out: an Arrow schema, DuckDB's DDL, tables in order.
Instants are UTC with microseconds; `_seconds` are whole seconds; `n_` are counts; a null has the
meaning that the column's description states.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from nbalib.errors import SchemaError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["string", "json", "int", "float", "bool", "timestamp"]

ARROW_TYPES: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "json": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
DUCKDB_TYPES: dict[Kind, str] = {
    "string": "VARCHAR",
    "json": "VARCHAR",
    "int": "BIGINT",
    "float": "DOUBLE",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ",
}


@dataclass(frozen=True)
class Column:
    """One column: what it means, in which unit, and what its null says (`nullable` only then).

    `load` marks a column that tells of the loading (when, from which file) and not of the data:
    it is left out of digests.
    """

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False
    load: bool = False


@dataclass(frozen=True)
class Table:
    """One table; `key` names the columns that identify a row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    @property
    def arrow(self) -> pa.Schema:
        """The table's Arrow schema."""
        return pa.schema([pa.field(c.name, ARROW_TYPES[c.kind], nullable=c.nullable) for c in self.columns])

    def chosen(self, columns: Iterable[str] | None) -> tuple[str, ...]:
        """Give the columns that are asked for: all if it is None.

        Raises
        ------
        SchemaError
            The table has no such column.
        """
        names = self.names if columns is None else tuple(columns)
        for name in names:
            if name not in self.names:
                raise SchemaError(f"table {self.name!r} has no column {name!r}{nearest(name, self.names)}")
        return names

    def arrow_of(self, columns: Iterable[str]) -> pa.Schema:
        """Give the Arrow schema of some of its columns."""
        return pa.schema([self.arrow.field(name) for name in columns])

    @property
    def digest_columns(self) -> tuple[str, ...]:
        """Columns that a digest covers: all but those that tell of the loading."""
        return tuple(column.name for column in self.columns if not column.load)

    def conform(self, rows: pa.Table) -> pa.Table:
        """Put `rows` into the table's column order and types.

        Raises
        ------
        SchemaError
            Columns are missing or unknown, a value does not fit its type, or a null stands where none may.
        """
        missing = [name for name in self.names if name not in rows.column_names]
        unknown = [name for name in rows.column_names if name not in self.names]
        if missing or unknown:
            raise SchemaError(
                f"table {self.name!r}: missing columns {missing}, unknown columns {unknown}; "
                f"it has {list(self.names)}"
            )
        try:
            ordered = rows.select(self.names).cast(self.arrow)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            raise SchemaError(f"table {self.name!r}: {error}") from error
        for column in self.columns:
            nulls = ordered[column.name].null_count
            if nulls and not column.nullable:
                raise SchemaError(
                    f"table {self.name!r}, column {column.name!r}: {nulls} nulls where none may be"
                )
        return ordered


def columns(*rows: tuple[str, Kind, str] | tuple[str, Kind, str, str]) -> tuple[Column, ...]:
    """Read the short form of a table's columns; a fourth word holds 'null' and/or 'load'."""
    made = []
    for name, kind, meaning, *marks in rows:
        words = marks[0].split() if marks else []
        made.append(Column(name, kind, meaning, nullable="null" in words, load="load" in words))
    return tuple(made)
