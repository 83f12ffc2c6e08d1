"""Where the rows of a file are put: into a DuckDB store in place, or onto a server.

In: SQL that selects rows in the layout of `interactions`, in the `connection` of a shelf. Out: rows in the
store, whole files only. On a server new rows stream through; those whose key may be known meet their stored
versions in a small database in memory, and only what changed goes back.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, cast

import duckdb
import numpy as np
import pyarrow as pa

from nbalib.ingestion.versions import COLUMNS, Compared
from nbalib.ingestion.watermark import Watermark
from nbalib.schema import INTERACTIONS, REJECTED_ROWS, SIGNALS
from nbalib.sources.ahead import ahead
from nbalib.stores.duckdb_layout import ddl
from nbalib.stores.duckdb_session import set_up
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nbalib.sources.files import InputFile
    from nbalib.stores.contract import FileLoad, ServerStore, Store

    Hashes = NDArray[np.uint64]

MANY_ROWS = 122_880
"""Rows of one file from which replacing some of them is left to a second transaction: in their own,
DuckDB would write all of them twice."""
SCRATCH_MEMORY = "400MB"
AT_ONCE = 20_000

KEY_HASH = "SELECT hash(external_id, platform_type) AS key_hash FROM"
_NEW = f"SELECT {COLUMNS} FROM interactions ANTI JOIN stored USING (platform_type, external_id)"
_REPLACED = f"SELECT {COLUMNS} FROM versions WHERE place = 1 AND is_known AND row_number > 0"


class Shelf(Protocol):
    """Where one file's rows go, inside a block that makes them last together."""

    connection: duckdb.DuckDBPyConnection

    def key_hashes(self) -> Iterator[Hashes]:
        """Give a hash of every stored key."""

    def count(self) -> int:
        """Count the stored messages."""

    def put_new(self, select: str, values: dict[str, object]) -> int:
        """Store rows whose keys are surely new. Give how many."""

    def meet(self) -> None:
        """Make sure that `interactions` holds the stored versions of the keys in `arriving`."""

    def before_replacing(self, compared: Compared, n_streamed: int, watermark: dict[str, Any]) -> None:
        """Hear what is about to be replaced; a watermark without a fingerprint is not known yet."""

    def after_settling(self, compared: Compared) -> None:
        """Take over what was stored and replaced in `interactions`."""

    def finish(self, rejected: str, values: list[object], watermark: dict[str, Any]) -> None:
        """Keep the rejected rows that `rejected` selects, and the watermark."""


@contextmanager
def shelf_for(store: Store, source: str, file: InputFile) -> Iterator[Shelf]:
    """Give the shelf for one file: what is put there lasts when the block ends well, else nothing does."""
    if isinstance(store, DuckDBStore):
        with store.transaction():
            yield StoreShelf(store, source)
        return
    server = cast("ServerStore", store)
    with server.alone(), server.load(source, file.name, file.size) as load, duckdb.connect() as scratch:
        set_up(scratch)
        scratch.execute(f"SET memory_limit = '{SCRATCH_MEMORY}'")
        for table in (INTERACTIONS, SIGNALS):
            scratch.execute(ddl(table))
        yield ServerShelf(server, load, scratch)


class StoreShelf:
    """A DuckDB store: everything happens in its own tables."""

    def __init__(self, store: DuckDBStore, source: str) -> None:
        self.connection = store.connection
        self._store = store
        self._source = source

    def key_hashes(self) -> Iterator[Hashes]:
        """Hash the stored keys, all at once."""
        yield _hashes(self.connection, "interactions")

    def count(self) -> int:
        """Count the stored messages."""
        return self._store.count("interactions")

    def put_new(self, select: str, values: dict[str, object]) -> int:
        """Insert them."""
        [(count,)] = self.connection.execute(f"INSERT INTO interactions {select}", values).fetchall()
        return int(count)

    def meet(self) -> None:
        """Leave them: they are there."""

    def before_replacing(self, compared: Compared, n_streamed: int, watermark: dict[str, Any]) -> None:
        """Of a file read to its end, commit the many rows before some are replaced."""
        fingerprint = watermark["fingerprint"]
        if fingerprint and compared.n_giving_way and n_streamed >= MANY_ROWS:
            Watermark(self._store, self._source, fingerprint).put_provisional(watermark)
            self._store.commit_so_far()

    def after_settling(self, compared: Compared) -> None:
        """Leave them: they are there."""

    def finish(self, rejected: str, values: list[object], watermark: dict[str, Any]) -> None:
        """Insert both."""
        self.connection.execute(f"INSERT INTO rejected_rows {rejected}", values).fetchall()
        Watermark(self._store, self._source, watermark["fingerprint"]).put(watermark)


class ServerShelf:
    """A server store: the tables of `connection` hold only the messages whose versions are compared."""

    def __init__(self, store: ServerStore, load: FileLoad, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._store = store
        self._load = load

    def key_hashes(self) -> Iterator[Hashes]:
        """Hash the stored keys as they come, in a database of their own: `connection` may be busy."""
        keys = self._store.stream("interactions", ("external_id", "platform_type"))
        with duckdb.connect() as connection:
            for batch in keys:
                connection.register("keys", batch)
                yield _hashes(connection, "keys")

    def count(self) -> int:
        """Count the stored messages."""
        return self._store.count("interactions")

    def put_new(self, select: str, values: dict[str, object]) -> int:
        """Stream them through, the next ones being read while these are sent."""
        rows = self._selected(select, INTERACTIONS.arrow, values)
        with closing(ahead(rows, depth=2)) as coming:
            return self._load.add(pa.RecordBatchReader.from_batches(rows.schema, coming))

    def meet(self) -> None:
        """Fetch them."""
        keys = self.connection.sql("SELECT DISTINCT platform_type, external_id FROM arriving")
        stored = self._load.stored(keys.to_arrow_table())
        self.connection.register("fetched", stored)
        self.connection.execute("CREATE OR REPLACE TEMP TABLE stored AS SELECT * FROM fetched")
        self.connection.unregister("fetched")
        self.connection.execute("DELETE FROM interactions")
        self.connection.execute("INSERT INTO interactions SELECT * FROM stored")

    def before_replacing(self, compared: Compared, n_streamed: int, watermark: dict[str, Any]) -> None:
        """Nothing is replaced on the server yet."""

    def after_settling(self, compared: Compared) -> None:
        """Send what is new, and what replaces a stored version."""
        if compared.n_new:
            self._load.add(self._selected(_NEW, INTERACTIONS.arrow))
        if compared.n_giving_way:
            self._load.replace(self._selected(_REPLACED, INTERACTIONS.arrow).read_all())

    def finish(self, rejected: str, values: list[object], watermark: dict[str, Any]) -> None:
        """Send both."""
        self._load.finish(self._selected(rejected, REJECTED_ROWS.arrow, values), watermark)

    def _selected(self, select: str, schema: pa.Schema, values: Any = None) -> pa.RecordBatchReader:
        return self.connection.sql(select, params=values).to_arrow_reader(AT_ONCE).cast(schema)


def _hashes(connection: duckdb.DuckDBPyConnection, relation: str) -> Hashes:
    return np.asarray(connection.execute(f"{KEY_HASH} {relation}").fetchnumpy()["key_hash"], np.uint64)
