"""From stored messages to turns, conversations and customer profiles.

In: the tables `interactions` and `contacts`. Out: `signals`, `turns`, `conversations`,
`customer_profiles`; the last three are replaced in one transaction, so that a reader sees the old or the
new ones, and a killed run leaves the old.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.conversations.building import TREES, build
from nbalib.conversations.keeping import clear_place, keep_profiles
from nbalib.conversations.placing import MADE
from nbalib.conversations.reading import Switches, read_messages
from nbalib.conversations.roles import HERE, put_roles_right, renew_known_accounts
from nbalib.conversations.scope import choose_scope, is_whole, method_of
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.engines.statements import statement
from nbalib.errors import NbaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import duckdb

    from nbalib.params import Params
    from nbalib.stores.duckdb_store import DuckDBStore

    EngineOn = Callable[[duckdb.DuckDBPyConnection], PandasEngine]


@dataclass(frozen=True)
class ProcessReport:
    """What is stored after a pass, and what the pass did: `n_read` and `n_placed` messages.

    `n_unowned` messages are in no conversation; `n_circular` stand in circles of replies, such as
    `circular_example`; `n_answers_later` answer a message dated after them. `method` names what
    conversations were built with.
    """

    n_interactions: int
    n_read: int
    n_placed: int
    n_conversations: int
    n_customers: int
    n_threads: int
    n_unowned: int
    n_circular: int
    circular_example: str | None
    n_answers_later: int
    method: str


def process(
    store: DuckDBStore,
    params: Params,
    *,
    now: datetime,
    switches: Switches | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    engine_on: EngineOn = PandasEngine,
) -> ProcessReport:
    """Compute turns, conversations and profiles of all that is stored.

    Parameters
    ----------
    store : DuckDBStore
        Open for writing.
    now : datetime
        UTC; becomes `created_at` of what is written, and nothing else.
    switches : Switches, optional
        Language, mood and topics; all on by default.
    progress : callable, optional
        Called with the step's name, rows done, and rows in all.
    engine_on : callable
        Gives the engine that works on a connection.
    """
    engine = engine_on(store.connection)
    tell = progress or (lambda _step, _done, _total: None)
    started = now
    try:
        report = _process(store, engine, params, now, switches or Switches(), tell)
    except NbaError as error:
        _log(store, started, now, "failed", {}, str(error))
        raise
    _log(store, started, now, "done", asdict(report), None)
    return report


def _log(
    store: DuckDBStore,
    started: datetime,
    ended: datetime,
    status: str,
    facts: dict[str, object],
    error: str | None,
) -> None:
    """Write the run into `pipeline_runs`."""
    row = {
        "run_id": f"process-{uuid.uuid4().hex[:12]}",
        "step": "process",
        "status": status,
        "started_at": started,
        "finished_at": ended,
        "facts": json.dumps(facts),
        "error": error,
    }
    store.append("pipeline_runs", pa.Table.from_pylist([row]))


def _process(
    store: DuckDBStore,
    engine: PandasEngine,
    params: Params,
    now: datetime,
    switches: Switches,
    tell: Callable[[str, int, int], None],
) -> ProcessReport:
    total = store.count("interactions")
    method = method_of(params, switches)
    with store.transaction():
        put_roles_right(engine, params.accounts)
    read = read_messages(store, engine, switches, lambda done: tell("reading messages", done, total))
    with store.transaction():
        whole = is_whole(engine, method)
        renew_known_accounts(engine, params.accounts, whole=whole)
        placed = 0
        if whole or store.count("touched"):
            placed = _build(store, engine, params, now, tell, whole=whole)
    engine.drop(*MADE)
    threads_now = engine.sql(statement(HERE, "thread_counts")).to_pylist()[0]
    return ProcessReport(
        n_interactions=total,
        n_read=read,
        n_placed=placed,
        n_conversations=store.count("conversations"),
        n_customers=store.count("customer_profiles"),
        method=method,
        **threads_now,
    )


def _build(
    store: DuckDBStore,
    engine: PandasEngine,
    params: Params,
    now: datetime,
    tell: Callable[[str, int, int], None],
    *,
    whole: bool,
) -> int:
    """Build threads, turns, conversations and profiles of all, or of what is touched; count the messages."""
    choose_scope(engine, whole=whole)
    total = engine.one("SELECT count(*) FROM scope")
    tell("building threads", 0, total)
    clear_place(engine, whole=whole)
    work = partial(build, params=params, now=now, latest=store.latest_interaction_at())
    engine.by_tree(TREES, work, lambda done: tell("judging conversations", done, total))
    keep_profiles(engine, now, whole=whole)
    engine.execute("DELETE FROM touched")
    return int(total)
