"""The form of `messages.yaml`: channels, and for each language its words for every situation and topic.

In: one YAML file. Out: its blocks as they are written there; `texts.py` checks and compiles them.
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from nbalib.params import Strict

Kind = Literal["dm", "email", "call"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TOPICS = (
    "billing",
    "connectivity",
    "delivery",
    "refund",
    "account_access",
    "cancellation",
    "device_fault",
    "software_bug",
    "travel_booking",
    "staff_experience",
    "product_question",
    "other",
)
MAX_GREETING = 24
MAX_CLOSING = 20
MAX_NAME = 60
"""Characters that a voice may fill. A longer greeting gives way to the language's own, a longer closing is
left out of a direct message, and a longer name gives way to the language's word for the team."""


class Channel(Strict):
    """One channel: which texts serve it, and how long a message may be."""

    kind: Kind
    max_characters: int = Field(ge=1)


class Topic(Strict):
    """How a topic is woven in: after "message", after "trouble", and what it needs first."""

    about: str
    trouble: str = Field(alias="with")
    ask: str


class Kinds(Strict):
    """Alternative wordings of one situation, for each kind of channel."""

    dm: tuple[str, ...] = ()
    email: tuple[str, ...] = ()
    call: tuple[str, ...] = ()


class Language(Strict):
    """Everything that is said in one language.

    `space` stands between two sentences; `continues` says that an e-mail goes on in lower case after the
    comma of its greeting.
    """

    greeting: str
    closing: str
    team: str
    space: str = " "
    continues: bool = False
    topics: dict[str, Topic]
    asked_for: dict[str, str]
    promised: dict[str, str]
    texts: dict[str, Kinds]


class TemplateFile(Strict):
    """`messages.yaml`."""

    channels: dict[str, Channel]
    never_say: tuple[str, ...] = ()
    languages: dict[str, Language]
