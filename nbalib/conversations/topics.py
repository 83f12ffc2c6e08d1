"""The topic of a customer's text, from a frozen artefact of weighted words.

In: words as `texts.take_apart` leaves them. Out: one label of `topics.json`, or null where none fits.
The artefact carries its own card: what it is, how it was made, how well it agrees with people.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.patterns.phrases import expression
from nbalib.conversations.texts import replace_where

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


def find_topic(words: pa.StringArray) -> pa.StringArray:
    """Name the topic of each text; null where no label reaches the least score.

    Parameters
    ----------
    words : StringArray, shape (n,)
        Lower case, without accounts.
    """
    artefact = load_topics()
    best = pa.nulls(len(words), pa.string())
    highest = pa.repeat(pa.scalar(artefact.least - 1, pa.int32()), len(words))
    for topic in artefact.topics:
        score = _score(words, topic)
        better = pc.greater(score, highest)
        best = pc.if_else(better, topic.label, best)
        highest = pc.if_else(better, score, highest)
    return best


def _score(words: pa.StringArray, topic: Topic) -> pa.Int32Array:
    """Add up the weights of a topic's terms in each text."""
    total = pa.repeat(pa.scalar(0, pa.int32()), len(words))
    named = pc.match_substring_regex(words, "|".join(terms for _, terms in topic.terms))
    some = words.filter(named)
    if not len(some):
        return total
    sums = pa.repeat(pa.scalar(0, pa.int32()), len(some))
    for weight, terms in topic.terms:
        count = pc.min_element_wise(pc.count_substring_regex(some, terms), _COUNTED_AT_MOST)
        sums = pc.add(sums, pc.multiply(pc.cast(count, pa.int32()), pa.scalar(weight, pa.int32())))
    return replace_where(total, named, sums)
