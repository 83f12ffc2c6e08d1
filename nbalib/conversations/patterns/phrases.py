"""How a signal is written down: phrases in, one regular expression out.

A phrase is an RE2 expression over words in lower case, without accents, with straight apostrophes; a blank
in it stands for any white space, and it begins and ends at a word's edge. A sign (an emoji, a question
mark, a word of a language without blanks) stands anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Side = Literal["customer", "agent", "both"]

WORD = r"[\w'#/&-]+"
"""One word: it ends no sentence."""
FEW = rf"(?:{WORD} ){{0,3}}"
"""Up to three words between two others, in one sentence."""
REST = r"[^.!?]*"
"""The rest of the sentence, or a part of it."""


def expression(phrases: tuple[str, ...], signs: tuple[str, ...] = ()) -> str:
    """Join phrases and signs into one RE2 expression; empty for none."""
    words = spaced("|".join(phrases))
    return "|".join(([rf"\b(?:{words})\b"] if phrases else []) + list(signs))


def spaced(phrase: str) -> str:
    """Let a blank stand for any white space, and an optional blank for any or none."""
    return phrase.replace(" ?", r"\s*").replace(" ", r"\s+")


@dataclass(frozen=True)
class Pattern:
    """One signal: what it means, on whose side it is looked for, and what shows it.

    Phrases and signs under `unless` are taken out of a text before the signal is looked for.
    Several patterns may bear one name: each of them is enough.
    """

    name: str
    meaning: str
    side: Side
    phrases: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    unless_signs: tuple[str, ...] = ()

    @cached_property
    def says(self) -> str:
        """Expression that shows the signal."""
        return expression(self.phrases, self.signs)

    @cached_property
    def taken_out(self) -> str:
        """Expression of what is taken out first; empty if nothing is."""
        return expression(self.unless, self.unless_signs)
