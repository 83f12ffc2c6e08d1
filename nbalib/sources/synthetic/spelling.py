"""How people write: small letters, lost apostrophes, shouting, emoji, and how agents sign.

In: a text as the phrase banks have it. Out: the text as it would be typed, with the entities that the
platform's export has. Only English is misspelt; other languages keep their letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbalib.sources.synthetic.brands import Brand
    from nbalib.sources.synthetic.dice import Dice

CASUAL = 0.30
"""Share of customers who do not care for capitals, full stops and apostrophes."""
SHOUTS = 0.07
"""Share of angry messages in capitals."""
# Shares of customers' texts; `WITH_SLIP` is of careful English ones, `WITH_AMPERSAND` of those with "and".
WITH_EMOJI = 0.105
WITH_TAG = 0.09
WORTH_A_TAG = 40
WITH_SLIP = 0.025
WITH_AMPERSAND = 0.16
WITH_LINE_FEED = 0.05
WITH_RETURN = 0.001

EMOJI = {
    -1: ("😡", "😤", "🙄", "🤦", "😩", "👎", "💀", "😠😠", "🤬", "😭"),
    0: ("🤔", "😂", "🙏", "😅", "🙃", "🤷", "👀", "😬"),
    1: ("😊", "🙌", "❤️", "👍", "🎉", "😍", "🙏", "💛", "😄"),
}
AGENT_EMOJI = ("😊", "🙂", "👍", "💙", "🎉")
AGENT_EMOJI_SHARE = 0.05
TAGS = ("#fail", "#help", "#notimpressed", "#customerservice", "#mondays", "#justsaying")

TEXTING = (
    (" you ", " u "),
    (" your ", " ur "),
    (" please", " pls"),
    (" because ", " cuz "),
    (" are ", " r "),
)
SLIPS = (
    ("the ", "teh "),
    ("ing ", "in "),
    ("ie", "ei"),
    ("tt", "t"),
    (" to ", " too "),
    ("ou", "uo"),
    ("ll", "l"),
)


@dataclass(frozen=True, slots=True)
class Hand:
    """How one customer writes, all through a conversation."""

    is_casual: bool
    is_texting: bool
    language: str


def hand_of(language: str, dice: Dice) -> Hand:
    """Draw how a customer writes."""
    casual = dice.chance(CASUAL)
    return Hand(casual, casual and dice.chance(0.25), language)


def as_customer(text: str, hand: Hand, mood: int, tag: str, dice: Dice) -> str:
    """Write a customer's text as `hand` would."""
    unit = dice.unit()
    if hand.language == "en":
        text = _capital(text)
        if mood < 0 and unit < SHOUTS and "http" not in text and "__" not in text:
            text = text.upper()
        elif hand.is_casual:
            text = _casual(text, hand)
        elif unit > 1 - WITH_SLIP:
            wrong = dice.pick(SLIPS)
            text = text.replace(wrong[0], wrong[1], 1)
        if len(text) > WORTH_A_TAG and dice.chance(WITH_TAG):
            text = f"{text} {dice.pick(TAGS) if mood < 0 and dice.chance(0.7) else tag}"
    if dice.chance(WITH_EMOJI):
        text = f"{text} {dice.pick(EMOJI[mood])}"
    return _with_breaks(text, dice)


def as_agent(text: str, dice: Dice) -> str:
    """Write an agent's text: with care, and now and then a smile."""
    text = _capital(text)
    if dice.chance(AGENT_EMOJI_SHARE) and "http" not in text and "orry" not in text:
        text = f"{text} {dice.pick(AGENT_EMOJI)}"
    return text


def signed(text: str, brand: Brand, staff: str) -> str:
    """Put the signature of `staff` below a text."""
    mark = brand.sign.replace("{staff}", staff)
    return f"{text}{mark}" if mark.startswith("\n") else f"{text} {mark}"


def in_export(text: str, dice: Dice) -> str:
    """Write a text as the export has it, `&`, `<` and `>` as entities."""
    if " and " in text and dice.chance(WITH_AMPERSAND):
        text = text.replace(" and ", " & ", 1)
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _capital(text: str) -> str:
    """Begin with a capital, whatever slot or phrase the text begins with."""
    return text[:1].upper() + text[1:]


def _casual(text: str, hand: Hand) -> str:
    text = text.replace("'", "")
    if "http" not in text:
        text = text.lower()
    if hand.is_texting:
        for plain, short in TEXTING:
            text = text.replace(plain, short)
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def _with_breaks(text: str, dice: Dice) -> str:
    """Break the line after the first sentence, now and then; once in a while with a bare CR."""
    unit = dice.unit()
    if unit < WITH_LINE_FEED:
        for end in (". ", "! ", "? "):
            if end in text:
                return text.replace(end, end[0] + ("\n\n" if unit < WITH_LINE_FEED / 3 else "\n"), 1)
    elif unit > 1 - WITH_RETURN:
        return text.replace(" ", "\r", 1)
    return text
