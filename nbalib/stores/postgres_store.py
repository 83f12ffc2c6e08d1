"""A store in PostgreSQL, Supabase's included.

In: rows as Arrow tables in the layout of `schema`. Out: the same. Instants are UTC. Each change is one
transaction; where a connection is lost before the answer came, it is done again in a way that does not
double what the first one may have committed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from nbalib.errors import NotFoundError
from nbalib.schema import table_named
from nbalib.stores.digest import digest_of
from nbalib.stores.postgres_copying import copy_in, copy_out, selected
from nbalib.stores.postgres_layout import check_layout, is_current, make_indexes, make_private
from nbalib.stores.postgres_link import LOOK_UP_SECONDS, Link
from nbalib.stores.postgres_load import PostgresLoad
from nbalib.stores.postgres_staging import drop_staged, make_stage, stage, staged
from nbalib.stores.postgres_writing import delete_keys, put_new, put_rows
from nbalib.stores.retrying import retried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from nbalib.stores.contract import FileLoad, TableChange
    from nbalib.stores.postgres_link import Connection

_CUSTOMER = """
SELECT {columns} FROM (
    SELECT i.* FROM interactions AS i
    WHERE i.platform_type = %(platform)s AND i.participant_external_id = %(account)s
    UNION
    SELECT i.* FROM turns AS t
    JOIN interactions AS i
        ON i.platform_type = t.platform_type
        AND i.external_id = substr(t.interaction_id, length(t.platform_type) + 2)
    WHERE t.customer_id = %(customer)s
) AS i
ORDER BY i.interaction_timestamp, i.interaction_id
"""


class PostgresStore:
    """The tables of `schema` in one database; a context manager that closes the connection.

    See `stores/contract.py` for what each method promises.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    @classmethod
    def open(
        cls, dsn: str, *, read_only: bool = False, is_supabase: bool = False, patience: float = 30.0
    ) -> PostgresStore:
        """Connect, and make the tables where they are absent and may be written.

        Parameters
        ----------
        dsn : str
            ``postgresql://USER:PASSWORD@HOST:5432/DATABASE``.
        patience : float
            Seconds for which a database that is away is asked again, here and later.

        Raises
        ------
        InputError
            `dsn` is not a connection string.
        StoreAwayError
            It cannot be reached.
        StoreError
            It refuses this user, or what stands there is of another program or of a newer version.
        """
        link = Link(dsn, patience, is_supabase=is_supabase)
        try:
            if read_only or not link.again(lambda connection, _tries: is_current(connection)):
                _lay_out(link, read_only=read_only)
        except BaseException:
            link.close()
            raise
        return cls(link)

    @property
    def name(self) -> str:
        """Host and database."""
        return self._link.name

    @property
    def patience(self) -> float:
        """Seconds for which it is asked again when it is away."""
        return self._link.patience

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def __enter__(self) -> PostgresStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(
        self, table: str, columns: Sequence[str] | None = None, where: Mapping[str, object] | None = None
    ) -> pa.Table:
        """Give rows of `table`, in no particular order."""
        known = table_named(table)
        chosen, wanted = known.chosen(columns), known.chosen(where or {})
        same = " AND ".join(["TRUE", *(f"{name} IS NOT DISTINCT FROM %s" for name in wanted)])
        query = f"SELECT {selected(known, chosen)} FROM {table} WHERE {same}"
        values = list((where or {}).values())
        return self._found(query, known.arrow_of(chosen), values, seconds=LOOK_UP_SECONDS if where else 0)

    def stream(self, table: str, columns: Sequence[str] | None = None) -> pa.RecordBatchReader:
        """Give all rows of `table`, batch by batch."""
        known = table_named(table)
        chosen = known.chosen(columns)
        return self._reader(f"SELECT {selected(known, chosen)} FROM {table}", known.arrow_of(chosen))

    def count(self, table: str) -> int:
        """Count the rows of `table`."""
        return int(self._one(f"SELECT count(*) FROM {table_named(table).name}"))

    def digest(self, table: str) -> str:
        """Name the contents of `table`, whatever the order of its rows."""
        known = table_named(table)
        return digest_of(self.stream(table, known.digest_columns), known)

    def latest_at(self, table: str, column: str) -> datetime | None:
        """Latest instant of a column (UTC); None where there is none."""
        known = table_named(table)
        [name] = known.chosen([column])
        query = f"SELECT {selected(known, [name])} FROM (SELECT max({name}) AS {name} FROM {table}) AS found"
        rows = self._found(query, known.arrow_of([name]))
        latest: datetime | None = rows[name][0].as_py() if rows.num_rows else None
        return latest

    def latest_interaction_at(self) -> datetime | None:
        """Instant of the latest stored interaction (UTC); None in an empty store."""
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
        query = _CUSTOMER.format(columns=selected(known, known.names, "i"))
        values = {"platform": platform, "account": account, "customer": customer_id}
        found = self._found(query, known.arrow, values)
        if found.num_rows == 0:
            raise NotFoundError(f"nothing is stored of the customer {customer_id!r}")
        return found

    def append(self, table: str, rows: pa.Table) -> None:
        """Add `rows`, whose keys must be new."""
        known = table_named(table)
        conformed = known.conform(rows)

        def add(connection: Connection, tries: int) -> None:
            if tries:  # the last try may have been committed
                put_new(connection, known, conformed)
            else:
                copy_in(connection, table, conformed.to_batches(), known.arrow)
                make_indexes(connection, table)

        self._link.again(add, seconds=0)

    def append_new(self, table: str, rows: pa.Table) -> int:
        """Add those of `rows` whose key is new; of several with one key, the first. Give how many."""
        known = table_named(table)
        conformed = known.conform(rows)
        return self._link.again(lambda connection, _tries: put_new(connection, known, conformed), seconds=0)

    def replace(self, table: str, rows: pa.Table) -> None:
        """Put `rows` in the place of all rows of `table`."""
        known = table_named(table)
        conformed = known.conform(rows)

        def put(connection: Connection, _tries: int) -> None:
            connection.execute(f"DELETE FROM {table}")
            copy_in(connection, table, conformed.to_batches(), known.arrow)
            make_indexes(connection, table)

        self._link.again(put, seconds=0)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other loads and passes out, and commit what is done inside when the block ends well."""
        with self._link.alone():
            yield

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Let all that is read inside the block be of one state."""
        with self._link.transaction(seconds=0, steady=True):
            yield

    @contextmanager
    def load(self, source: str, file: str, size: int) -> Iterator[FileLoad]:
        """Begin to load a file, inside `alone`."""
        with self._link.transaction(seconds=0) as connection:
            yield PostgresLoad(connection)

    def apply(self, changes: Iterable[TableChange]) -> None:
        """Make all changes, inside `alone`, or none."""
        with self._link.transaction(seconds=0) as connection:
            for change in changes:
                known = table_named(change.table)
                put_rows(connection, known, change.upsert, is_new=change.is_new)
                delete_keys(connection, known, change.delete)
                make_indexes(connection, change.table)

    def stage(self, load_id: str, table: str, part: int, rows: pa.RecordBatchReader) -> int:
        """Keep one part of a parallel load aside. Give how many rows."""
        known = table_named(table)
        self._link.again(lambda connection, _tries: make_stage(connection, known, load_id))
        with self._link.transaction(seconds=0) as connection:
            return stage(connection, known, load_id, part, rows)

    def staged(self, load_id: str, table: str) -> pa.RecordBatchReader:
        """Give what was staged, all parts."""
        known = table_named(table)
        return self._reader(staged(known, load_id), known.arrow)

    def drop_staged(self, load_id: str) -> None:
        """Forget what was staged under `load_id`."""
        self._link.again(lambda connection, _tries: drop_staged(connection, load_id))

    def _one(self, query: str) -> Any:
        return self._link.again(lambda connection, _tries: connection.execute(query).fetchall()[0][0])

    def _found(
        self, query: str, schema: pa.Schema, values: Any = (), *, seconds: float = LOOK_UP_SECONDS
    ) -> pa.Table:
        def fetch(connection: Connection, _tries: int) -> pa.Table:
            return pa.Table.from_batches(copy_out(connection, query, schema, values), schema)

        return self._link.again(fetch, seconds=seconds)

    def _reader(self, query: str, schema: pa.Schema) -> pa.RecordBatchReader:
        def batches() -> Iterator[pa.RecordBatch]:
            with self._link.transaction(seconds=0) as connection:
                yield from copy_out(connection, query, schema)

        return pa.RecordBatchReader.from_batches(schema, batches())


def _lay_out(link: Link, *, read_only: bool) -> None:
    def lay_out(_tries: int) -> None:
        with link.transaction() if read_only else link.alone() as connection:
            check_layout(connection, link.name, read_only=read_only)
            if link.is_supabase and not read_only:
                make_private(connection)

    retried(lay_out, link.patience)
