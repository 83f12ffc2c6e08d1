"""The phrase banks: what can be said, read from `banks/*.yaml`.

In: the bank files. Out: `Bank`, one a language or domain; its issues with their own words.
A phrase is text with slots in braces. Blocks hold one phrase a line, lists are parted by bars, and a
question is followed by `=>` and its possible answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Phrase = str | tuple[str, ...]
"""Plain text, or literals and slot names in turn, a literal first and last."""

Exchange = tuple[Phrase, tuple[Phrase, ...]]
"""A question and its possible answers."""

SLOT = re.compile(r"\{(\w+)\}")

ISSUE_WORDS = ("opens", "steps", "news", "done", "works", "fails", "alone", "answers", "context")
USUAL = {"matter": "this", "regret": "for the confusion"}
"""What an agent calls an issue, and is sorry for, where the issue does not say it."""
TALK = ("promo_asks", "quips", "jests", "probes")
"""Lists of a language or a domain in which a line has its own answers."""
ISSUE_EXCHANGES = ("asks", "more")


@dataclass(frozen=True, eq=False)
class Issue:
    """What a conversation is about, with the words that fit it.

    `has` names the fields that hold any words; moves ask for them.
    """

    name: str
    topic: str
    kind: str
    weight: float
    domains: frozenset[str]
    fixed: dict[str, tuple[Phrase, ...]]
    words: dict[str, tuple[Phrase, ...]]
    exchanges: dict[str, tuple[Exchange, ...]]

    @property
    def has(self) -> frozenset[str]:
        """Names of the fields that are filled."""
        two_steps = ("two_steps",) if len(self.words.get("steps", ())) > 1 else ()
        return frozenset((*self.words, *self.exchanges, *two_steps))


@dataclass(frozen=True, eq=False)
class Bank:
    """The words of one language or one domain.

    `slots` are drawn once per conversation, `fresh` each time; `phrases` are listed by move.
    """

    language: str
    slots: dict[str, tuple[Phrase, ...]]
    fresh: dict[str, tuple[Phrase, ...]]
    phrases: dict[str, tuple[Phrase, ...]]
    exchanges: dict[str, tuple[Exchange, ...]]
    issues: tuple[Issue, ...]


def compiled(text: str) -> Phrase:
    """Part a phrase at its slots, once, so that filling it is only a join."""
    parts = SLOT.split(text)
    return text if len(parts) == 1 else tuple(parts)


def slots_of(phrase: Phrase) -> tuple[str, ...]:
    """Name the slots of a phrase."""
    return () if isinstance(phrase, str) else phrase[1::2]


def read_yaml(name: str) -> Any:
    """Read one YAML file of this package."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are safe ones


@cache
def bank_named(name: str) -> Bank:
    """Read the bank of a language or a domain."""
    content = read_yaml(f"banks/{name}.yaml")
    phrases = dict(content.get("phrases", {}))
    exchanges = {key: _exchanges(phrases.pop(key)) for key in TALK if key in phrases}
    return Bank(
        language=content.get("language", "en"),
        slots=_lists(content.get("slots", {})),
        fresh=_lists(content.get("fresh", {})),
        phrases={move: _lines(block) for move, block in phrases.items()},
        exchanges=exchanges,
        issues=tuple(_issue(key, fields) for key, fields in content.get("issues", {}).items()),
    )


def plain_issue() -> Issue:
    """Make the issue of a talk that is about nothing in particular."""
    fixed: dict[str, tuple[Phrase, ...]] = {"matter": ("this",), "regret": ("to hear that",)}
    return Issue("nothing", "other", "chat", 1.0, frozenset(), fixed, {}, {})


def _issue(name: str, fields: dict[str, Any]) -> Issue:
    return Issue(
        name=name,
        topic=fields["topic"],
        kind=fields.get("kind", "issue"),
        weight=float(fields.get("weight", 1)),
        domains=frozenset(fields.get("domains", "").split()),
        fixed={key: (compiled(fields.get(key, usual)),) for key, usual in USUAL.items()},
        words={key: _lines(fields[key]) for key in ISSUE_WORDS if key in fields},
        exchanges={key: _exchanges(fields[key]) for key in ISSUE_EXCHANGES if key in fields},
    )


def _lines(block: str) -> tuple[Phrase, ...]:
    return tuple(compiled(line.strip()) for line in block.splitlines() if line.strip())


def _list(text: object) -> tuple[Phrase, ...]:
    return tuple(compiled(word.strip()) for word in str(text).split("|"))


def _lists(content: dict[str, object]) -> dict[str, tuple[Phrase, ...]]:
    return {name: _list(text) for name, text in content.items()}


def _exchanges(block: str) -> tuple[Exchange, ...]:
    parted = (line.split("=>") for line in block.splitlines() if line.strip())
    return tuple((compiled(question.strip()), _list(answers)) for question, answers in parted)
