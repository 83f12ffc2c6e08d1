"""A thread as people read it: who answered whom, and which message belongs to which conversation.

In: the tables `interactions`, `threads`, `turns` and `conversations`. Out: HTML that needs no script and
no other file. Conversations are named A, B, C … in the order in which they began. Every text is escaped.
Times are shown in UTC.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from nbalib.engines.statements import statement
from nbalib.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from nbalib.engines.pandas_engine import PandasEngine

HERE = "nbalib.evaluation"
N_TINTS = 4
MOST_MESSAGES = 60
"""Of a larger thread the first ones are shown, and how many are left out."""
EXAMPLE_MESSAGES = 10
"""A thread of so many counted messages, or fewer, can be read at a glance."""


@dataclass(frozen=True)
class Example:
    """A thread worth looking at, and one conversation in it: the longest where a customer waits."""

    platform_type: str
    thread_root_id: str
    conversation_id: str


@dataclass(frozen=True)
class Place:
    """Where a message stands in one conversation, which has the letter `letter`."""

    letter: str
    is_opening: bool


@dataclass(frozen=True)
class Node:
    """A message of the tree; `depth` counts the messages above it, `places` is empty if it is nobody's."""

    message: Mapping[str, Any]
    depth: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class ThreadTree:
    """One thread for display in a notebook: its `nodes` in reading order, each below what it answers.

    `conversations` has, by letter, customer_id, total_interactions, resolution_status and awaiting.
    """

    nodes: tuple[Node, ...]
    conversations: Mapping[str, Mapping[str, Any]]

    def __repr__(self) -> str:
        return f"a thread of {len(self.nodes)} messages, {len(self.conversations)} conversations"

    def _repr_html_(self) -> str:
        known = "".join(_about(letter, facts) for letter, facts in self.conversations.items())
        shown = "".join(_item(node) for node in self.nodes[:MOST_MESSAGES])
        left_out = len(self.nodes) - MOST_MESSAGES
        more = f"<p>{left_out:,} more messages are left out here.</p>" if left_out > 0 else ""
        return (
            f'<style>{style()}</style><section class="nba-tree"><ul>{known}</ul><ol>{shown}</ol>{more}'
            "</section>"
        )


@cache
def style() -> str:
    """Give the style sheet of `ThreadTree`."""
    return files(HERE).joinpath("thread_tree.css").read_text(encoding="utf-8")


def example_thread(engine: PandasEngine) -> Example:
    """Find a small thread with much to see, such as bystanders and openings.

    Raises
    ------
    NotFoundError
        No conversation is stored.
    """
    text = f"SELECT * FROM ({statement(HERE, 'example_threads')}) AS found LIMIT 1"
    found = engine.sql(text, {"most_messages": EXAMPLE_MESSAGES}).to_pylist()
    if not found:
        raise NotFoundError("no conversation is stored that could be shown")
    return Example(**found[0])


def thread_tree(engine: PandasEngine, platform_type: str, thread_root_id: str) -> ThreadTree:
    """Lay out one thread; a message that is in several conversations has several letters."""
    values = {"platform_type": platform_type, "thread_root_id": thread_root_id}
    messages = engine.sql(statement(HERE, "thread_messages"), values).to_pylist()
    rows = engine.sql(statement(HERE, "thread_places"), values).to_pylist()
    letters = {name: _letter(n) for n, name in enumerate(dict.fromkeys(r["conversation_id"] for r in rows))}
    places: dict[str, list[Place]] = defaultdict(list)
    for row in rows:
        places[row["interaction_id"]].append(Place(letters[row["conversation_id"]], row["is_opening"]))
    nodes = tuple(
        Node(m, depth, tuple(places[m["interaction_id"]])) for m, depth in _in_reading_order(messages)
    )
    return ThreadTree(nodes, {letters[row["conversation_id"]]: row for row in rows})


def _in_reading_order(messages: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], int]]:
    """Give each message below the one it answers, answers in the order of time, with its depth."""
    below: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for message in messages:
        below[message["answered_id"]].append(message)
    waiting = [(message, 0) for message in reversed(below[None])]
    while waiting:
        message, depth = waiting.pop()
        yield message, depth
        waiting += [(answer, depth + 1) for answer in reversed(below[message["interaction_id"]])]


def _letter(place: int) -> str:
    """Name a conversation: A to Z, then A1 to Z1, and so on."""
    turn, letter = divmod(place, 26)
    return f"{chr(ord('A') + letter)}{turn or ''}"


def _mark(letter: str, kind: str = "") -> str:
    tint = (ord(letter[0]) - ord("A")) % N_TINTS
    return f'<b class="t{tint}{kind}">{letter}</b>'


def _about(letter: str, facts: Mapping[str, Any]) -> str:
    waits = {"nobody": "nobody waits"}.get(facts["awaiting"], f"waits for the {facts['awaiting']}")
    status = str(facts["resolution_status"]).replace("_", " ")
    said = f"{facts['customer_id']}: {facts['total_interactions']} messages, {status}, {waits}"
    return f"<li>{_mark(letter)} {escape(said)}</li>"


def _item(node: Node) -> str:
    message = node.message
    own = "".join(_mark(place.letter) for place in node.places if not place.is_opening)
    above = "".join(_mark(place.letter, " opening") for place in node.places if place.is_opening)
    where = f"{own}{f'opening of {above}' if above else ''}" or "in no conversation"
    role = message["author_role"] if message["author_role"] in ("customer", "agent") else "bot"
    who = f"{message['participant_external_id']} · {role} · {_instant(message['interaction_timestamp'])}"
    return (
        f'<li class="{role}{"" if node.places else " nobody"}" style="--depth:{node.depth}">'
        f'<span class="nba-who">{where} {escape(who)}</span>'
        f'<span class="nba-words">{escape(str(message["content_text"]))}</span></li>'
    )


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
