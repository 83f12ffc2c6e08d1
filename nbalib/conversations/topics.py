"""The topic of a customer's text, from a frozen artefact of weighted words.

In: words as `texts.take_apart` leaves them. Out: one label of `topics.json`, or null where none fits.
The artefact carries its own card: what it is, how it was made, how well it agrees with people.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.patterns.phrases import expression
from nbalib.conversations.rows import taken
from nbalib.conversations.sieve import Sieve, Sifted, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NONE = -1
_COUNTED_AT_MOST = 2  # a word said over and over is not the topic over and over


@dataclass(frozen=True)
class Topic:
    """One label: its readable name, and expressions by their weight."""

    label: str
    name: str
    terms: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Topics:
    """The artefact: labels in the order that breaks ties, the least score that counts, and the card."""

    version: str
    card: dict[str, str]
    least: int
    topics: tuple[Topic, ...]


@cache
def load_topics() -> Topics:
    """Read the artefact that is shipped with the package."""
    content = json.loads(resources.files(__package__).joinpath("topics.json").read_text(encoding="utf-8"))
    topics = tuple(
        Topic(
            entry["label"],
            entry["name"],
            tuple((int(weight), expression(tuple(terms))) for weight, terms in entry["terms"].items())
            + tuple((int(weight), "|".join(signs)) for weight, signs in entry.get("signs", {}).items()),
        )
        for entry in content["labels"]
    )
    return Topics(content["version"], content["card"], content["least"], topics)


@cache
def _sieve() -> Sieve:
    return Sieve(terms for topic in load_topics().topics for _, terms in topic.terms)


def find_topic(words: Words) -> pa.StringArray:
    """Name the topic of each text; null where no label reaches the least score.

    Parameters
    ----------
    words : Words of n texts
        Lower case, without accounts.
    """
    artefact = load_topics()
    texts = _sieve().sift(words)
    best = np.full(len(words), _NONE)
    highest = np.full(len(words), artefact.least - 1)
    for number, topic in enumerate(artefact.topics):
        score = _score(texts, topic)
        best = np.where(score > highest, number, best)
        highest = np.maximum(score, highest)
    return pa.array([topic.label for topic in artefact.topics]).take(pa.array(best, mask=best == _NONE))


def _score(texts: Sifted, topic: Topic) -> NDArray[np.intp]:
    """Add up the weights of a topic's terms in each text."""
    score = np.zeros(len(texts), np.intp)
    for weight, terms in topic.terms:
        rows = texts.may_match(terms)
        if len(rows):
            counts = pc.count_substring_regex(taken(texts.texts, rows), terms).to_numpy()
            score[rows] += weight * np.minimum(counts, _COUNTED_AT_MOST)
    return score
