"""Tell one conversation: turn the moves of a plot into messages, with their times and what they change.

In: who takes part, the names of the moves, the instant and the message at which it begins.
Out: messages in the order of time, each linked to the one it answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbalib.sources.synthetic import clocks, spelling
from nbalib.sources.synthetic.messages import Message
from nbalib.sources.synthetic.plots import SILENCES, Move, moves
from nbalib.sources.synthetic.scenes import Scene

if TYPE_CHECKING:
    from nbalib.sources.synthetic.dice import Dice
    from nbalib.sources.synthetic.stages import Stage, Tale

IS_ANGRY = 0.42
"""Share of conversations in which the customer begins in anger."""

IN_PARTS = 0.07
"""Share of agents' longer replies that are sent as two numbered messages."""
LONG_ENOUGH = 60
SHORTEST_PART = 25
SENTENCE_END = re.compile(r"[.!?] ")
PART_MARKS = (" ({}/2)", " {}/2", " [{}/2]")
SECOND_ANSWERS_FIRST = 0.3

NOTHING_WORDS = ("NA", "null", "None", "N/A", "none", "NULL")
SAYS_NOTHING = 0.025
"""Share of answers to a question that are one of those words and nothing else."""
WITH_PHOTO = 0.2
"""Share of customers' first messages that end in a picture."""
UNADDRESSED = 0.05
"""Share of customers' further messages that name nobody."""


@dataclass
class Cast:
    """Who takes part in a conversation, and how they write.

    Attributes
    ----------
    account : str
        Account of the brand that is addressed and answers.
    is_inbound : bool
        The platform flags that account as a customer.
    greeting : str
        Mentions before the customer's first words; empty to draw them.
    friend : str or None
        Another customer whom agents name as long as they answer an absent message.
    """

    scene: Scene
    customer: str
    hand: spelling.Hand
    account: str
    is_inbound: bool
    staff: str
    part_mark: str
    is_angry: bool
    greeting: str = ""
    friend: str | None = None


def cast_for(stage: Stage, tale: Tale, customer: str, dice: Dice, *, at_promoter: bool = False) -> Cast:
    """Put a conversation's cast together; `at_promoter`: at the account that posts promotions."""
    brand = stage.brand
    is_numbered = brand.is_inbound and (at_promoter or dice.chance(0.15))
    return Cast(
        scene=Scene(stage, tale.issue, dice),
        customer=customer,
        hand=spelling.hand_of(stage.language, dice),
        account=brand.promoter if at_promoter or is_numbered else brand.handle,
        is_inbound=is_numbered,
        staff=dice.pick(brand.staff),
        part_mark=dice.pick(PART_MARKS),
        is_angry=dice.chance(IS_ANGRY),
    )


class Telling:
    """One conversation as it unfolds."""

    def __init__(self, cast: Cast, dice: Dice, *, is_root_absent: bool = False) -> None:
        self.cast = cast
        self.dice = dice
        self.is_root_absent = is_root_absent
        self.messages: list[Message] = []
        self.status, self.awaiting = "open", "agent"

    def tell(self, names: list[str], at: int, parent: Message | None) -> list[Message]:
        """Tell the moves `names`; the first message is written at `at` and answers `parent`."""
        silence: str | None = None
        is_answered = any(
            name not in SILENCES and name != "issue" and moves()[name].is_agent for name in names
        )
        for name in names:
            if name in SILENCES:
                silence = name
                continue
            move = self._move(name)
            if self.messages:
                at = self._next_at(at, move, silence)
                silence = None
            if move.is_agent:
                self._answer(move, at, parent)
            else:
                self._speak(move, at, parent, is_answered=is_answered)
            parent = self.messages[-1]
        return self.messages

    def _move(self, name: str) -> Move:
        """Find the move of this name, or the one that stands in for it when its words have run out."""
        scene = self.cast.scene
        if name == "issue":
            name = "issue_angry" if self.cast.is_angry else "issue_calm"
        elif name in ("ask", "ask_next") and not scene.has_questions():
            name = "ask_general"
        return moves()[name]

    def _next_at(self, at: int, move: Move, silence: str | None) -> int:
        dice = self.dice
        if silence is not None:
            return at + dice.between(*clocks.SILENCE[silence])
        if move.is_agent:
            n_answers = sum(message.is_agent for message in self.messages)
            wait = dice.along(clocks.NEXT_ANSWER if n_answers else clocks.FIRST_ANSWER)
            return clocks.when_open(self.cast.scene.stage.brand, at + wait, dice)
        if not self.messages[-1].is_agent:
            return at + dice.along(clocks.SECOND_THOUGHT)
        return at + dice.along(clocks.CUSTOMER_WORD)

    def _changed(self, move: Move) -> tuple[str, str]:
        """Give what holds from this move on."""
        if move.status != "same":
            self.status, self.awaiting = move.status, move.awaiting
        return self.status, self.awaiting

    def _speak(self, move: Move, at: int, parent: Message | None, *, is_answered: bool) -> None:
        cast, dice = self.cast, self.dice
        brand = cast.scene.stage.brand
        if move.name == "detail" and dice.chance(SAYS_NOTHING):
            cast.scene.line(move.name)
            text, greeting, is_named = dice.pick(NOTHING_WORDS), "", False
        else:
            words = cast.scene.line(move.name)
            text = spelling.as_customer(words, cast.hand, move.mood, f"#{brand.words['brand_tag']}", dice)
            if not self.messages and dice.chance(WITH_PHOTO) and "http" not in text:
                text = f"{text} {cast.scene.photo()}"
            greeting, is_named = self._greeting(is_answered=is_answered)
        if greeting.startswith(" "):
            text = spelling.in_export(text, dice) + greeting
        else:
            text = greeting + spelling.in_export(text, dice)
        status, awaiting = self._changed(move)
        self._add(
            Message(
                cast.customer,
                is_agent=False,
                is_inbound=True,
                at=at,
                text=text,
                parent=parent,
                customers=(cast.customer,),
                brand=brand.handle if is_named else None,
                status=status,
                awaiting=awaiting,
                mood=move.mood,
                action="none",
                is_absent=self.is_root_absent and not self.messages,
            )
        )

    def _greeting(self, *, is_answered: bool) -> tuple[str, bool]:
        """Give the mentions, and whether they name a brand; with a space first they go after the text."""
        cast, dice = self.cast, self.dice
        if self.messages:
            last = next((m.author for m in reversed(self.messages) if m.is_agent), cast.account)
            return ("", False) if is_answered and dice.chance(UNADDRESSED) else (f"@{last} ", True)
        if cast.greeting:
            return cast.greeting, True
        unit = dice.unit()
        if unit < 0.64:
            return f"@{cast.account} ", True
        if unit < 0.74:
            return f" @{cast.account}", True
        if unit < 0.86:
            return f"@{cast.scene.stage.brand.main} ", True
        if unit < 0.93 and is_answered:
            return "", False
        return f".@{cast.account} ", True

    def _answer(self, move: Move, at: int, parent: Message | None) -> None:
        cast, dice = self.cast, self.dice
        brand, said = cast.scene.stage.brand, cast.scene.said
        text = spelling.as_agent(cast.scene.line(move.name), dice)
        said["hi"] = said["sorry"] = ""  # nobody greets twice, and excuses wear off
        parts = _parted(text) if len(text) > LONG_ENOUGH and dice.chance(IN_PARTS) else [text]
        status, awaiting = self._changed(move)
        knows_customer = any(not m.is_agent and not m.is_absent for m in self.messages)
        named = (cast.customer,) if knows_customer or cast.friend is None else (cast.customer, cast.friend)
        mentions = "".join(f"@{customer} " for customer in named)
        is_signed = dice.chance(brand.signs)
        first = parent
        for number, part in enumerate(parts, 1):
            if is_signed:
                part = spelling.signed(part, brand, cast.staff)
            if len(parts) > 1:
                part += cast.part_mark.format(number)
            self._add(
                Message(
                    cast.account,
                    is_agent=True,
                    is_inbound=cast.is_inbound,
                    at=at,
                    text=mentions + spelling.in_export(part, dice),
                    parent=first
                    if number == 1 or not dice.chance(SECOND_ANSWERS_FIRST)
                    else self.messages[-1],
                    customers=named,
                    brand=brand.handle,
                    status=status,
                    awaiting=awaiting,
                    mood=0,
                    action=move.action,
                )
            )

    def _add(self, message: Message) -> None:
        if message.parent is not None:
            message.parent.children.append(message)
        self.messages.append(message)


def _parted(text: str) -> list[str]:
    """Part a text in two at the end of a sentence, as near to its middle as may be."""
    ends = [
        found.end() - 1
        for found in SENTENCE_END.finditer(text)
        if SHORTEST_PART <= found.end() <= len(text) - SHORTEST_PART
    ]
    if not ends:
        return [text]
    middle = min(ends, key=lambda place: abs(place - len(text) // 2))
    return [text[:middle], text[middle + 1 :]]
