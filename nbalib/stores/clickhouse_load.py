"""The way of one file into ClickHouse: staged batch by batch, and published as a whole.

In: rows of `interactions`, versions that replace others, rejected rows, the watermark. Out: all of it in the
store once `finish` returns. A load that ends without that has left nothing: not even its counts would differ
when it is begun again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from nbalib.schema import INGESTION_WATERMARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbalib.stores.clickhouse_staging import Staging

_ROWS = "interactions"


class ClickHouseLoad:
    """One file on its way; see `contract.FileLoad`.

    Parameters
    ----------
    staging : Staging
    commit : callable
        Makes what is staged count.
    prepared : callable
        Gives the tables that hold what was staged for `interactions` under the id of a parallel load.
    """

    def __init__(
        self, staging: Staging, commit: Callable[[Staging], None], prepared: Callable[[str, str], list[str]]
    ) -> None:
        self._staging = staging
        self._commit = commit
        self._prepared = prepared

    def add(self, rows: pa.RecordBatchReader) -> int:
        """Stage rows under keys that the store does not have. Give how many."""
        return self._staging.add(_ROWS, rows)

    def stored(self, keys: pa.Table) -> pa.Table:
        """Give the rows with one of these keys, those of this load included."""
        return self._staging.found(_ROWS, keys)

    def replace(self, rows: pa.Table) -> None:
        """Stage versions in the place of others, and the end of the others' signals."""
        self._staging.next_version(_ROWS)
        self._staging.delete_moved(_ROWS, rows)
        self._staging.add(_ROWS, [rows])
        self._staging.delete("signals", [rows.select(["interaction_id"])])

    def add_staged(self, load_id: str) -> int:
        """Stage what a parallel load has brought. Give how many rows."""
        return sum(self._staging.take_over(_ROWS, table) for table in self._prepared(load_id, _ROWS))

    def finish(self, rejected: pa.RecordBatchReader, watermark: Mapping[str, Any]) -> None:
        """Store everything, the watermark last."""
        self._staging.add("rejected_rows", rejected)
        mark = pa.Table.from_pylist([dict(watermark)], schema=INGESTION_WATERMARKS.arrow)
        self._staging.add("ingestion_watermarks", [mark])
        self._commit(self._staging)
