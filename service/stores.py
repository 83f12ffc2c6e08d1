"""Where answers come from: the snapshots of a DuckDB store, or a store on a server, asked for one customer.

In: settings and the name of a store. Out: `Answers`. A server is asked by as many openings as there are
questions at a time; one that is away is an error at once, not after a wait: whoever asked asks again.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from nbalib.errors import StoreError
from nbalib.predictions.serving import answer, answer_from
from nbalib.stores.opening import open_store
from service.snapshot import Snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbalib.predictions.assemble import Predictions
    from nbalib.predictions.method import Method
    from nbalib.predictions.serving import Question
    from nbalib.settings import Settings
    from nbalib.stores.contract import Store

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0


class Answers(Protocol):
    """Answers questions from a store; used by many threads."""

    def open(self) -> None:
        """Begin; a store that is away is no error, it may come."""

    def close(self) -> None:
        """End."""

    def check(self) -> None:
        """Raise a `StoreError` if questions cannot be answered."""

    def answer(self, method: Method, question: Question) -> Predictions:
        """Answer as the batch would; see `predictions.serving`."""


def answers_from(settings: Settings, db: str) -> Answers:
    """Choose by the store's name."""
    return SnapshotAnswers(settings) if db == "duckdb" else StoreAnswers(settings, db)


class SnapshotAnswers(Snapshots):
    """Answers from the latest published snapshot of the DuckDB store."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.duckdb_path)

    def check(self) -> None:
        """Read one profile."""
        if not self.is_watched:
            raise StoreError("nobody looks for changes of the store any more")
        with self.connection() as connection:
            connection.execute("SELECT customer_id FROM customer_profiles LIMIT 1").fetchall()

    def answer(self, method: Method, question: Question) -> Predictions:
        """Look the customer up in it."""
        with self.connection() as connection:
            return answer(connection, method, question)


class StoreAnswers:
    """Answers from the tables of a server."""

    def __init__(self, settings: Settings, db: str) -> None:
        self._settings = replace(settings, store_patience_seconds=PATIENCE_SECONDS)
        self._db = db
        self._idle: list[Store] = []
        self._lock = threading.Lock()

    def open(self) -> None:
        """Connect once, and say if that fails."""
        try:
            self.check()
        except StoreError as error:
            log.warning("there is no store to serve yet: %s", error)

    def close(self) -> None:
        """Close what is idle; when the service ends, all is."""
        with self._lock:
            idle, self._idle = self._idle, []
        for store in idle:
            store.close()

    def check(self) -> None:
        """Ask for one instant."""
        with self._lent() as store:
            store.latest_at("turns", "interaction_timestamp")

    def answer(self, method: Method, question: Question) -> Predictions:
        """Fetch the customer's rows."""
        with self._lent() as store:
            return answer_from(store, method, question)

    @contextmanager
    def _lent(self) -> Iterator[Store]:
        """Lend an opening to one thread; one that met an error of its store is not used again."""
        with self._lock:
            store = self._idle.pop() if self._idle else None
        store = store or open_store(self._settings, self._db, read_only=True)
        try:
            yield store
        except StoreError:
            store.close()
            raise
        except BaseException:
            self._take_back(store)
            raise
        self._take_back(store)

    def _take_back(self, store: Store) -> None:
        with self._lock:
            self._idle.append(store)
