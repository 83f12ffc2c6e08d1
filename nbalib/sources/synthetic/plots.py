"""How conversations go: the moves a message can make, and the plots that string them together.

In: `moves.yaml` and `plots.yaml`. Out: `Move`, `Plot`, and the names of moves that one telling takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from nbalib.sources.synthetic.phrases import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.sources.synthetic.dice import Dice

SILENCES = ("hours", "days", "weeks", "years")
"""Words of a plot that are no moves but a silence before the next one."""

AGAIN = 0.45
"""How likely a repeated part is told once more."""
MOST_REPEATS = 6
TAKEN = 0.5
"""How likely an optional part is told."""

TOKEN = re.compile(r"[()|?*]|\w+")


@dataclass(frozen=True)
class Move:
    """What one message does; see `moves.yaml`."""

    name: str
    is_agent: bool
    status: str
    awaiting: str
    mood: int
    action: str
    needs: str | None


@dataclass(frozen=True)
class Part:
    """One part of a plot.

    `kind` is move, row, choice, maybe or many; a move has a name, the others have parts.
    """

    kind: str
    name: str = ""
    parts: tuple[Part, ...] = ()

    def told(self, dice: Dice, into: list[str]) -> None:
        """Add the names of the moves that this telling takes."""
        if self.kind == "move":
            into.append(self.name)
        elif self.kind == "choice":
            dice.pick(self.parts).told(dice, into)
        elif self.kind == "row":
            for part in self.parts:
                part.told(dice, into)
        elif self.kind == "maybe":
            if dice.chance(TAKEN):
                self.parts[0].told(dice, into)
        else:
            for _ in range(MOST_REPEATS):
                if not dice.chance(AGAIN):
                    break
                self.parts[0].told(dice, into)

    def pruned(self, possible: Callable[[str], bool]) -> Part | None:
        """Leave out what cannot be said; None if the part cannot be told without it."""
        if self.kind == "move":
            return self if self.name in SILENCES or possible(self.name) else None
        kept = [part.pruned(possible) for part in self.parts]
        left = tuple(part for part in kept if part is not None)
        if self.kind == "row":
            return Part("row", parts=left) if len(left) == len(kept) else None
        if self.kind == "choice":
            return Part("choice", parts=left) if left else None
        return Part(self.kind, parts=left) if left else Part("row")


@dataclass(frozen=True)
class Plot:
    """A named way for a conversation to go, and how often it does."""

    name: str
    weight: float
    story: Part


@cache
def moves() -> dict[str, Move]:
    """Read the moves by name."""
    content = read_yaml("moves.yaml")
    return {
        name: _move(name, side == "agent", fields)
        for side in ("customer", "agent")
        for name, fields in content[side].items()
    }


@cache
def plots(role: str) -> tuple[Plot, ...]:
    """Read the plots of one role: issue, question, chat, promo_reply or join."""
    content = read_yaml("plots.yaml")
    named = content["solo"].get(role) or content[role]
    return tuple(
        Plot(name, float(fields["weight"]), parsed(fields["plot"])) for name, fields in named.items()
    )


def parsed(text: str) -> Part:
    """Read a plot.

    Raises
    ------
    ValueError
        A bracket is not closed, or a mark stands where no move goes before it.
    """
    tokens = TOKEN.findall(text)
    part, end = _row(tokens, 0)
    if end != len(tokens):
        raise ValueError(f"the plot {text!r} has a {tokens[end]!r} too many")
    return part


def _row(tokens: list[str], place: int) -> tuple[Part, int]:
    """Read parts up to a bar, a closing bracket or the end."""
    parts: list[Part] = []
    while place < len(tokens) and tokens[place] not in "|)":
        word = tokens[place]
        if word == "(":
            part, place = _choice(tokens, place + 1)
            parts.append(part)
        elif word in "?*":
            if not parts:
                raise ValueError(f"a {word!r} follows no move in {' '.join(tokens)!r}")
            parts[-1] = Part("maybe" if word == "?" else "many", parts=(parts[-1],))
            place += 1
        else:
            parts.append(Part("move", word))
            place += 1
    return Part("row", parts=tuple(parts)), place


def _choice(tokens: list[str], place: int) -> tuple[Part, int]:
    """Read what stands in brackets."""
    branches: list[Part] = []
    while True:
        branch, place = _row(tokens, place)
        branches.append(branch)
        if place == len(tokens):
            raise ValueError(f"a bracket is not closed in {' '.join(tokens)!r}")
        place += 1
        if tokens[place - 1] == ")":
            return Part("choice", parts=tuple(branches)), place


def _move(name: str, is_agent: bool, fields: dict[str, Any]) -> Move:
    return Move(
        name=name,
        is_agent=is_agent,
        status=fields["status"],
        awaiting=fields["awaiting"],
        mood=fields.get("mood", 0),
        action=fields.get("action", "none"),
        needs=fields.get("needs"),
    )
