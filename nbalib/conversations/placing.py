"""Place every message: which thread, which conversations, and where in them.

In: `scope` (rows of `interactions`), `signals`, `known_accounts`. Out: rows of `threads` and `turns`.
On the way a message is an integer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.flags import readings
from nbalib.conversations.roles import HERE
from nbalib.conversations.segments import NONE
from nbalib.conversations.threads import climb, openings
from nbalib.conversations.turns import number_turns
from nbalib.engines.statements import statement
from nbalib.schema import TURNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import Policy

STEPS = (
    "roots",
    "rooted",
    "readings",
    "addressed",
    "persons",
    "writers",
    "owned",
    "conversation_keys",
    "members",
    "named_brands",
)
"""Tables made one after the other, each of those before it, once messages are linked."""

MADE = ("affected", "affected_threads", "messages", "nodes", "links", *STEPS, "openings", "placed")
"""Temporary tables that placing reads and leaves."""

CONVERSATIONS_AT_ONCE = 100_000


def place(engine: PandasEngine, policy: Policy) -> None:
    """Find threads and turns of the messages in `scope`; `keep_threads` and `messages_placed` give them."""
    engine.make("messages", statement(HERE, "messages"))
    engine.make("nodes", statement(HERE, "nodes"))
    _link(engine)
    for step in STEPS:
        engine.make(step, readings() if step == "readings" else statement(HERE, step))
    _find_openings(engine, policy.max_opening_messages)
    engine.make("placed", statement(HERE, "placed"))


def messages_placed(engine: PandasEngine) -> Iterator[pa.Table]:
    """Give the messages with their `conversation` (int), sorted, whole conversations at once."""
    return engine.ranges(statement(HERE, "ordered"), "conversation_keys", CONVERSATIONS_AT_ONCE)


def _link(engine: PandasEngine) -> None:
    """Climb all reply links; make `links`, in which -1 stands for none."""
    nodes = engine.arrays(
        "SELECT parent_node, author_role = 'customer' AS is_customer FROM nodes ORDER BY node"
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
        "is_customer": is_customer,
        "is_circular": roots.circular,
    }
    engine.table("links", pa.table(links))


def _find_openings(engine: PandasEngine, most: int) -> None:
    """Make `openings`: the messages above each conversation's first customer message."""
    firsts = engine.sql(statement(HERE, "first_messages"))
    parent = engine.arrays("SELECT parent FROM links ORDER BY node")["parent"]
    which, ancestor = openings(firsts["node"].to_numpy(), parent, most)
    conversation = firsts["conversation"].take(pa.array(which))
    engine.table("openings", pa.table({"conversation": conversation, "ancestor": pa.array(ancestor)}))


def turns_of(ordered: pa.Table, policy: Policy) -> pa.Table:
    """Give the rows of `turns`, and `conversation`, of sorted messages: those with the numbers of turns."""
    numbers = number_turns(
        np.asarray(ordered["conversation"]).astype(np.int64),
        np.asarray(ordered["is_opening"]),
        np.asarray(pc.equal(ordered["author_role"], "customer")),
        np.asarray(ordered["interaction_timestamp"].cast(pa.int64())),
        policy.clock_restart_days,
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
