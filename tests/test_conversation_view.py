"""A conversation and its decision as people read them: complete, in order, and harmless."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbalib.engines.pandas_engine import PandasEngine
from nbalib.evaluation.conversation_view import decision, messages_of, talk, view

AT = datetime(2017, 10, 31, 22, 10, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;"
DECIDED = {
    "conversation_id": "twitter:10:115712",
    "customer_id": "twitter:115712",
    "brand_account_id": "sprintcare",
    "as_of": AT + timedelta(days=1),
    "channel": "twitter_dm_reply",
    "send_time": AT + timedelta(days=1, hours=9),
    "message": "Hi, please send us a direct message.",
    "reasoning": "Nobody has answered.",
    "issue_status": "pending_customer_response",
    "resolution_status": "open",
    "rule": "answer_unanswered",
    "message_source": "template",
    "decision_id": "a1_b2",
}


class Elements(HTMLParser):
    """Collects the elements and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note one element."""
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def message(turn: int, role: str = "customer", text: str = "words", **other: object) -> dict[str, object]:
    """Make one message as the store gives it."""
    return {
        "turn": turn,
        "author_role": role,
        "participant_external_id": "115712" if role == "customer" else "sprintcare",
        "content_text": f"{text} {turn}",
        "interaction_timestamp": AT + timedelta(minutes=turn),
        "is_opening": False,
        **other,
    }


def test_messages_stand_in_order_with_role_account_and_time():
    """Each message is a bubble of its role; the opening is marked; the decision comes last."""
    html = talk([message(0, "agent", is_opening=True), message(1), message(2, "agent")], DECIDED).html
    places = [
        html.index(part)
        for part in ("words 0", "words 1", "words 2", "Direct message at 2017-11-02 07:10 UTC")
    ]
    assert places == sorted(places)
    assert '<li class="agent opening">' in html
    assert '<li class="customer">' in html
    assert "115712 · customer · 2017-10-31 22:11 UTC" in html
    assert "with sprintcare · twitter:10:115712 · known at 2017-11-01 22:10 UTC" in html


def test_a_decision_shows_message_reason_rule_and_both_statuses():
    """What an agent needs is there: what to do, when, the words, why, and what is expected."""
    html = decision(DECIDED)
    assert "Hi, please send us a direct message." in html
    assert "Nobody has answered." in html
    assert "Status now: open; expected then: pending customer response. Rule: answer_unanswered." in html
    assert "Words: template. Decision a1_b2." in html


def test_no_action_has_no_message_and_no_time():
    """Where nothing is sent, no message is shown as if it were."""
    html = decision({**DECIDED, "channel": "no_action", "send_time": None})
    assert '<p class="nba-what">No contact</p>' in html
    assert "Hi, please" not in html


def test_a_long_conversation_leaves_out_its_middle_and_says_so():
    """Of twenty messages the first four and the last ten are shown."""
    html = talk([message(n) for n in range(20)], DECIDED).html
    shown = [n for n in range(20) if f"words {n}<" in html]
    assert shown == [0, 1, 2, 3, *range(10, 20)]
    assert "6 messages left out here" in html


@pytest.mark.parametrize(
    "field", ["customer_id", "brand_account_id", "conversation_id", "message", "reasoning", "rule", "channel"]
)
def test_hostile_fields_of_a_decision_stay_text(field):
    """Markup in any field of the decision is shown, not obeyed."""
    seen = Elements(talk([], {**DECIDED, field: HOSTILE}).html)
    assert seen.names == {"section", "p", "strong", "ol", "div"}
    assert seen.attributes == {"class"}


PIECES = ["<", ">", "<b>", "</li>", "<img src=x ", "onerror=1", '"', "'", "&lt;", "&", "words"]
MARKUP = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3))).map("".join)


@given(MARKUP, MARKUP, MARKUP)
def test_no_text_becomes_markup(words, account, role):
    """Whatever customers, accounts and roles are called, the page holds only our own elements."""
    seen = Elements(
        talk([message(0, role, participant_external_id=account, content_text=words)], DECIDED).html
    )
    assert seen.names == {"section", "p", "strong", "ol", "li", "span", "div"}
    assert seen.attributes == {"class"}


def test_only_what_was_known_is_read():
    """Messages after the instant of decision are not shown, and those of others neither."""
    engine = PandasEngine()
    rows = [
        message(turn, conversation_id=name, interaction_id=f"{name}{turn}")
        for name in ("a", "b")
        for turn in (1, 0)
    ]
    engine.table(
        "interactions",
        pa.Table.from_pylist(
            [
                {k: row[k] for k in ("interaction_id", "participant_external_id", "content_text")}
                for row in rows
            ]
        ),
    )
    engine.table(
        "turns", pa.Table.from_pylist(rows).drop_columns(["participant_external_id", "content_text"])
    )
    assert [m["content_text"] for m in messages_of(engine, ["a"])["a"]] == ["words 0", "words 1"]
    assert [m["turn"] for m in messages_of(engine, ["a"], AT)["a"]] == [0]
    shown = view(engine, pa.Table.from_pylist([{**DECIDED, "conversation_id": "b", "as_of": AT}]))
    page = shown._repr_html_()
    assert ("words 0" in page, "words 1" in page) == (True, False)
    assert page.startswith("<style>")
