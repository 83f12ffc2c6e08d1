"""Process what any store holds: a DuckDB store in place, a server by a copy of its tables.

In: a store. Out: the same tables, whichever store it is. On a server a pass is one change, made at its end:
a reader sees the tables before or after it, and a pass that died has changed nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

import pyarrow.compute as pc

from nbalib.conversations.process import process
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import NbaError, StoreAwayError
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.retrying import retried
from nbalib.stores.working_copy import working_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import pyarrow as pa

    from nbalib.conversations.process import EngineOn, ProcessReport
    from nbalib.conversations.reading import Switches
    from nbalib.params import Params
    from nbalib.stores.contract import ServerStore, Store

    Pass = Callable[[DuckDBStore], ProcessReport]

CHANGED: dict[str, Sequence[str]] = {
    "interactions": ("author_role", "brand_account_id"),
    "signals": (),
    "touched": (),
    "known_accounts": (),
    "threads": (),
    "turns": (),
    "conversations": (),
    "customer_profiles": (),
    "pipeline_runs": (),
}
"""Tables that a pass reads and changes, and in which columns: in all where none is named."""


def process_anywhere(
    store: Store,
    params: Params,
    *,
    now: datetime,
    switches: Switches | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    engine_on: EngineOn = PandasEngine,
) -> ProcessReport:
    """Compute turns, conversations and profiles of all that is stored; see `process`.

    Raises
    ------
    StoreBusyError
        Another process is changing the store.
    """
    one_pass = partial(
        process, params=params, now=now, switches=switches, progress=progress, engine_on=engine_on
    )
    if isinstance(store, DuckDBStore):
        return one_pass(store)
    server = cast("ServerStore", store)
    failed: list[pa.Table] = []
    try:
        return retried(lambda _tries: _on_copy(server, one_pass, failed), server.patience)
    except NbaError as error:
        if failed and not isinstance(error, StoreAwayError):
            server.append_new("pipeline_runs", failed[-1])
        raise


def _on_copy(server: ServerStore, one_pass: Pass, failed: list[pa.Table]) -> ProcessReport:
    """Work on a copy and take over what changed; of a pass that fails, note its log in `failed`."""
    with server.alone(), working_copy(server, tuple(CHANGED)) as copy:
        try:
            report = one_pass(copy.store)
        except NbaError:
            runs = copy.store.read("pipeline_runs")
            failed.append(runs.filter(pc.equal(runs["status"], "failed")))
            raise
        server.apply(copy.changes(CHANGED))
    return report
