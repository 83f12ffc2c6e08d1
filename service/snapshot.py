"""The latest snapshot of the store, and connections to it.

In: the path of a store that other processes write. Out: connections that read its latest whole copy.
A change counts once two looks have found the same: a store that is being written, replaced or moved is left
alone, and the snapshot before it goes on answering. One that is gone, or is no store of ours, is answered by
nothing: there is then no snapshot.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from nbalib.errors import StoreError
from service.copying import open_copy, stamp_of, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbalib.stores.duckdb_store import DuckDBStore
    from service.copying import Stamp

log = logging.getLogger(__name__)

FIRST_LOOKS_SECONDS = 0.25
LOOK_SECONDS = 1.0
RETRY_SECONDS = 10.0

DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)
"""What a file that cannot be read any more makes DuckDB say."""


@dataclass(eq=False)
class Snapshot:
    """One open copy; closed once it is retired and the last of its readers is done."""

    store: DuckDBStore
    idle: list[duckdb.DuckDBPyConnection] = field(default_factory=list)
    n_readers: int = 0
    is_retired: bool = False

    def close_if_over(self) -> None:
        """Close the copy if nobody will read it any more."""
        if self.is_retired and self.n_readers == 0:
            for connection in self.idle:
                connection.close()
            self.store.close()


class Snapshots:
    """Always the latest snapshot of a store; a thread of its own looks for changes.

    Parameters
    ----------
    source : Path
        The store; it need not be there yet.
    look_seconds : float
        From one look to the next.
    """

    def __init__(self, source: Path, look_seconds: float = LOOK_SECONDS) -> None:
        self.source = source
        self._look_seconds = look_seconds
        self._current: Snapshot | None = None
        self._lock = threading.Lock()
        self._seen: Stamp | None = None
        self._acted_on: Stamp | None = None
        self._rests_until = 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="snapshots", daemon=True)

    def open(self) -> None:
        """Take the first snapshot, if there is a store at rest, and begin to watch it."""
        self.look()
        self._ended.wait(min(FIRST_LOOKS_SECONDS, self._look_seconds))
        self.look()
        if self._current is None:
            log.warning("there is no store to serve yet: %s", self.source)
        self._watcher.start()

    def close(self) -> None:
        """Stop watching, and close what nobody reads any more."""
        self._ended.set()
        self._watcher.join()
        self._put(None)

    @property
    def is_watched(self) -> bool:
        """Tell whether changes of the store are still looked for."""
        return self._watcher.is_alive()

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a connection to the latest snapshot to one thread, for the block only.

        Raises
        ------
        StoreError
            There is none, or it could not be read.
        """
        snapshot, connection = self._lend()
        try:
            yield connection
        except DAMAGE as error:
            raise StoreError(f"the snapshot of {self.source} cannot be read: {error}") from error
        finally:
            self._take_back(snapshot, connection)

    def look(self) -> None:
        """Look at the store once, and act on a change that has settled."""
        try:
            stamp = stamp_of(self.source)
            settled = stamp == self._seen
            self._seen = stamp
            if not settled or stamp == self._acted_on or time.monotonic() < self._rests_until:
                return
            self._act_on(stamp)
        except OSError as error:
            log.warning("the store cannot be copied, the snapshot before stays: %s", error)
            self._rests_until = time.monotonic() + RETRY_SECONDS

    def _act_on(self, stamp: Stamp | None) -> None:
        """Put the store as it is now in the place of the snapshot before."""
        fresh = None
        if stamp is None:
            log.warning("the store is gone: %s", self.source)
        else:
            tidy(self.source)
            try:
                fresh = open_copy(self.source, stamp)
            except StoreError as error:
                log.warning("the store cannot be served: %s", error)
            else:
                if fresh is None:
                    return
                log.info("a new snapshot of %s", self.source)
        self._put(fresh)
        self._acted_on = stamp

    def _put(self, store: DuckDBStore | None) -> None:
        with self._lock:
            before, self._current = self._current, Snapshot(store) if store else None
            if before:
                before.is_retired = True
                before.close_if_over()

    def _lend(self) -> tuple[Snapshot, duckdb.DuckDBPyConnection]:
        with self._lock:
            snapshot = self._current
            if snapshot is None:
                raise StoreError(f"there is no snapshot of {self.source}")
            connection = snapshot.idle.pop() if snapshot.idle else snapshot.store.connection.cursor()
            snapshot.n_readers += 1
        return snapshot, connection

    def _take_back(self, snapshot: Snapshot, connection: duckdb.DuckDBPyConnection) -> None:
        with self._lock:
            snapshot.idle.append(connection)
            snapshot.n_readers -= 1
            snapshot.close_if_over()

    def _watch(self) -> None:
        while not self._ended.wait(self._look_seconds):
            self.look()
