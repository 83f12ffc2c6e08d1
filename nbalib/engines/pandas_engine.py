"""The engine of one machine: frames in and out, Arrow between, DuckDB for the relational work.

In: SQL texts in DuckDB's dialect, Arrow tables. Out: Arrow tables, or temporary tables by name.
Given a store's own connection it works on the stored tables in place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.engines.side_by_side import side_by_side
from nbalib.stores.duckdb_session import set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Made = TypeVar("Made")
Told = Callable[[int], None]

BATCH_ROWS = 200_000
READ_ROWS, PART_BYTES = 2_048, 1 << 24
"""Rows read at once, and bytes that make a part: rows alone would not bound it, for some are long."""

_PARSED: dict[str, duckdb.Statement] = {}
"""Statements by their texts, which lie in files and are few."""


@dataclass(frozen=True)
class Trees:
    """Rows that hang from each other, and what is needed to work on some whole trees of them alone.

    Attributes
    ----------
    rows : str
        Selects the rows.
    id, parent : str
        Columns of them: what names a row, and the row that it hangs from; null for none.
    shared : tuple of str
        Tables that the work needs as a whole.
    views : mapping of str to str
        Tables that the work begins with: name → text over `handed`, which is some of the rows.
    made : mapping of str to Schema
        Tables that it adds rows to.
    """

    rows: str
    id: str
    parent: str
    shared: tuple[str, ...]
    views: Mapping[str, str]
    made: Mapping[str, pa.Schema]


class PandasEngine:
    """Runs set-based steps as SQL and column-wise steps as functions on Arrow batches.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection, optional
        A store's connection, to work on its tables in place; else an empty database in memory.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self.made = "TABLE" if connection is None else "TEMP TABLE"
        self.connection = connection if connection is not None else duckdb.connect(":memory:")
        if connection is None:
            set_up(self.connection)

    def table(self, name: str, rows: pa.Table) -> None:
        """Make the temporary table `name` of `rows`."""
        self.connection.register("given_rows", rows)
        try:
            self.connection.execute(f"CREATE OR REPLACE {self.made} {name} AS SELECT * FROM given_rows")
        finally:
            self.connection.unregister("given_rows")

    def make(self, name: str, text: str, values: Mapping[str, Any] | None = None) -> None:
        """Make the temporary table `name` of what `text` selects; `values` fill its ``$names``."""
        self.connection.execute(f"CREATE OR REPLACE {self.made} {name} AS {text}", _used(text, values))

    def view(self, name: str, text: str) -> None:
        """Give what `text` selects the name `name`, without making it."""
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {text}")

    def execute(self, text: str, values: Mapping[str, Any] | None = None) -> None:
        """Run a statement that returns nothing."""
        self.connection.execute(text, _used(text, values))

    def sql(self, text: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        """Give what `text` selects."""
        return self._asked(text, values).to_arrow_table()

    def arrays(self, text: str) -> dict[str, NDArray[Any]]:
        """Give what `text` selects as NumPy arrays by column; there may be no nulls in it."""
        return {name: np.asarray(column) for name, column in self.connection.sql(text).fetchnumpy().items()}

    def one(self, text: str, values: Mapping[str, Any] | None = None) -> Any:
        """Give the single value that `text` selects."""
        rows = self.connection.execute(text, _used(text, values)).fetchall()
        return rows[0][0] if rows else None

    def map_batches(
        self, text: str, function: Callable[[pa.Table], Made], values: Mapping[str, Any] | None = None
    ) -> Iterator[Made]:
        """Apply a row-wise `function` to what `text` selects, batch by batch, several of them side by side.

        It reads what is committed, so that the caller may write while it goes on.
        """
        cursor = self.connection.cursor()
        reader = cursor.sql(text, params=_used(text, values)).to_arrow_reader(BATCH_ROWS)
        tables = (pa.Table.from_batches([batch]) for batch in reader if batch.num_rows)
        return side_by_side(function, tables)

    def by_tree(self, trees: Trees, work: Callable[[PandasEngine, Told], None], tell: Told) -> None:
        """Do `work` on an engine that holds some whole trees; here on this one, which holds them all.

        Parameters
        ----------
        work : callable
            Reads the tables that `trees` names, and appends to those that it makes.
        tell : callable
            For `work`, which tells it how many rows are done; not all engines call it.
        """
        work(self, tell)

    def append(self, name: str, rows: pa.Table) -> None:
        """Add rows to the table `name`, which has the same columns."""
        self.connection.register("given_rows", rows)
        try:
            self.connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM given_rows")
        finally:
            self.connection.unregister("given_rows")

    def ranges(self, text: str, counted: str, size: int) -> Iterator[pa.Table]:
        """Give what `text` selects, a range of numbers at a time, so that memory is bounded.

        Parameters
        ----------
        text : str
            Selects the rows whose number is in ``$begin`` (included) to ``$end`` (not included).
        counted : str
            Table with as many rows as there are numbers, from 0.
        """
        for begin in range(0, self.one(f"SELECT count(*) FROM {counted}"), size):
            yield self.sql(text, {"begin": begin, "end": begin + size})

    def parts(self, text: str, key: str, values: Mapping[str, Any] | None = None) -> Iterator[pa.Table]:
        """Give what `text` selects, some rows at a time, so that memory is bounded.

        Nothing else may run on the connection meanwhile.

        Parameters
        ----------
        text : str
            Selects rows that are sorted by `key`.
        key : str
            Column whose equal values are in one part.

        Yields
        ------
        Table
            At least one, which may be empty.
        """
        reader = self._asked(text, values).to_arrow_reader(READ_ROWS)
        waiting, size = [reader.schema.empty_table()], 0
        for batch in reader:
            waiting.append(pa.Table.from_batches([batch]))
            size += batch.nbytes
            if size >= PART_BYTES:
                whole = pa.concat_tables(waiting)
                begin = pc.index(whole[key], whole[key][-1]).as_py()
                yield whole.slice(0, begin)
                waiting, size = [whole.slice(begin)], 0
        yield pa.concat_tables(waiting)

    def _asked(self, text: str, values: Mapping[str, Any] | None) -> duckdb.DuckDBPyRelation:
        """Bind values to a statement; its text is parsed once, for it is asked again and again."""
        if text not in _PARSED:
            [_PARSED[text]] = self.connection.extract_statements(text)
        return self.connection.sql(_PARSED[text], params=_used(text, values))

    def drop(self, *names: str) -> None:
        """Drop temporary tables."""
        for name in names:
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")


def _used(text: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Those of `values` that `text` names: DuckDB refuses values that no place asks for."""
    return {name: value for name, value in (values or {}).items() if f"${name}" in text}
