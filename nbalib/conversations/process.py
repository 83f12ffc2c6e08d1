"""From stored messages to turns, conversations and customer profiles.

In: the tables `interactions` and `contacts`. Out: `signals`, `turns`, `conversations`,
`customer_profiles`; the last three are replaced in one transaction, so that a reader sees the old or the
new ones, and a killed run leaves the old.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from nbalib.conversations.flags import packed
from nbalib.conversations.reading import Switches, read_messages
from nbalib.conversations.roles import HERE, find_known_accounts, put_roles_right
from nbalib.conversations.status import decide_status
from nbalib.conversations.threads import climb, openings
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.engines.statements import statement
from nbalib.errors import NbaError
from nbalib.schema import CONVERSATIONS, TURNS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from nbalib.params import Params, Policy
    from nbalib.stores.duckdb_store import DuckDBStore


@dataclass(frozen=True)
class ProcessReport:
    """What one pass did: counts of rows, and what was odd in the reply links."""

    n_interactions: int
    n_read: int
    n_conversations: int
    n_customers: int
    n_threads: int
    n_unowned: int
    n_circular: int
    circular_example: str | None
    n_answers_later: int


def process(
    store: DuckDBStore,
    params: Params,
    *,
    now: datetime,
    switches: Switches | None = None,
    progress: Callable[[str, int, int], None] | None = None,
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
    """
    engine = PandasEngine(store.connection)
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
    with store.transaction():
        put_roles_right(engine, params.accounts)
    read = read_messages(store, engine, switches, lambda done: tell("reading messages", done, total))
    tell("building threads", 0, total)
    odd = build_turns(engine, params)
    tell("judging conversations", 0, total)
    with store.transaction():
        engine.execute(f"DELETE FROM turns; INSERT INTO turns SELECT {', '.join(TURNS.names)} FROM new_turns")
        engine.make("moments", statement(HERE, "moments"))
        store.replace("conversations", conversations_of(state_of(engine), now))
        profiles = engine.sql(statement(HERE, "profiles"), {"now": now})
        store.replace("customer_profiles", profiles)
    report = ProcessReport(
        n_interactions=total,
        n_read=read,
        n_conversations=store.count("conversations"),
        n_customers=profiles.num_rows,
        n_threads=engine.one("SELECT count(DISTINCT platform_type || ':' || thread_root_id) FROM members"),
        n_unowned=engine.one("SELECT count(*) FROM nodes WHERE node NOT IN (SELECT node FROM members)"),
        **odd,
    )
    engine.drop(
        "nodes", "links", "members", "circular", "openings", "named_brands", "new_turns", "moments", "flagged"
    )
    return report


def build_turns(engine: PandasEngine, params: Params) -> dict[str, Any]:
    """Make the table `new_turns`, and `nodes`, `links` and `members` on the way.

    Returns
    -------
    dict
        Counts of reply links that could not be followed, for the report.
    """
    engine.make("nodes", statement(HERE, "nodes"))
    odd = _link(engine)
    find_known_accounts(engine, params.accounts)
    engine.make("flagged", packed())
    engine.make("members", statement(HERE, "members"))
    engine.make("named_brands", statement(HERE, "named_brands"))
    _find_openings(engine, params.policy)
    engine.make(
        "new_turns", statement(HERE, "turns"), {"clock_restart_days": params.policy.clock_restart_days}
    )
    return odd


def _link(engine: PandasEngine) -> dict[str, Any]:
    """Climb all reply links; make `links`: node, top, depth, nearest_customer (-1: none)."""
    nodes = engine.arrays(
        "SELECT parent_node, author_role = 'customer' AS is_customer, answers_later FROM nodes ORDER BY node"
    )
    parent, is_customer = nodes["parent_node"], nodes["is_customer"]
    roots = climb(parent)
    parent = np.where(roots.circular, -1, parent)
    nearest = climb(parent, is_customer).top
    here = np.arange(len(parent))
    nearest[(nearest == here) | ~is_customer[nearest]] = -1
    engine.table(
        "links",
        pa.table(
            {
                "node": here,
                "top": roots.top,
                "depth": roots.steps,
                "nearest_customer": nearest,
                "parent": parent,
            }
        ),
    )
    circular = np.flatnonzero(roots.circular)
    engine.table("circular", pa.table({"node": circular}))
    return {
        "n_circular": len(circular),
        "circular_example": engine.one(
            "SELECT min(n.interaction_id) FROM nodes AS n JOIN circular AS c ON c.node = n.node"
        ),
        "n_answers_later": int(nodes["answers_later"].sum()),
    }


def _find_openings(engine: PandasEngine, policy: Policy) -> None:
    """Make `openings`: the messages above each conversation's first customer message."""
    firsts = engine.sql(statement(HERE, "first_messages"))
    parent = engine.arrays("SELECT parent FROM links ORDER BY node")["parent"]
    which, ancestor = openings(firsts["node"].to_numpy(), parent, policy.max_opening_messages)
    pairs = firsts.drop_columns(["node"]).take(pa.array(which)).append_column("ancestor", pa.array(ancestor))
    engine.table("openings", pairs)


def state_of(engine: PandasEngine, turns: str = "new_turns") -> pa.Table:
    """Give the state of each of the `moments`, its status included, in the order of moment_id.

    Parameters
    ----------
    turns : str
        Name of the table of turns to read.
    """
    text = statement(HERE, "state").replace("JOIN turns AS", f"JOIN {turns} AS")
    state = engine.sql(f"{text} ORDER BY s.moment_id")
    status = decide_status(state)
    for name in status.column_names:
        state = state.append_column(name, status[name])
    return state


def conversations_of(state: pa.Table, now: datetime) -> pa.Table:
    """Shape states as rows of the table `conversations`."""
    points, moods = state["mood_points_sum"].to_numpy(zero_copy_only=False), state["n_moods"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        mood = pa.array(points.astype(float) / moods / 10_000, mask=moods == 0)
    count = state["total_interactions"].to_pylist()
    platform = state["platform_type"].to_pylist()
    mix = [f'{{"{name}":{n}}}' for name, n in zip(platform, count, strict=True)]
    whole = state.append_column("customer_sentiment_score", mood)
    whole = whole.append_column("channel_mix", pa.array(mix, pa.string()))
    whole = whole.append_column("created_at", pa.array([now] * state.num_rows, pa.timestamp("us", tz="UTC")))
    return CONVERSATIONS.conform(whole.select(CONVERSATIONS.names))
