"""The shipped rules judge as an experienced support lead would, and alike for many rows and for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbalib.conversations.patterns import requests as signalled
from nbalib.conversations.status import REASONS
from nbalib.decisions.rules import RuleSet, load_rules
from nbalib.feature_catalogue import FEATURES, features_schema
from nbalib.params import Policy, load_params

PARAMS = Path(__file__).resolve().parents[1] / "params"

SILENT = {
    "status_reason": "agent_replied",
    "awaiting": "customer",
    "last_author": "agent",
    "hours_since_agent": 1.0,
    "hours_since_customer": 2.0,
}
PROMISED = {**SILENT, "status_reason": "agent_promised", "awaiting": "agent"}
WAITING: dict[str, Any] = {
    "resolution_status": "open",
    "status_reason": "customer_waits",
    "awaiting": "agent",
    "last_author": "customer",
    "moved_private": False,
    "n_interactions": 1,
    "n_customer_24h": 1,
    "hours_since_customer": 1.0,
    "hours_since_agent": None,
    "is_urgent": False,
    "is_escalation": False,
    "is_complaint": False,
    "mood": None,
    "is_followed_up": False,
    "asked_channel": None,
    "asked_for": None,
    "promised": None,
}
SITUATIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"resolution_status": "resolved", "awaiting": "nobody"}, "nothing_open", "no_action"),
    ({"resolution_status": "no_issue", "awaiting": "nobody"}, "nothing_open", "no_action"),
    ({**SILENT, "is_followed_up": True, "moved_private": True}, "already_followed_up", "no_action"),
    # The customer waits
    ({"is_escalation": True, "is_urgent": True}, "escalation", "scheduling_phone_call"),
    ({"n_interactions": 6, "is_complaint": True}, "many_turns_unhappy", "twitter_dm_reply"),
    ({"n_interactions": 6, "mood": -0.31}, "many_turns_unhappy", "twitter_dm_reply"),
    ({"n_interactions": 5, "mood": -0.31}, "fresh_message", "twitter_dm_reply"),
    ({"n_interactions": 6, "mood": -0.3}, "fresh_message", "twitter_dm_reply"),
    ({"is_urgent": True}, "urgent", "twitter_dm_reply"),
    ({"is_urgent": True, "hours_since_customer": 25.0}, "waited_long", "twitter_dm_reply"),
    ({"n_customer_24h": 3}, "several_messages", "twitter_dm_reply"),
    ({"n_customer_24h": 2}, "fresh_message", "twitter_dm_reply"),
    ({"asked_channel": "email", "n_interactions": 3}, "wants_mail", "email_reply"),
    ({"asked_for": "email_address"}, "fresh_message", "twitter_dm_reply"),
    (
        {"asked_for": "email_address", "hours_since_customer": 24.5},
        "waited_long_with_address",
        "email_reply",
    ),
    ({"hours_since_customer": 24.5}, "waited_long", "twitter_dm_reply"),
    ({"hours_since_customer": 24.0}, "fresh_message", "twitter_dm_reply"),
    # An agent promised something
    ({**PROMISED, "promised": "call_back"}, "promise_due", "twitter_dm_reply"),
    (
        {**PROMISED, "promised": "refund", "n_interactions": 9, "is_complaint": True},
        "promise_due",
        "twitter_dm_reply",
    ),
    ({**PROMISED, "promised": "fix"}, "promise_without_date", "no_action"),
    # The customer is silent
    (
        {**SILENT, "moved_private": True, "asked_channel": "phone"},
        "silent_after_phone_request",
        "scheduling_phone_call",
    ),
    ({**SILENT, "moved_private": True, "asked_channel": "email"}, "silent_after_mail_request", "email_reply"),
    (
        {**SILENT, "moved_private": True, "asked_channel": "dm"},
        "silent_after_private_request",
        "twitter_dm_reply",
    ),
    ({**SILENT, "asked_for": "order_number"}, "silent_after_question", "twitter_dm_reply"),
    ({**SILENT, "status_reason": "information_asked"}, "silent_after_question", "twitter_dm_reply"),
    ({**SILENT, "status_reason": "steps_given", "is_complaint": True}, "check_in", "twitter_dm_reply"),
    ({**SILENT, "is_urgent": True}, "check_in", "twitter_dm_reply"),
    ({**SILENT, "status_reason": "steps_given"}, "check_in", "twitter_dm_reply"),
    ({"awaiting": "nobody"}, "otherwise", "no_action"),
]
WITHOUT_DM: list[tuple[dict[str, Any], str, str]] = [
    ({"is_urgent": True}, "waits_without_dm", "email_reply"),
    ({**SILENT, "moved_private": True, "asked_channel": "dm"}, "silent_without_dm", "email_reply"),
    ({**SILENT, "status_reason": "information_asked"}, "silent_without_dm", "email_reply"),
    ({**PROMISED, "promised": "call_back"}, "promise_without_date", "no_action"),
]


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    """Read the rules that are shipped."""
    return load_rules(PARAMS / "rules.yaml")


@pytest.mark.parametrize(("facts", "rule", "action"), SITUATIONS)
def test_shipped_rules_judge_situations(
    shipped: RuleSet, facts: dict[str, Any], rule: str, action: str
) -> None:
    """Each situation of a support desk meets the rule that was written for it."""
    decided = shipped.one({**WAITING, **facts})
    assert (decided["rule"], decided["action"]) == (rule, action)


@pytest.mark.parametrize(("facts", "rule", "action"), WITHOUT_DM)
def test_without_direct_messages_there_is_another_way(
    shipped: RuleSet, facts: dict[str, Any], rule: str, action: str
) -> None:
    """Where a brand or a platform has no direct messages, an e-mail goes, or nothing."""
    decided = shipped.one({**WAITING, **facts}, {"twitter_dm_reply": False})
    assert (decided["rule"], decided["action"]) == (rule, action)


def test_every_shipped_rule_is_reached(shipped: RuleSet) -> None:
    """No rule is dead: a situation above meets it."""
    assert {rule for _, rule, _ in SITUATIONS + WITHOUT_DM} == {rule.name for rule in shipped.rules}


def test_words_of_the_signals_are_those_of_the_catalogue() -> None:
    """What rules may compare is what the signals can say, and what decides a status."""
    assert set(FEATURES["asked_for"].values) == set(signalled.ASKED_FOR)
    assert set(FEATURES["promised"].values) == set(signalled.PROMISED)
    assert {"information_asked", "steps_given"} <= {name for name, _, _ in REASONS["open"]}


def test_a_follow_up_waits_since_the_agents_message(shipped: RuleSet) -> None:
    """What counts is when the agent asked, not when we decide."""
    decided = shipped.one({**WAITING, **SILENT, "moved_private": True, "asked_channel": "dm"})
    assert (decided["after"], decided["delay_hours"]) == ("last_agent", 24.0)


def test_shipped_reasons_read_well(shipped: RuleSet) -> None:
    """A reason is a sentence with its values, in the units that people use."""
    rows = [{**WAITING, **facts} for facts, _, _ in SITUATIONS]
    features = pa.Table.from_pylist(rows)
    said = shipped.because(features, shipped.decide(features)["rule"]).to_pylist()
    assert said[4] == (
        "6 interactions, more than 5, have not settled it, and the customer is unhappy: a senior colleague "
        "takes it over and answers all of it in one direct message."
    )
    assert said[9] == "The customer has waited 25 h for an answer, longer than 24 h."
    assert said[17] == "An agent promised to get in touch 1 h ago, and the customer has heard nothing since."
    assert all(
        sentence.endswith(".") and "{" not in sentence and "unknown" not in sentence for sentence in said
    )


@pytest.mark.parametrize(
    ("facts", "rule", "action"),
    [
        (
            {"n_interactions": 6, "hours_since_customer": 30.0, "n_customer_24h": 3},
            "many_interactions",
            "scheduling_phone_call",
        ),
        (
            {"n_interactions": 5, "hours_since_customer": 24.1, "n_customer_24h": 3},
            "long_silence",
            "email_reply",
        ),
        (
            {"n_interactions": 5, "hours_since_customer": 24.0, "n_customer_24h": 3},
            "several_today",
            "twitter_dm_reply",
        ),
        (
            {"n_interactions": 5, "hours_since_customer": 24.0, "n_customer_24h": 2},
            "otherwise",
            "twitter_dm_reply",
        ),
        ({"n_interactions": 9, "resolution_status": "resolved"}, "not_open", "no_action"),
    ],
)
def test_the_original_rules_are_kept(facts: dict[str, Any], rule: str, action: str) -> None:
    """More than 5 messages call, more than 24 hours mail, everything else is a direct message."""
    decided = load_rules(PARAMS / "rules.original.yaml").one({**WAITING, **facts})
    assert (decided["rule"], decided["action"]) == (rule, action)


def _value(name: str) -> st.SearchStrategy[Any]:
    """Values of a feature, near the shipped thresholds, and null."""
    feature = FEATURES[name]
    values: dict[str, st.SearchStrategy[Any]] = {
        "string": st.sampled_from(list(feature.values) or ["x", "y"]),
        "int": st.integers(0, 8),
        "float": st.sampled_from([-1.0, -0.3, 0.0, 1.0, 24.0, 24.5, 168.0, 169.0]),
        "bool": st.booleans(),
    }
    return values[feature.kind] | st.none()


@settings(max_examples=100)
@given(
    st.lists(st.fixed_dictionaries({name: _value(name) for name in WAITING}), min_size=1, max_size=30),
    st.fixed_dictionaries(
        {}, optional={name: st.booleans() for name in ("email_reply", "scheduling_phone_call")}
    ),
)
def test_one_row_is_decided_as_many(
    shipped: RuleSet, rows: list[dict[str, Any]], open_to: dict[str, bool]
) -> None:
    """A row alone gets what it gets among others, allowed or not."""
    schema = features_schema()
    features = pa.Table.from_pylist(
        rows, schema=pa.schema([pa.field(n, schema.field(n).type) for n in WAITING])
    )
    masks = {name: pa.array(np.full(len(rows), may)) for name, may in open_to.items()}
    assert shipped.decide(features, masks).to_pylist() == [shipped.one(row, open_to) for row in rows]


def test_the_shipped_policy_is_the_documented_default() -> None:
    """The file says what holds without it, and the rules' cool-off is the policy's."""
    policy = load_params(PARAMS).policy
    assert policy == Policy()
    assert load_rules(PARAMS / "rules.yaml").parameters["cool_off_hours"] == policy.cool_off_hours
