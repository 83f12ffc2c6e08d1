"""The customers: numbers for names, a language each, and some who come back.

In: chance. Out: the platform's id of whoever writes next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.sources.synthetic.dice import Weighted
from nbalib.sources.synthetic.stages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from nbalib.sources.synthetic.dice import Dice

FIRST_CUSTOMER = 900_101
"""Above the brands' own numbers, and above all accounts of the public data set."""

COMES_BACK = 0.22
"""Share of conversations of a customer who has had one before."""

_CODES = tuple(LANGUAGES)
_SPOKEN = Weighted(range(len(_CODES)), tuple(LANGUAGES.values()))


class Crowd:
    """Everyone so far; two bytes each, for the language and for whether they are in the file."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.languages = bytearray()
        self.in_file = bytearray()

    @property
    def n_in_file(self) -> int:
        """Count the customers who have a conversation in the file."""
        return sum(self.in_file)

    def note(self, customers: Iterable[str]) -> None:
        """Remember that these have a conversation in the file."""
        for customer in customers:
            self.in_file[int(customer) - FIRST_CUSTOMER] = 1

    def someone(self) -> tuple[str, str]:
        """Give a customer and their language."""
        if self.languages and self.dice.chance(COMES_BACK):
            place = int(self.dice.unit() * len(self.languages))
            return str(FIRST_CUSTOMER + place), _CODES[self.languages[place]]
        return self._newcomer(_SPOKEN.draw(self.dice))

    def someone_else(self, present: Collection[str]) -> str:
        """Give a customer who writes English and is not `present`."""
        if self.languages and self.dice.chance(COMES_BACK):
            place = int(self.dice.unit() * len(self.languages))
            customer = str(FIRST_CUSTOMER + place)
            if customer not in present and _CODES[self.languages[place]] == "en":
                return customer
        return self._newcomer(_CODES.index("en"))[0]

    def _newcomer(self, language: int) -> tuple[str, str]:
        self.languages.append(language)
        self.in_file.append(0)
        return str(FIRST_CUSTOMER + len(self.languages) - 1), _CODES[language]
