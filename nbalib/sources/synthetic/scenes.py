"""The words of one conversation: phrases filled so that they fit the issue and each other.

In: a stage, an issue, a customer. Out: the text of each move, before spelling, mentions and signature.
A town, a day or a product once named stays the same; a phrase once used is not used again if another
is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.sources.synthetic.brands import LETTERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.sources.synthetic.dice import Dice
    from nbalib.sources.synthetic.phrases import Exchange, Issue, Phrase
    from nbalib.sources.synthetic.stages import Stage

PAIRS = tuple(a + b for a in LETTERS for b in LETTERS)
TRIES = 3
ENDS = ".!?。"


class Scene:
    """One conversation about `issue`, as far as it has come."""

    def __init__(self, stage: Stage, issue: Issue, dice: Dice) -> None:
        self.stage = stage
        self.issue = issue
        self.dice = dice
        self.said = dict(stage.brand.words)
        self.used: set[Phrase] = set()
        self.replies: tuple[Phrase, ...] = ()
        self.first = dice.between(0, 59)
        self.n_asked = 0
        self.special: dict[str, Callable[[], str]] = {
            "asks": self._question,
            "probe": self._line_of("probes"),
            "more": self._line_of("more"),
            "offer": self._line_of("promo_asks"),
            "quip": self._line_of("quips"),
            "jest": self._line_of("jests"),
            "reply": self._reply,
            "more_reply": self._reply,
            "photo": self.photo,
        }

    def line(self, move: str) -> str:
        """Say one of the move's phrases."""
        text = self._filled(self._new(self.stage.phrases[move]))
        return " ".join(text.split())

    def has_questions(self) -> bool:
        """Tell whether there is anything left to ask about the issue."""
        return len(self.issue.exchanges.get("asks", ())) > self.n_asked

    def _filled(self, phrase: Phrase) -> str:
        if isinstance(phrase, str):
            return phrase
        pieces = list(phrase)
        for place in range(1, len(pieces), 2):
            pieces[place] = self._word(pieces[place])
        return "".join(pieces)

    def _word(self, slot: str) -> str:
        known = self.said.get(slot)
        if known is not None:
            return known
        if slot in self.special:
            return self.special[slot]()
        options = self.stage.slots.get(slot) or self.issue.fixed.get(slot)
        if options is not None:
            word = self._filled(self.dice.pick(options))
            self.said[slot] = word
            return word
        fresh = self.stage.fresh
        own = self.issue.words.get(slot) or fresh.get(f"{slot}_{self.issue.topic}")
        return self._filled(self._new(own or fresh[slot]))

    def _new(self, phrases: tuple[Phrase, ...]) -> Phrase:
        """Pick a phrase, one that was not used before if that is easily had."""
        phrase = self.dice.pick(phrases)
        for _ in range(TRIES):
            if not phrase or phrase not in self.used:
                break
            phrase = self.dice.pick(phrases)
        self.used.add(phrase)
        return phrase

    def _line_of(self, talk: str) -> Callable[[], str]:
        return lambda: self._exchange(self.issue.exchanges.get(talk) or self.stage.exchanges[talk])

    def _question(self) -> str:
        self.n_asked += 1
        return self._exchange(self.issue.exchanges["asks"])

    def _exchange(self, exchanges: tuple[Exchange, ...]) -> str:
        """Say the next line of a list, starting anywhere, that was not said; keep its answers in mind."""
        for place in range(self.first, self.first + len(exchanges)):
            line, self.replies = exchanges[place % len(exchanges)]
            if line not in self.used:
                break
        self.used.add(line)
        return self._filled(line)

    def _reply(self) -> str:
        answer = self._filled(self.dice.pick(self.replies))
        self.replies = ()
        return answer if answer[-1] in ENDS or "http" in answer else f"{answer}."

    def photo(self) -> str:
        """Link to a picture."""
        return "https://t.co/" + "".join(self.dice.pick(PAIRS) for _ in range(5))
