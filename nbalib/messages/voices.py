"""How a brand sounds around a text: greeting, closing and signature of each brand and language.

In: brand accounts, languages and kinds of channel as columns of codes, and the voices of `brands.yaml`.
Out: frames, and for each row the place of its frame.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.messages.template_file import MAX_CLOSING, MAX_GREETING, MAX_NAME
from nbalib.messages.texts import MOTHER_TONGUE, PARAGRAPH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.messages.texts import Phrases, Templates
    from nbalib.params import Brands, Voice

FIRST_LETTER = re.compile(r"^[^\w]*\w")
"""Spanish puts a mark before it."""


@dataclass(frozen=True)
class Frame:
    """What stands around a text: on one line in a direct message, as a letter in an e-mail."""

    greeting: str
    closing: str
    space: str
    is_letter: bool
    continues: bool

    def around(self, words: str) -> str:
        """Put greeting and closing around `words`."""
        gap = "\n\n" if self.is_letter else self.space
        body = PARAGRAPH.sub(gap, words)
        if self.greeting.endswith(",") and (self.continues or not self.is_letter):
            body = FIRST_LETTER.sub(lambda found: found.group().lower(), body, count=1)
        return gap.join(part for part in (self.greeting, body, self.closing) if part)


def frames_of(
    brand: pa.ChunkedArray,
    language: NDArray[np.int64],
    is_letter: NDArray[np.bool_],
    brands: Brands,
    templates: Templates,
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Frame]]:
    """Say for each row whether its voice is formal and which frame it has.

    Returns
    -------
    tuple
        formal as 0 or 1, shape (n,); place of the frame, shape (n,); the frames, each once.
    """
    encoded = brand.combine_chunks().cast(pa.string()).dictionary_encode(null_encoding="encode")
    accounts: list[str | None] = encoded.dictionary.to_pylist()
    account = encoded.indices.to_numpy().astype(np.int64)
    formal = np.array([brands.of(name).voice.formal for name in accounts], dtype=np.int64)
    combined = pa.array((account * len(templates.languages) + language) * 2 + is_letter).dictionary_encode()
    places: dict[Frame, int] = {}
    found = []
    for code in combined.dictionary.to_pylist():
        of_account, of_language = divmod(code // 2, len(templates.languages))
        name, spoken = accounts[of_account], templates.languages[of_language]
        made = frame_of(name, brands.of(name).voice, spoken, templates, is_letter=code % 2 == 1)
        found.append(places.setdefault(made, len(places)))
    return formal[account], np.array(found, dtype=np.int64)[combined.indices.to_numpy()], list(places)


def frame_of(
    account: str | None, voice: Voice, language: str, templates: Templates, *, is_letter: bool
) -> Frame:
    """Make the frame of one brand, language and kind.

    A brand's own greeting and closing serve in English; other languages have their own.
    """
    phrases = templates.phrases[language, voice.formal]
    own = voice if language == MOTHER_TONGUE else None
    greeting = own.greeting if own and "greeting" in own.model_fields_set else phrases.greeting
    if len(greeting) > MAX_GREETING:
        greeting = phrases.greeting
    closing = own.closing if own else ""
    if is_letter:
        closing = _signed(
            closing if 0 < len(closing) <= MAX_NAME else phrases.closing, signature(account, voice, phrases)
        )
    elif len(closing) > MAX_CLOSING:
        closing = ""
    return Frame(greeting.strip(), closing.strip(), phrases.space, is_letter, phrases.continues)


def signature(account: str | None, voice: Voice, phrases: Phrases) -> str:
    """Name the brand as an e-mail is signed: its voice's name, else its account, else the team.

    An account that is a mere number, or a name that is too long, tells a customer nothing.
    """
    name = " ".join((voice.name or account or "").split()).lstrip("@")
    return name if name and not name.isdigit() and len(name) <= MAX_NAME else phrases.team


def _signed(closing: str, name: str) -> str:
    """Put the name under the closing, unless the closing already holds it."""
    return closing if name.casefold() in closing.casefold() else f"{closing}\n{name}"
