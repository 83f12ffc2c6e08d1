"""All named patterns, by the signal that they show.

In: nothing. Out: `PATTERNS`, and `BY_SIDE` for those looked for in a customer's or an agent's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.conversations.patterns.answers import (
    ADVICE,
    ANSWER,
    CLOSES_POLITELY,
    IS_APOLOGY,
    OFFERS_HELP,
    STEPS,
)
from nbalib.conversations.patterns.course import (
    CHECKS_BACK,
    HAS_NO_ANSWER,
    HAS_SENT,
    HAS_WORDS,
    NAMES_END,
    NAMES_TROUBLE,
    WANTS_SOMETHING,
    WILL_ACT,
)
from nbalib.conversations.patterns.private import ASKS_CALL, ASKS_DM, ASKS_EMAIL, ASKS_FORM
from nbalib.conversations.patterns.relief import CONFIRMS_FIX, PRAISE, SAYS_THANKS
from nbalib.conversations.patterns.requests import ASKS_INFORMATION
from nbalib.conversations.patterns.talk import MARKED_QUESTION, OPEN_QUESTION, PROMOTION
from nbalib.conversations.patterns.trouble import COMPLAINT, DENIES_FIX, ESCALATION, SARCASM, URGENT

if TYPE_CHECKING:
    from nbalib.conversations.patterns.phrases import Pattern, Side

PATTERNS: tuple[Pattern, ...] = (
    URGENT,
    ESCALATION,
    SAYS_THANKS,
    SARCASM,
    COMPLAINT,
    CONFIRMS_FIX,
    DENIES_FIX,
    MARKED_QUESTION,
    OPEN_QUESTION,
    PRAISE,
    PROMOTION,
    ASKS_DM,
    ASKS_CALL,
    ASKS_EMAIL,
    ASKS_FORM,
    ASKS_INFORMATION,
    IS_APOLOGY,
    STEPS,
    ADVICE,
    ANSWER,
    OFFERS_HELP,
    CLOSES_POLITELY,
    NAMES_TROUBLE,
    WILL_ACT,
    HAS_SENT,
    HAS_NO_ANSWER,
    CHECKS_BACK,
    NAMES_END,
    WANTS_SOMETHING,
    HAS_WORDS,
)


def patterns_of(side: Side) -> tuple[Pattern, ...]:
    """Give the patterns that are looked for on one side (those of both included)."""
    return tuple(pattern for pattern in PATTERNS if pattern.side in (side, "both"))
