"""One file on its way into PostgreSQL, inside one transaction.

In: Arrow rows. Out: rows of `interactions`, `rejected_rows`, `ingestion_watermarks`, all of them or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from nbalib.schema import INGESTION_WATERMARKS, INTERACTIONS, REJECTED_ROWS, SIGNALS
from nbalib.stores.postgres_copying import copy_in, copy_out, selected
from nbalib.stores.postgres_layout import make_indexes
from nbalib.stores.postgres_staging import add_staged
from nbalib.stores.postgres_writing import delete_keys, keys_aside, put_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbalib.stores.postgres_copying import Connection


class PostgresLoad:
    """See `FileLoad` in `stores/contract.py`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, rows: pa.RecordBatchReader) -> int:
        """Store rows under keys that the store does not have. Give how many."""
        return copy_in(self._connection, INTERACTIONS.name, rows, INTERACTIONS.arrow)

    def stored(self, keys: pa.Table) -> pa.Table:
        """Give the stored rows with one of these keys."""
        if keys.num_rows == 0:
            return INTERACTIONS.arrow.empty_table()
        with keys_aside(self._connection, INTERACTIONS, keys) as aside:
            query = (
                f"SELECT {selected(INTERACTIONS, INTERACTIONS.names, 'i')} FROM interactions AS i "
                f"JOIN {aside} AS k ON k.external_id = i.external_id AND k.platform_type = i.platform_type"
            )
            return pa.Table.from_batches(
                copy_out(self._connection, query, INTERACTIONS.arrow), INTERACTIONS.arrow
            )

    def replace(self, rows: pa.Table) -> None:
        """Put versions in the place of those stored under their keys, and forget the old ones' signals."""
        if rows.num_rows == 0:
            return
        put_rows(self._connection, INTERACTIONS, rows.to_batches(), is_new=False)
        delete_keys(self._connection, SIGNALS, rows.select(SIGNALS.key).to_batches())

    def add_staged(self, load_id: str) -> int:
        """Store what was staged. Give how many."""
        return add_staged(self._connection, INTERACTIONS, load_id)

    def finish(self, rejected: pa.RecordBatchReader, watermark: Mapping[str, Any]) -> None:
        """Store the rejected rows and the watermark."""
        copy_in(self._connection, REJECTED_ROWS.name, rejected, REJECTED_ROWS.arrow)
        mark = INGESTION_WATERMARKS.conform(pa.Table.from_pylist([dict(watermark)]))
        copy_in(self._connection, INGESTION_WATERMARKS.name, mark.to_batches(), INGESTION_WATERMARKS.arrow)
        make_indexes(self._connection, INTERACTIONS.name)
