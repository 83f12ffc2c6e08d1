"""The latest published snapshot of the store, and connections to it.

In: the path of a store that other processes write, and whose snapshots they publish. Out: connections that
read the latest one. Who reads when a new one comes reads on in the old, which is closed after the last of
them; nobody waits, and no request fails. A store that is gone is answered by nothing: there is no snapshot.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from nbalib.errors import StoreBusyError, StoreError
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.snapshots import latest, publish_if_behind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
RETRY_SECONDS = 10.0
FIRST_SECONDS = 5.0

DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)
"""What a file that cannot be read any more makes DuckDB say."""


@dataclass(eq=False)
class Snapshot:
    """One open snapshot; closed once it is retired and the last of its readers is done."""

    store: DuckDBStore
    idle: list[duckdb.DuckDBPyConnection] = field(default_factory=list)
    n_readers: int = 0
    is_retired: bool = False

    def close_if_over(self) -> None:
        """Close it if nobody will read it any more."""
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
        self._served: Path | None = None
        self._rests_until = 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="snapshots", daemon=True)

    def open(self) -> None:
        """Take the first snapshot, of a store that nobody has published if need be, and begin to watch."""
        end = time.monotonic() + FIRST_SECONDS
        while not self._is_settled() and self._current is None and time.monotonic() < end:
            time.sleep(self._look_seconds / 10)  # the process beside us may be publishing
            self.look()
        self.look()
        if self._current is None:
            log.warning("there is no store to serve yet: %s", self.source)
        self._watcher.start()

    def _is_settled(self) -> bool:
        """Publish the store, unless that is done; tells whether to try again is of no use."""
        try:
            publish_if_behind(self.source)
        except StoreError as error:
            log.warning("the store is served as it was published last: %s", error)
            return not isinstance(error, StoreBusyError)
        return True

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
        """Look for a new snapshot once, and take it."""
        if time.monotonic() < self._rests_until:
            return
        try:
            published = latest(self.source)
            if published != self._served:
                self._take(published)
        except (OSError, ValueError, KeyError, StoreError) as error:
            log.warning("the snapshot before stays: %s", error)
            self._rests_until = time.monotonic() + RETRY_SECONDS

    def _take(self, published: Path | None) -> None:
        """Serve a snapshot from here on; one that was removed before it was opened is left for the next."""
        try:
            fresh = _opened(published)
        except StoreError:
            if latest(self.source) == published:
                raise
            return
        self._put(fresh)
        self._served = published

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


def _opened(path: Path | None) -> DuckDBStore | None:
    """Open a snapshot for reading; nothing, where there is none."""
    if path is None:
        return None
    try:
        store = DuckDBStore.open(path, read_only=True)
        # Many small questions at a time: a thread for each, rather than several for one.
        store.connection.execute("SET threads = 1; SET temp_directory = ''")
    except duckdb.Error as error:
        raise StoreError(f"{path} cannot be opened: {error}") from error
    log.info("a new snapshot: %s", path)
    return store
