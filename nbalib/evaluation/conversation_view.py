"""A conversation as people read it: who said what, when, and what was decided.

In: messages in their order, and a decision. Out: HTML that needs no script and no other file. Every text
is escaped: customers and agents can write markup, and it stays text. Times are shown in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from nbalib.decisions.channels import CHANNELS, NO_ACTION
from nbalib.engines.statements import statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import pyarrow as pa

    from nbalib.engines.pandas_engine import PandasEngine

HERE = "nbalib.evaluation"
ROLES = ("customer", "agent", "bot")
MOST_MESSAGES = 14
"""Longer conversations show their first four messages and their last ten."""
FIRST_MESSAGES = 4


@dataclass(frozen=True)
class Talk:
    """One conversation as HTML, without its style."""

    html: str


@dataclass(frozen=True)
class TalksView:
    """Conversations for display in a notebook, one below the other, with their style."""

    talks: tuple[Talk, ...]

    def __repr__(self) -> str:
        return f"{len(self.talks)} conversations"

    def _repr_html_(self) -> str:
        return f"<style>{style()}</style>{''.join(talk.html for talk in self.talks)}"


@cache
def style() -> str:
    """Give the style sheet of `Talk`."""
    return files(HERE).joinpath("conversation_view.css").read_text(encoding="utf-8")


def messages_of(
    engine: PandasEngine, conversation_ids: Sequence[str], until: datetime | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Read the messages of some conversations, each in its order, up to and with the instant `until`."""
    values = {"conversation_ids": list(conversation_ids), "until": until}
    found = engine.sql(f"SELECT * FROM ({statement(HERE, 'conversation_messages')}) AS m", values)
    talks: dict[str, list[dict[str, Any]]] = {name: [] for name in conversation_ids}
    for message in found.sort_by([("conversation_id", "ascending"), ("turn", "ascending")]).to_pylist():
        talks[message["conversation_id"]].append(message)
    return talks


def view(engine: PandasEngine, decisions: pa.Table) -> TalksView:
    """Show the conversations of `decisions` with what was decided, in the order of its rows.

    Parameters
    ----------
    decisions : Table, shape (n, …)
        Rows of predictions: conversation_id, customer_id, brand_account_id, as_of and what `decision`
        reads.
    """
    rows = decisions.to_pylist()
    talks = []
    for row in rows:
        messages = messages_of(engine, [row["conversation_id"]], row["as_of"])[row["conversation_id"]]
        talks.append(talk(messages, row))
    return TalksView(tuple(talks))


def talk(messages: Sequence[Mapping[str, Any]], decided: Mapping[str, Any]) -> Talk:
    """Lay out one conversation: its messages as bubbles, then the decision."""
    shown = [_bubble(message) for message in messages]
    if len(shown) > MOST_MESSAGES:
        left_out = len(shown) - MOST_MESSAGES
        gap = f'<li class="gap">{left_out} messages left out here</li>'
        shown = [*shown[:FIRST_MESSAGES], gap, *shown[FIRST_MESSAGES + left_out :]]
    brand = decided["brand_account_id"] or "no known brand"
    about = (
        f"<strong>{escape(str(decided['customer_id']))}</strong> with {escape(str(brand))} · "
        f"{escape(str(decided['conversation_id']))} · known at {_instant(decided['as_of'])}"
    )
    return Talk(
        f'<section class="nba-talk"><p class="nba-about">{about}</p>'
        f"<ol>{''.join(shown)}</ol>{decision(decided)}</section>"
    )


def decision(decided: Mapping[str, Any]) -> str:
    """Lay out a decision.

    Parameters
    ----------
    decided : mapping
        channel, send_time (null for no_action), message, reasoning, issue_status, resolution_status, rule,
        message_source, decision_id.
    """
    channel = str(decided["channel"])
    words = CHANNELS[channel].words if channel in CHANNELS else channel.replace("_", " ")
    when = f" at {_instant(decided['send_time'])}" if decided["send_time"] else ""
    message = (
        f'<p class="nba-message">{escape(str(decided["message"]))}</p>'
        if channel != NO_ACTION and decided["message"]
        else ""
    )
    now, then = (str(decided[name]).replace("_", " ") for name in ("resolution_status", "issue_status"))
    small = (
        f"Status now: {now}; expected then: {then}. Rule: {decided['rule']}. "
        f"Words: {decided['message_source']}. Decision {decided['decision_id']}."
    )
    kind = NO_ACTION if channel == NO_ACTION else "action"
    return (
        f'<div class="nba-decision {kind}"><p class="nba-what">{escape(words.capitalize() + when)}</p>'
        f'{message}<p class="nba-why">{escape(str(decided["reasoning"]))}</p>'
        f'<p class="nba-small">{escape(small)}</p></div>'
    )


def _bubble(message: Mapping[str, Any]) -> str:
    role = message["author_role"] if message["author_role"] in ROLES else "bot"
    opening = " opening" if message["is_opening"] else ""
    who = f"{message['participant_external_id']} · {role}"
    said = " · above the conversation" if message["is_opening"] else ""
    return (
        f'<li class="{role}{opening}">'
        f'<span class="nba-who">{escape(who)} · {_instant(message["interaction_timestamp"])}{said}</span>'
        f'<span class="nba-words">{escape(str(message["content_text"]))}</span></li>'
    )


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
