"""Place every message: which thread, which conversations, and where in them.

In: `interactions` and `signals`. Out: rows of `turns`, and the temporary tables `nodes`, `links` and
`members` on the way, in which a message is an integer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.flags import packed
from nbalib.conversations.roles import HERE, find_known_accounts
from nbalib.conversations.segments import NONE
from nbalib.conversations.threads import climb, openings
from nbalib.conversations.turns import number_turns
from nbalib.engines.statements import statement
from nbalib.schema import TURNS

if TYPE_CHECKING:
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import Params

MADE = (
    "accounts",
    "known_accounts",
    "nodes",
    "links",
    "circular",
    "flagged",
    "members",
    "named_brands",
    "openings",
    "conversation_keys",
)
"""Temporary tables that placing leaves."""


@dataclass(frozen=True)
class Oddities:
    """Reply links that could not be followed: counts of messages, and one example."""

    n_circular: int
    circular_example: str | None
    n_answers_later: int


def place(engine: PandasEngine, params: Params) -> tuple[pa.Table, Oddities]:
    """Find the turns of all conversations.

    Returns
    -------
    turns : Table, shape (n_turns, …)
        Columns of `turns` and `conversation` (int), sorted by conversation and turn.
    oddities : Oddities
    """
    engine.make("nodes", statement(HERE, "nodes"))
    odd = _link(engine)
    find_known_accounts(engine, params.accounts)
    engine.make("flagged", packed())
    engine.make("members", statement(HERE, "members"))
    engine.make("named_brands", statement(HERE, "named_brands"))
    _find_openings(engine, params.policy.max_opening_messages)
    engine.make("conversation_keys", statement(HERE, "conversation_keys"))
    ordered = engine.sql(statement(HERE, "ordered"))
    return _numbered(ordered, params.policy.clock_restart_days), odd


def _link(engine: PandasEngine) -> Oddities:
    """Climb all reply links; make `links`: node, parent, top, depth, nearest_customer (-1: none)."""
    nodes = engine.arrays(
        "SELECT parent_node, author_role = 'customer' AS is_customer, answers_later FROM nodes ORDER BY node"
    )
    parent, is_customer = nodes["parent_node"], nodes["is_customer"]
    roots = climb(parent)
    parent = np.where(roots.circular, NONE, parent)
    here = np.arange(len(parent))
    nearest = climb(parent, is_customer).top
    nearest[(nearest == here) | ~is_customer[nearest]] = NONE
    links = {
        "node": here,
        "parent": parent,
        "top": roots.top,
        "depth": roots.steps,
        "nearest_customer": nearest,
    }
    engine.table("links", pa.table(links))
    engine.table("circular", pa.table({"node": np.flatnonzero(roots.circular)}))
    example = "SELECT min(n.interaction_id) FROM nodes AS n JOIN circular AS c ON c.node = n.node"
    return Oddities(int(roots.circular.sum()), engine.one(example), int(nodes["answers_later"].sum()))


def _find_openings(engine: PandasEngine, most: int) -> None:
    """Make `openings`: the messages above each conversation's first customer message."""
    firsts = engine.sql(statement(HERE, "first_messages"))
    parent = engine.arrays("SELECT parent FROM links ORDER BY node")["parent"]
    which, ancestor = openings(firsts["node"].to_numpy(), parent, most)
    names = firsts["conversation_id"].take(pa.array(which))
    engine.table("openings", pa.table({"conversation_id": names, "ancestor": pa.array(ancestor)}))


def _numbered(ordered: pa.Table, restart_days: int) -> pa.Table:
    """Add the numbers of turns to sorted messages."""
    numbers = number_turns(
        np.asarray(ordered["conversation"]).astype(np.int64),
        np.asarray(ordered["is_opening"]),
        np.asarray(pc.equal(ordered["author_role"], "customer")),
        np.asarray(ordered["interaction_timestamp"].cast(pa.int64())),
        restart_days,
    )
    since = pa.array(numbers.answers_since, mask=numbers.answers_since == NONE)
    made = {
        "turn": pa.array(numbers.turn),
        "run": pa.array(numbers.run),
        "starts_clock": pa.array(numbers.starts_clock),
        "answers_since": since.cast(TURNS.arrow.field("answers_since").type),
    }
    for name, column in made.items():
        ordered = ordered.append_column(name, column)
    return ordered
