"""The mark of a file that was read to its end.

In: the counts of a file. Out: its row in `ingestion_watermarks`. A provisional mark, whose fingerprint
ends in `?`, says that the rows are stored and only versions are still to be settled: it keeps the
counts for the run that does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from nbalib.stores.duckdb_store import DuckDBStore

PROVISIONAL = "?"
_TABLE = "ingestion_watermarks"


class Watermark:
    """The mark of one file in one store."""

    def __init__(self, store: DuckDBStore, source: str, fingerprint: str) -> None:
        self._store = store
        self._fingerprint = fingerprint
        self._where = "WHERE source = ? AND fingerprint = ?"
        self._provisional = [source, fingerprint + PROVISIONAL]

    def put_provisional(self, counts: dict[str, Any]) -> None:
        """Say that the file's rows are stored, unless a run before this one said so."""
        if not self._found():
            row = {**counts, "fingerprint": self._fingerprint + PROVISIONAL}
            self._store.append(_TABLE, pa.Table.from_pylist([row]))

    def put(self, counts: dict[str, Any]) -> None:
        """Say that the file is finished, with `counts` or those that a provisional mark kept."""
        for kept in self._found():
            counts = {**kept, "fingerprint": self._fingerprint, "finished_at": counts["finished_at"]}
        self._store.connection.execute(f"DELETE FROM {_TABLE} {self._where}", self._provisional).fetchall()
        self._store.append(_TABLE, pa.Table.from_pylist([counts]))

    def _found(self) -> list[dict[str, Any]]:
        query = f"SELECT * FROM {_TABLE} {self._where}"
        found = self._store.connection.sql(query, params=self._provisional).to_arrow_table()
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows
