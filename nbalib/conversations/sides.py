"""The signals of one side's texts: what a customer says, what an agent says.

In: words as `texts.take_apart` leaves them. Out: truths and words of the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
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
from nbalib.conversations.rows import Rows, Truths, matches, taken, truths
from nbalib.conversations.sieve import Sieve, Sifted, Words
from nbalib.conversations.texts import LINK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

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


_NOTHING = -1

_CUSTOMERS = Sieve(pattern.says for pattern in patterns_of("customer"))
_AGENTS = Sieve(
    (
        *(pattern.says for pattern in patterns_of("agent")),
        *(_BUTTON, _HELP_LINK),
        *ASKED_FOR.values(),
        *PROMISED.values(),
    )
)

Flags = dict[str, Truths]
"""Signal → which texts show it."""


@dataclass(frozen=True)
class AgentSays:
    """What agents' texts say: their signals, what they ask for and what they promise, by one word each."""

    flags: Flags
    asked_for: pa.StringArray
    promised: pa.StringArray


def customer_says(words: Words) -> Flags:
    """Find the signals of customers' texts."""
    flags = _flags(_CUSTOMERS.sift(words), "customer")
    flags["says_thanks"] &= ~flags["is_sarcastic"]
    trouble = flags["is_sarcastic"] | flags["is_complaint"] | flags["denies_fix"] | flags["is_question"]
    praising = np.flatnonzero(flags["is_praise"] & ~trouble)
    troubled = matches(taken(words.texts, praising), TROUBLED.says)
    flags["is_praise"] = truths(praising[~troubled], len(words))
    return flags


def agent_says(words: Words) -> AgentSays:
    """Find the signals of agents' texts, and name what they ask the customer for and what they promise."""
    texts = _AGENTS.sift(words)
    flags = _flags(texts, "agent")
    flags |= _links(texts, flags["asks_form"])
    asks = [flags[f"asks_{what}"] for what in ("dm", "call", "email", "form", "information")]
    flags["closes_politely"] &= ~np.logical_or.reduce(asks)
    asked_for = _first_word(texts, ASKED_FOR, NOT_TO_BE_SENT)
    flags["asks_information"] |= asked_for != _NOTHING
    return AgentSays(flags, _named(asked_for, ASKED_FOR), _named(_promised(texts), PROMISED))


def _flags(texts: Sifted, side: Side) -> Flags:
    flags: Flags = {}
    for pattern in patterns_of(side):
        shown = flags.setdefault(pattern.name, np.zeros(len(texts), np.bool_))
        shown[_said(texts.texts, texts.matching(pattern.says, ~shown), pattern)] = True
    return flags


def _links(texts: Sifted, asks_form: Truths) -> Flags:
    """Tell what the links in agents' texts are: a button for a message, a form, or a page that helps."""
    button = texts.matching(_BUTTON)
    button = button[~matches(taken(texts.texts, button), _LAST_IS_HELP)]
    without = pc.replace_substring_regex(taken(texts.texts, button), _LAST_LINK, r"\1")
    form, helps = asks_form.copy(), truths(texts.matching(_HELP_LINK), len(texts))
    asking = np.flatnonzero(matches(without, ASKS_FORM.says))
    form[button] = truths(_said(without, asking, ASKS_FORM), len(without))
    helps[button] = matches(without, _HELP_LINK)
    return {"has_dm_button": truths(button, len(texts)), "asks_form": form, "has_help_link": helps & ~form}


def _promised(texts: Sifted) -> NDArray[np.intp]:
    """Give the number of what is promised without a condition."""
    promised = _first_word(texts, PROMISED, ONLY_IF)
    given = np.flatnonzero(promised != _NOTHING)
    promised[given[matches(taken(texts.texts, given), CALLS_TO_ACT)]] = _NOTHING
    return promised


def _first_word(texts: Sifted, table: Mapping[str, str], unless: str) -> NDArray[np.intp]:
    """Give the number of the first word of `table` that a text says, `_NOTHING` for none."""
    found = np.full(len(texts), _NOTHING)
    saying = [texts.matching(says) for says in table.values()]
    rest = _Rest(texts.texts, np.unique(np.concatenate(saying)), unless)
    for number, says in reversed(list(enumerate(table.values()))):
        found[rest.still(saying[number], says)] = number
    return found


class _Rest:
    """Some of `texts`, those in `rows`, without what matches `unless`."""

    def __init__(self, texts: pa.StringArray, rows: Rows, unless: str) -> None:
        self._cut = rows[matches(taken(texts, rows), unless)] if unless else rows[:0]
        self._texts = taken(texts, self._cut)
        if len(self._cut):
            self._texts = pc.replace_substring_regex(self._texts, unless, " ")

    def still(self, rows: Rows, says: str) -> Rows:
        """Name those `rows`, all of which match `says`, that match it in the rest, too."""
        place = np.minimum(np.searchsorted(self._cut, rows), len(self._cut) - 1)
        still = np.ones(len(rows), np.bool_)
        if len(self._cut):
            cut = self._cut[place] == rows
            still[cut] = matches(taken(self._texts, place[cut]), says)
        return rows[still]


def _said(texts: pa.StringArray, rows: Rows, pattern: Pattern) -> Rows:
    """Name those `rows`, all of which match a pattern, that do so without what it sets apart."""
    return _Rest(texts, rows, pattern.taken_out).still(rows, pattern.says) if pattern.taken_out else rows


def _named(numbers: NDArray[np.intp], table: Mapping[str, str]) -> pa.StringArray:
    """Give the words of `table` by their numbers; null for nothing."""
    return pa.array(list(table)).take(pa.array(numbers, mask=numbers == _NOTHING))
