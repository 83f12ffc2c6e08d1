"""A sieve saves time and never changes a result; what it looks for is read off the expressions rightly."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbalib.conversations.patterns.catalogue import PATTERNS
from nbalib.conversations.patterns.pieces import pieces_of
from nbalib.conversations.patterns.requests import ASKED_FOR, PROMISED
from nbalib.conversations.rows import matches
from nbalib.conversations.sieve import Sieve, Words
from nbalib.conversations.topics import load_topics

EXPRESSIONS = (
    *dict.fromkeys(pattern.says for pattern in PATTERNS),
    *ASKED_FOR.values(),
    *PROMISED.values(),
    *(terms for topic in load_topics().topics for _, terms in topic.terms),
)
SIEVES = [Sieve(EXPRESSIONS[at : at + 60]) for at in range(0, len(EXPRESSIONS), 60)]

# What texts are made of: the words and signs of the expressions themselves, and what may stand between.
FRAGMENTS = sorted({word for one in EXPRESSIONS for word in re.findall(r"(?<!\\)[a-z]+|[^\x00-\x7f]", one)})
BETWEEN = (
    " ",
    " ",
    " ",
    "  ",
    "\n",
    ", ",
    ". ",
    "'",
    "-",
    "? ",
    "! ",
    "#",
    "",
    " <link> ",
    "…",
    "/",
    "5",
    "£",
)


@st.composite
def talk(draw: st.DrawFn) -> str:
    """Make a text of fragments."""
    words = draw(st.lists(st.sampled_from(FRAGMENTS), max_size=8))
    return "".join(draw(st.sampled_from(BETWEEN)) + word for word in [*words, ""])


def python(expression: str) -> str:
    """Write an RE2 expression as Python reads it."""
    named = re.sub(r"\\x\{(\w+)\}", lambda code: chr(int(code[1], 16)), expression)
    return named.replace("(?s)", "")


def passes(expression: str, texts: list[str]) -> list[int]:
    """Give the rows that match behind a sieve of one expression."""
    rows: list[int] = (
        Sieve([expression]).sift(Words(pa.array(texts, pa.string()))).matching(expression).tolist()
    )
    return rows


@given(st.lists(talk(), max_size=6))
def test_a_sieve_changes_no_result(texts: list[str]) -> None:
    """Whatever the texts, behind the sieve match just those that match without it."""
    words = pa.array(texts, pa.string())
    for number, expression in enumerate(EXPRESSIONS):
        found = SIEVES[number // 60].sift(Words(words)).matching(expression)
        assert found.tolist() == np.flatnonzero(matches(words, expression)).tolist()


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda expression: expression[:30])
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_an_expression_describes_passes_its_sieve(expression: str, data: st.DataObject) -> None:
    """A text made after the expression is held back only if RE2 does not see the expression in it either."""
    text = data.draw(st.from_regex(re.compile(python(expression), re.ASCII)))
    assert bool(passes(expression, [text])) == bool(matches(pa.array([text]), expression)[0])


@pytest.mark.parametrize(
    ("expression", "pieces"),
    [
        (r"\bzebra\b", {"zebr"}),
        (r"\b(?:zebra|penguins)\b", {"zebr", "penguins"}),
        (r"\bpenguin\b", {"penguin "}),
        (r"\byak[.]\s*", {"yak "}),
        (r"\bthe\s+zebra\b", {"the zebr"}),
        (r"\bzebra\s+or\s+penguin\b", {"or pengu"}),
        (r"\b(?:the|a|my)\s+zebra\b", {"the zebr", "a zebra ", "my zebra"}),
        (r"\bzebra(?:s|\s+crossing)?\b", {"zebr", "zebra cr"}),
        (r"\b(?:\w+\s+){0,3}zebra\b", {"zebr"}),
        (r"\b\w*zebra\s+crossing\b", {"zebra cr", "crossing"}),
        (r"[?]|\bzebra\b", {"?", "zebr"}),
        (r"\b\d{3}-\d{3}\b", {"000 000 "}),
        (r"\byak", {f"yak{letter}" for letter in "0_abcdefghijklmnopqrstuvwxyz \n"}),
        (r"ゼブラ", {"ゼ"}),
        (r"zebra", None),
        (r"\w+", None),
        (r"\bzebra\b|.", None),
    ],
)
def test_what_an_expression_needs(expression: str, pieces: set[str] | None) -> None:
    """The rarest piece that begins with a word is needed; where a match may lack it, none is named."""
    assert pieces_of(expression) == pieces


@pytest.mark.parametrize("expression", ["(zebra", "zebra)", "(?i)zebra", "zebra(?=s)", r"\Qzebra", "*"])
def test_an_expression_that_is_not_understood_is_refused(expression: str) -> None:
    """What cannot be read may not be left out silently."""
    with pytest.raises(ValueError, match=r"cannot be read|left open|behind its end"):
        pieces_of(expression)


def test_a_sieve_holds_most_texts_back() -> None:
    """What shows none of the words is not even looked at."""
    sieve = Sieve([r"\bzebra\b", r"\bpenguin\b"])
    sifted = sieve.sift(Words(pa.array(["a zebra", "azebra", "", "penguins", "zebra-penguin"])))
    assert sifted.may_match(r"\bzebra\b").tolist() == [0, 4]
    assert sifted.may_match(r"\bpenguin\b").tolist() == [4]
    assert sifted.matching(r"\bpenguin\b").tolist() == [4]
    assert sifted.matching(r"\bpenguin\b", np.array([True] * 4 + [False])).tolist() == []


def test_a_sieve_has_room_for_64() -> None:
    """More expressions than bits are refused."""
    with pytest.raises(ValueError, match="64 expressions, not for 65"):
        Sieve(f"zebra{number}" for number in range(65))
