"""Read what is stored in ClickHouse, exactly.

In: tables, columns, values to look for. Out: Arrow tables in the types of `schema`, instants in UTC. Under
FINAL a read sees of each key the row that counts, whatever ClickHouse has merged so far.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.errors import NotFoundError
from nbalib.schema import table_named
from nbalib.stores.clickhouse_layout import type_of
from nbalib.stores.digest import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbalib.stores.clickhouse_client import ClickHouseClient

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OTHERS = """
SELECT {names} FROM interactions FINAL
PREWHERE platform_type = {{platform:String}} AND external_id IN (
    SELECT substring(interaction_id, length({{platform:String}}) + 2) FROM turns FINAL
    WHERE customer_id = {{customer:String}} AND startsWith(interaction_id, {{platform:String}} || ':')
)
WHERE participant_external_id != {{account:String}}
"""
"""What others wrote in a customer's conversations."""


class ClickHouseReading:
    """The half of a store that reads; see `contract.Store`.

    Parameters
    ----------
    client : ClickHouseClient
    """

    def __init__(self, client: ClickHouseClient) -> None:
        self._client = client

    def read(
        self, table: str, columns: Sequence[str] | None = None, where: Mapping[str, object] | None = None
    ) -> pa.Table:
        """Give the rows of `table` whose columns have the values of `where`, in no particular order."""
        known, wanted = table_named(table), dict(where or {})
        chosen = known.chosen(columns)
        kinds = {column.name: type_of(column) for column in known.columns}
        tests = [
            f"{name} IS NULL" if wanted[name] is None else f"{name} = {{{name}:{kinds[name]}}}"
            for name in known.chosen(wanted)
        ]
        values = {name: _bound(value) for name, value in wanted.items() if value is not None}
        query = f"SELECT {', '.join(chosen)} FROM {table} FINAL WHERE {' AND '.join(['1', *tests])}"
        return self._client.arrow(query, known.arrow_of(chosen), values)

    def stream(self, table: str, columns: Sequence[str] | None = None) -> pa.RecordBatchReader:
        """Give all rows of `table`, batch by batch."""
        known = table_named(table)
        chosen = known.chosen(columns)
        return self._client.stream(f"SELECT {', '.join(chosen)} FROM {table} FINAL", known.arrow_of(chosen))

    def count(self, table: str) -> int:
        """Count the rows of `table`."""
        [(count,)] = self._client.rows(f"SELECT count() FROM {table_named(table).name} FINAL")
        return int(count)

    def digest(self, table: str) -> str:
        """Name the contents of `table`, whatever the order of its rows; see `stores/digest.py`."""
        known = table_named(table)
        return digest_of(self.stream(table, known.digest_columns), known)

    def latest_at(self, table: str, column: str) -> datetime | None:
        """Give the latest instant of a column (UTC); None where there is none."""
        [name] = table_named(table).chosen([column])
        query = f"SELECT toUnixTimestamp64Micro(maxOrNull({name})) FROM {table} FINAL"
        [(micros,)] = self._client.rows(query)
        return None if micros is None else EPOCH + timedelta(microseconds=micros)

    def latest_interaction_at(self) -> datetime | None:
        """Give the instant of the latest stored interaction (UTC); None in an empty store."""
        return self.latest_at("interactions", "interaction_timestamp")

    def customer_interactions(self, customer_id: str) -> pa.Table:
        """Give what a customer wrote, and every other message of their conversations, oldest first.

        Raises
        ------
        NotFoundError
            Nothing of this customer is stored.
        """
        platform, _, account = customer_id.partition(":")
        known = table_named("interactions")
        own = self.read("interactions", where={"platform_type": platform, "participant_external_id": account})
        others = _OTHERS.format(names=", ".join(known.names))
        values = {"platform": platform, "account": account, "customer": customer_id}
        found = pa.concat_tables([own, self._client.arrow(others, known.arrow, values)])
        if found.num_rows == 0:
            raise NotFoundError(f"nothing is stored of the customer {customer_id!r}")
        return found.sort_by([("interaction_timestamp", "ascending"), ("interaction_id", "ascending")])


def _bound(value: object) -> object:
    """Write a value as ClickHouse reads it into its type."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
