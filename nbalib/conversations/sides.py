"""The signals of one side's texts: what a customer says, what an agent says.

In: words as `texts.take_apart` leaves them. Out: Boolean and word columns of the same length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.patterns.catalogue import patterns_of
from nbalib.conversations.patterns.private import ASKS_FORM
from nbalib.conversations.patterns.relief import TROUBLED
from nbalib.conversations.patterns.requests import (
    ASKED_FOR,
    CALLS_TO_ACT,
    NOT_TO_BE_SENT,
    ONLY_IF,
    PROMISED,
)
from nbalib.conversations.texts import LINK, replace_where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbalib.conversations.patterns.phrases import Pattern, Side

_BUTTON = (
    r"(?s)\b(?:dm'?s?|pm|direct message|private message|message us|send (?:us|me) a message"
    r"|mensaje (?:directo|privado)"
    rf"|mensagem (?:direta|privada))\b.*{LINK}\s*$|\bdm\s+{LINK}"
)
_LAST_IS_HELP = (
    r"\b(?:more info\w*|article|guide|check out|learn more|steps|tips|how to|page|site)"
    rf"[^<.!?]*{LINK}\s*$"
)
_LAST_LINK = rf"{LINK}\s*$|(\bdm\s+){LINK}"
_HELP_LINK = (
    r"(?:\b(?:here|at|via|visit\w*|link|site|page|form|to|on|out|this|from|through|see|check|using|use|info"
    r"|article|guide"
    r"|steps|website|try|following|by|in|read|with|is|and|or|help|click|follow|below|aqu[ií]|enlace|ici|hier"
    r"|aqui)"
    rf"|[:;>(/,–-])\s*\(?{LINK}|\b(?:here|link|below|enlace|url)\b(?s:.*){LINK}|(?:こちら|下記|リンク)(?s:.*){LINK}"
    rf"|\b(?:should|might|may|will) help\W+{LINK}|{LINK}\s+(?:to|and|for|or)\b"
)


def customer_flags(words: pa.StringArray) -> dict[str, pa.BooleanArray]:
    """Find the signals of customers' texts."""
    flags = _flags(words, "customer")
    flags["says_thanks"] = _but_not(flags["says_thanks"], flags["is_sarcastic"])
    trouble = _any(flags["is_sarcastic"], flags["is_complaint"], flags["denies_fix"], flags["is_question"])
    flags["is_praise"] = _but_not(flags["is_praise"], _any(trouble, says(TROUBLED, words)))
    return flags


def agent_flags(words: pa.StringArray) -> dict[str, pa.BooleanArray]:
    """Find the signals of agents' texts."""
    flags = _flags(words, "agent")
    button = _but_not(_shows(words, _BUTTON), _shows(words, _LAST_IS_HELP))
    without = pc.replace_substring_regex(words.filter(button), _LAST_LINK, r"\1")
    flags["has_dm_button"] = button
    flags["asks_form"] = replace_where(flags["asks_form"], button, says(ASKS_FORM, without))
    shows_link = _shows(replace_where(words, button, without), _HELP_LINK)
    flags["has_help_link"] = _but_not(shows_link, flags["asks_form"])
    asks = _any(*(flags[f"asks_{what}"] for what in ("dm", "call", "email", "form", "information")))
    flags["closes_politely"] = _but_not(flags["closes_politely"], asks)
    return flags


def asked_for(words: pa.StringArray) -> pa.StringArray:
    """Name what agents' texts ask the customer for; null for nothing known."""
    return _first_word(pc.replace_substring_regex(words, NOT_TO_BE_SENT, " "), ASKED_FOR)


def promised(words: pa.StringArray) -> pa.StringArray:
    """Name what agents' texts promise without a condition; null for nothing known."""
    found = _first_word(pc.replace_substring_regex(words, ONLY_IF, " "), PROMISED)
    return pc.if_else(_shows(words, CALLS_TO_ACT), None, found)


def says(pattern: Pattern, words: pa.StringArray) -> pa.BooleanArray:
    """Tell which texts show `pattern`, after what it sets apart is taken out."""
    shown = _shows(words, pattern.says)
    if not pattern.taken_out:
        return shown
    rest = pc.replace_substring_regex(words.filter(shown), pattern.taken_out, " ")
    return replace_where(shown, shown, _shows(rest, pattern.says))


def _flags(words: pa.StringArray, side: Side) -> dict[str, pa.BooleanArray]:
    flags: dict[str, pa.BooleanArray] = {}
    for pattern in patterns_of(side):
        shown = says(pattern, words)
        flags[pattern.name] = pc.or_(flags[pattern.name], shown) if pattern.name in flags else shown
    return flags


def _first_word(words: pa.StringArray, table: Mapping[str, str]) -> pa.StringArray:
    """Give the first word of `table` whose expression a text shows."""
    found = pa.nulls(len(words), pa.string())
    for word, shows in reversed(list(table.items())):
        found = pc.if_else(_shows(words, shows), word, found)
    return found


def _shows(words: pa.StringArray, regex: str) -> pa.BooleanArray:
    # An expression costs a millisecond before the first text: with no text it is not even compiled.
    return pc.match_substring_regex(words, regex) if len(words) else pa.array([], pa.bool_())


def _any(*flags: pa.BooleanArray) -> pa.BooleanArray:
    found, *more = flags
    for flag in more:
        found = pc.or_(found, flag)
    return found


def _but_not(flag: pa.BooleanArray, other: pa.BooleanArray) -> pa.BooleanArray:
    return pc.and_not(flag, other)
