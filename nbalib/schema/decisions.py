"""The tables of decisions and what came of them, and the layout's version.

In: nothing. Out: the tables as data.
"""

from __future__ import annotations

from nbalib.schema.table import Table, columns

DECISIONS = Table(
    "decisions",
    "A decision as it was proposed, with what is needed to replay it.",
    columns(
        ("decision_id", "string", "Hash of conversation, as_of, parameters and code version"),
        ("conversation_id", "string", "The conversation"),
        ("last_interaction_id", "string", "Its last known message: finds it again when a root changes"),
        ("customer_id", "string", "The customer"),
        ("brand_account_id", "string", "The brand; null if none is known", "null"),
        ("as_of", "timestamp", "Instant of decision"),
        ("channel", "string", "Channel, or no_action"),
        ("send_time", "timestamp", "When to send; null for no_action", "null"),
        ("issue_status", "string", "Expected after the action"),
        ("rule", "string", "Rule that chose"),
        ("message_source", "string", "template, llm, none, or what failed"),
        ("params_digest", "string", "Of all parameters"),
        ("code_version", "string", "Of nbalib"),
        ("data_digest", "string", "Of the conversation as known at as_of"),
        ("created_at", "timestamp", "When it was logged", "load"),
    ),
    key=("decision_id",),
)

CONTACTS = Table(
    "contacts",
    "A message that was really sent.",
    columns(
        ("contact_id", "string", "The sender's own id, so that a repeat is seen"),
        ("decision_id", "string", "The decision it carried out; null if none", "null"),
        ("conversation_id", "string", "The conversation"),
        ("customer_id", "string", "The customer"),
        ("brand_account_id", "string", "The brand; null if none is known", "null"),
        ("channel", "string", "Channel used"),
        ("sent_at", "timestamp", "When it was sent"),
        ("created_at", "timestamp", "When it was recorded", "load"),
    ),
    key=("contact_id",),
)

OUTCOMES = Table(
    "outcomes",
    "What came of a decision or a conversation.",
    columns(
        ("outcome_id", "string", "The reporter's own id"),
        ("decision_id", "string", "The decision; null if none", "null"),
        ("conversation_id", "string", "The conversation"),
        ("last_interaction_id", "string", "Its last message when the outcome was reported"),
        ("outcome", "string", "resolved, open or reopened"),
        ("known_at", "timestamp", "When it became known"),
        ("created_at", "timestamp", "When it was recorded", "load"),
    ),
    key=("outcome_id",),
)

OVERRIDES = Table(
    "overrides",
    "A person's correction of a decision.",
    columns(
        ("override_id", "string", "Identifies the correction"),
        ("decision_id", "string", "The decision"),
        ("channel", "string", "Channel chosen instead"),
        ("reason", "string", "Why, in the person's words"),
        ("author", "string", "Who"),
        ("decided_at", "timestamp", "When"),
        ("created_at", "timestamp", "When it was recorded", "load"),
    ),
    key=("override_id",),
)

SCHEMA_VERSIONS = Table(
    "schema_version",
    "The layout that the store has.",
    columns(
        ("version", "int", "Number of the layout"),
        ("created_at", "timestamp", "When it was applied", "load"),
    ),
    key=("version",),
)
