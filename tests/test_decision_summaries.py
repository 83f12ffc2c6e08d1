"""The aggregates behind the report of decisions: true counts, in the order in which they are shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from nbalib.evaluation import decision_summaries
from nbalib.params import Brand, Brands, Hours

RULES = ["urgent", "waited_long", "answered"]


def rows(*given: dict[str, object]) -> pa.Table:
    """Make predictions that differ in what is given."""
    usual = {
        "conversation_id": "twitter:1:2",
        "customer_id": "twitter:2",
        "brand_account_id": "sprintcare",
        "resolution_status": "open",
        "awaiting": "agent",
        "hours_since_customer": 1.0,
        "hours_open": 2.0,
        "channel": "twitter_dm_reply",
        "rule": "urgent",
        "send_time": datetime(2017, 11, 1, 22, 30, tzinfo=UTC),
        "decision_id": "a",
    }
    return pa.Table.from_pylist([{**usual, **one} for one in given])


def test_actions_come_in_the_order_of_the_rules():
    """Rules are counted by channel, most urgent first; a rule that is no longer known comes last."""
    table = rows(
        {"rule": "retired"},
        {"rule": "answered", "channel": "no_action"},
        {"rule": "urgent"},
        {"rule": "urgent"},
    )
    assert decision_summaries.actions(table, RULES).to_dict("split")["data"] == [
        ["urgent", "twitter_dm_reply", 2],
        ["answered", "no_action", 1],
        ["retired", "twitter_dm_reply", 1],
    ]


def test_only_those_who_wait_for_an_agent_are_listed_longest_first():
    """An issue that waits for the customer is not forgotten by us."""
    table = rows(
        {"customer_id": "short", "hours_since_customer": 1.0},
        {"customer_id": "theirs", "hours_since_customer": 99.0, "awaiting": "customer"},
        {"customer_id": "long", "hours_since_customer": 50.0},
    )
    assert decision_summaries.waiting(table, n=5)["customer_id"].tolist() == ["long", "short"]


def test_sending_hours_are_those_of_the_brand():
    """22:30 UTC is 18:30 in New York in daylight time; brands that are not listed have the default zone."""
    brands = Brands(brands={"sprintcare": Brand(hours=Hours(zone="America/New_York"))})
    table = rows(
        {},
        {},
        {"brand_account_id": None, "channel": "email_reply"},
        {"send_time": None, "channel": "no_action"},
    )
    assert decision_summaries.send_hours(table, brands).to_dict("split")["data"] == [
        [18, "twitter_dm_reply", 2],
        [22, "email_reply", 1],
    ]


def test_no_rows_give_empty_frames():
    """Where nothing was decided the frames are empty, with their columns."""
    table = rows({}).slice(0, 0)
    assert decision_summaries.send_hours(table, Brands()).columns.tolist() == ["hour", "channel", "n"]
    assert decision_summaries.actions(table, RULES).columns.tolist() == ["rule", "channel", "n"]
    assert decision_summaries.examples(table, RULES).num_rows == 0


def test_examples_show_each_rule_before_any_rule_twice():
    """One of each rule first, actions before no_action, then in the order of the rules."""
    table = rows(
        *({"rule": "urgent", "decision_id": name} for name in "fde"),
        {"rule": "answered", "decision_id": "b", "channel": "no_action"},
        {"rule": "waited_long", "decision_id": "c"},
    )
    chosen = {n: decision_summaries.examples(table, RULES, n=n)["decision_id"].to_pylist() for n in (2, 3, 4)}
    assert chosen == {2: ["d", "c"], 3: ["d", "c", "b"], 4: ["d", "e", "c", "b"]}
