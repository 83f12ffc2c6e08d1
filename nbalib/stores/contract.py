"""What every store does, so that the steps above need not know which one it is.

In: Arrow tables and readers in the layout of `schema`. Out: the same; instants are UTC.
A `Store` is read, searched and added to. A `ServerStore` is a store that several processes reach at
once: loads and passes change it through `load` and `apply`, each of them whole or not at all, one at a
time (`alone`).

What may be raised, beside what a method names: `StoreAwayError` when the store cannot be reached just
now, or gave up for a reason that passes (refused, reset, too many connections, a deadlock): asked again,
it may work, and a store connects again by itself; `StoreError` when asking again would not help.
Messages name the store (`Store.name`), never a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from types import TracebackType

    import pyarrow as pa


class Store(Protocol):
    """The tables of `schema`, somewhere; a context manager that closes it.

    A table without such a name, or a column that it does not have, is a `SchemaError` everywhere, and so
    are rows that do not fit their table.
    """

    @property
    def name(self) -> str:
        """Where it is, for messages: a path, or host and database."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def close(self) -> None:
        """Let it go; closing twice does no harm."""

    def read(
        self, table: str, columns: Sequence[str] | None = None, where: Mapping[str, object] | None = None
    ) -> pa.Table:
        """Give rows of `table` in the table's types, in no particular order.

        Parameters
        ----------
        columns : sequence of str, optional
            All by default.
        where : mapping, optional
            Column → the value that it has in the rows wanted; all rows by default.
        """

    def stream(self, table: str, columns: Sequence[str] | None = None) -> pa.RecordBatchReader:
        """Give all rows of `table`, batch by batch, with bounded memory.

        Read to its end, or closed, before the store is asked for anything else. Rows that are committed
        meanwhile do not appear.
        """

    def count(self, table: str) -> int:
        """Count the rows of `table`."""

    def digest(self, table: str) -> str:
        """Name the contents of `table`, whatever the order of its rows; see `stores/digest.py`."""

    def latest_at(self, table: str, column: str) -> datetime | None:
        """Give the latest instant of a column of instants (UTC); None where there is none."""

    def latest_interaction_at(self) -> datetime | None:
        """Give the instant of the latest stored interaction (UTC); None in an empty store."""

    def customer_interactions(self, customer_id: str) -> pa.Table:
        """Give what a customer wrote, and every other message of their conversations, oldest first.

        Raises
        ------
        NotFoundError
            Nothing of this customer is stored.
        """

    def append(self, table: str, rows: pa.Table) -> None:
        """Add `rows`, whose keys must be new: all of them or none."""

    def append_new(self, table: str, rows: pa.Table) -> int:
        """Add those of `rows` whose key is new; of several with one key, the first. Give how many."""

    def replace(self, table: str, rows: pa.Table) -> None:
        """Put `rows` in the place of all rows of `table`."""


@dataclass(frozen=True)
class TableChange:
    """What a pass changes in one table.

    Attributes
    ----------
    table : str
    upsert : pa.RecordBatchReader
        Rows to write: of each, what is stored under its key is replaced. No key comes twice.
    delete : pa.RecordBatchReader
        Keys (the columns of the table's key) whose rows go. None of them is in `upsert`.
    is_new : bool
        The table is empty: no row of `upsert` has a stored one to replace.
    """

    table: str
    upsert: pa.RecordBatchReader
    delete: pa.RecordBatchReader
    is_new: bool = False


class FileLoad(Protocol):
    """The way of one file into a server store, inside `ServerStore.load`."""

    def add(self, rows: pa.RecordBatchReader) -> int:
        """Store rows of `interactions` under keys that the store does not have, each once. Give how many."""

    def stored(self, keys: pa.Table) -> pa.Table:
        """Give the stored rows of `interactions`, those of this load included, with one of these keys.

        Parameters
        ----------
        keys : pa.Table
            platform_type, external_id; no pair twice.
        """

    def replace(self, rows: pa.Table) -> None:
        """Put versions in the place of those stored under their keys, and forget the old ones' `signals`."""

    def add_staged(self, load_id: str) -> int:
        """Store what was staged for `interactions` under `load_id`, as `add` would. Give how many."""

    def finish(self, rejected: pa.RecordBatchReader, watermark: Mapping[str, Any]) -> None:
        """Store the rows of `rejected_rows` and the row of `ingestion_watermarks`: the file is done.

        Called once, last. A load that ends without it, or whose `alone` does not end well, leaves nothing
        that the next load of the same file would count otherwise.
        """


class ServerStore(Store, Protocol):
    """A store that several processes reach at the same time."""

    @property
    def patience(self) -> float:
        """Seconds for which a caller asks again (`stores/retrying.py`) when the store is away."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep other loads and passes out, inside the block; readers and `append` go on.

        What is done inside is stored for good when the block ends well, and not at all (or: is made up for
        by the same work, done again) when it does not.

        Raises
        ------
        StoreBusyError
            Another process is at work there, and still is after a few seconds: "… is in use by another
            process …".
        """

    def steady(self) -> AbstractContextManager[None]:
        """Let all that is read inside the block be of one state, as far as the store can promise that."""

    def load(self, source: str, file: str, size: int) -> AbstractContextManager[FileLoad]:
        """Begin to load a file, inside `alone`.

        Parameters
        ----------
        source, file : str
            The adapter, and the file's name without folders.
        size : int
            Its bytes: with the other two, how a load that died is known when it is begun again.
        """

    def apply(self, changes: Iterable[TableChange]) -> None:
        """Make all changes, inside `alone`.

        In one transaction where the store has them; else in the given order, of each table the upserts
        before the deletes, so that the same pass, run again, makes up for one that died.
        """

    def stage(self, load_id: str, table: str, part: int, rows: pa.RecordBatchReader) -> int:
        """Keep one part of a parallel load aside, where no reader of `table` sees it. Give how many rows.

        From any process, and with others at once. A part that is staged again replaces its former self,
        so that a task which died, or ran twice, counts once.
        """

    def staged(self, load_id: str, table: str) -> pa.RecordBatchReader:
        """Give what was staged, all parts; used as `stream` is."""

    def drop_staged(self, load_id: str) -> None:
        """Forget what was staged under `load_id`."""
