"""The features as data: what is known of a conversation at the instant of decision.

In: nothing. Out: `FEATURES`, by name, with type, unit, known values and meaning, for those who compute
them, for the rules that compare them and for the sentences that show them.
One row of features describes one conversation as of one instant; a null has the meaning stated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from nbalib.schema import ARROW_TYPES, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

Unit = Literal["", "hours", "message", "interaction", "issue", "contact", "score", "probability"]
"""hours; a countable thing, in the singular; a score from -1 to 1; a probability from 0 to 1."""


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes
    ----------
    values : mapping
        All the texts it can hold, with the words for each; empty if open.
    fact : str
        How it is told as a fact, its value in the place of ``{}``; if empty, its name and then its value.
    """

    name: str
    kind: Kind
    meaning: str
    unit: Unit = ""
    nullable: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    fact: str = ""

    @property
    def told(self) -> str:
        """A template that tells it as a fact, such as ``open for {hours_open}``."""
        fact = self.fact or f"{self.name.removeprefix('is_').replace('_', ' ')} {{}}"
        return fact.replace("{}", f"{{{self.name}}}")

    @property
    def arrow(self) -> pa.Field:
        """The feature's Arrow field."""
        return pa.field(self.name, ARROW_TYPES[self.kind], nullable=self.nullable)


STATUSES = {"open": "open", "resolved": "resolved", "no_issue": "no issue"}
WAITED_FOR = {"agent": "an agent", "customer": "the customer", "nobody": "nobody"}
ASKED_CHANNELS = {"dm": "direct message", "email": "e-mail", "phone": "phone"}
AUTHORS = {"customer": "the customer", "agent": "an agent"}
ASKED_FOR = {
    "tried_steps": "what was tried",
    "flight_details": "flight details",
    "tracking_number": "a tracking number",
    "order_number": "an order number",
    "phone_number": "a phone number",
    "email_address": "an e-mail address",
    "account_details": "account details",
    "software_version": "a software version",
    "device_model": "a device model",
    "screenshot": "a screenshot",
    "error_message": "an error message",
    "location": "a place",
    "date": "a date",
    "description": "details",
}
PROMISED = {
    "refund": "a refund",
    "replacement": "a replacement",
    "call_back": "to get in touch",
    "update": "an update",
    "pass_on": "to pass it on",
    "fix": "a fix",
    "look_into": "to look into it",
}

FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("conversation_id", "string", "platform:root:customer"),
        Feature("customer_id", "string", "platform:external id of the customer"),
        Feature("brand", "string", "Brand account; null if none is known", nullable=True),
        Feature("platform_type", "string", "Platform of the conversation"),
        Feature("as_of", "timestamp", "Instant of decision, UTC"),
        Feature("resolution_status", "string", "State of the issue", values=STATUSES),
        Feature("status_reason", "string", "The named fact that decided it: see conversations/status.py"),
        Feature("awaiting", "string", "Who has the next word", values=WAITED_FOR),
        Feature("moved_private", "bool", "The last word was a request to move to DM, e-mail or phone"),
        Feature("n_interactions", "int", "Counted messages", "interaction", fact="{}"),
        Feature(
            "n_customer_messages", "int", "Messages of the customer", "message", fact="{} from the customer"
        ),
        Feature("n_agent_messages", "int", "Messages of agents and bots", "message", fact="{} from agents"),
        Feature(
            "n_customer_24h",
            "int",
            "Messages of the customer in the last 24 hours",
            "message",
            fact="{} from the customer within 24 h",
        ),
        Feature(
            "hours_since_customer",
            "float",
            "Since the customer's last message; null if none is stored",
            "hours",
            nullable=True,
            fact="{} since the customer's last message",
        ),
        Feature(
            "hours_since_agent",
            "float",
            "Since the last agent message; null if none",
            "hours",
            nullable=True,
            fact="{} since the last answer",
        ),
        Feature(
            "hours_since_last",
            "float",
            "Since the last counted message",
            "hours",
            fact="{} since the last message",
        ),
        Feature(
            "hours_open", "float", "Since the clock's start: see conversations", "hours", fact="open for {}"
        ),
        Feature(
            "first_response_hours",
            "float",
            "Clock start to the first agent message; null if none",
            "hours",
            nullable=True,
            fact="first answered after {}",
        ),
        Feature("is_urgent", "bool", "The customer says it is urgent"),
        Feature("is_escalation", "bool", "The customer threatens to leave, to sue, or asks for a superior"),
        Feature("is_complaint", "bool", "The customer complains"),
        Feature("is_question", "bool", "The customer asks a question"),
        Feature("says_thanks", "bool", "The customer thanks"),
        Feature("mood", "float", "Of the customer's messages; null if unknown", "score", nullable=True),
        Feature("topic", "string", "Topic of the issue; null if none fits", nullable=True),
        Feature("language", "string", "ISO 639-1; null if unknown", nullable=True),
        Feature(
            "n_open_issues", "int", "Open issues of the customer with the brand", "issue", fact="{} open"
        ),
        Feature(
            "n_contacts_7d",
            "int",
            "Contacts of the customer in the last 7 days",
            "contact",
            fact="{} within 7 days",
        ),
        Feature("is_followed_up", "bool", "Contacted since the conversation's last message"),
        Feature(
            "p_resolved",
            "float",
            "Likelihood of resolution; null if not estimated",
            "probability",
            nullable=True,
            fact="likelihood of resolution {}",
        ),
        Feature(
            "asked_channel",
            "string",
            "Where the agent last asked the customer to go on; null if nowhere",
            nullable=True,
            values=ASKED_CHANNELS,
        ),
        Feature(
            "asked_for",
            "string",
            "What the agent asked for; null if nothing known",
            nullable=True,
            values=ASKED_FOR,
        ),
        Feature(
            "promised",
            "string",
            "What the agent promised; null if nothing known",
            nullable=True,
            values=PROMISED,
        ),
        Feature("last_author", "string", "Who wrote the last counted message", values=AUTHORS),
    )
}


@cache
def features_schema() -> pa.Schema:
    """Give the Arrow schema of a table of features."""
    return pa.schema([feature.arrow for feature in FEATURES.values()])
