"""The mood of an English text: VADER's score, with the words of customer service put right.

In: texts as `texts.take_apart` leaves them. Out: -1 (bitter) to 1 (delighted); 0 for no sign of either.

VADER (Hutto & Gilbert, 2014, doi:10.1609/icwsm.v8i1.14550) was made for social media at large. In customer
service "please help" is no joy, "still waiting" is no neutral fact, and praise in scorn is no praise:
`SERVICE_WORDS` and `SCORN` say so, openly. Lexicon, lists of words and constants are those of the package
vaderSentiment; its rules are applied to columns of words instead of text by text, which is seven times
faster. Its handful of idioms ("the bomb", "to die for") is left out.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    N_SCALAR,
    NEGATE,
    SentimentIntensityAnalyzer,
)

from nbalib.conversations.rows import put_where
from nbalib.conversations.texts import LINK

if TYPE_CHECKING:
    from numpy.typing import NDArray

SERVICE_WORDS: dict[str, float] = {
    # Courtesies and names of things: no feeling in them.
    **dict.fromkeys(
        (
            *("please", "pls", "help", "helping", "helped", "support", "supports", "care", "dear", "kindly"),
            *("credit", "credits", "share", "shares", "gift", "gifts", "reward", "rewards", "value", "join"),
            *("number", "yes", "want", "interested", "secure", "security", "matters", "ready", "special"),
            *("save", "play", "playing", "hope", "alert", "united"),
        ),
        0.0,
    ),
    # What VADER does not know, or takes lightly. Its own scale: -4 to 4.
    "again": -0.4,
    "broke": -1.8,
    "canceled": -1.3,
    "cancellation": -1.2,
    "cancelled": -1.3,
    "crash": -1.7,
    "crashing": -1.7,
    "delay": -1.5,
    "delayed": -1.6,
    "delays": -1.5,
    "disconnected": -1.2,
    "fix": -0.5,
    "freezing": -1.2,
    "hold": -0.9,
    "hours": -0.7,
    "hrs": -0.7,
    "hung": -1.2,
    "joke": -1.6,
    "late": -1.3,
    "missed": -1.2,
    "never": -0.8,
    "nobody": -1.0,
    "nothing": -0.6,
    "overcharged": -2.0,
    "refund": -0.6,
    "ridiculous": -1.5,
    "rubbish": -2.0,
    "rude": -2.0,
    "slow": -1.1,
    "still": -0.4,
    "stuck": -1.3,
    "sucks": -1.5,
    "unable": -1.2,
    "unacceptable": -2.4,
    "unprofessional": -2.0,
    "wait": -0.8,
    "waited": -1.2,
    "waiting": -1.2,
}
SCORN = -0.4
"""What is said in scorn is at least as bitter as this."""

_TEXTS_AT_ONCE = 65_536  # bounds the memory that their words take
_READ_AT_MOST = 2_000  # characters: the score is saturated long before
_ALPHA = 15.0  # of VADER: a sum of feelings of its root gives a score of 0.7
_FADES = (1.0, 0.95, 0.9)  # how much a degree word counts one, two and three words before
_AFTER_NEVER = 1.25  # "never so good" is better than good
_BEFORE_BUT, _AFTER_BUT = 0.5, 1.5


@dataclass(frozen=True)
class _Words:
    """The words of many texts in one row, and at the end one more that says nothing.

    `text` and `place` say where a word stands; `spelling` numbers its spelling in small letters, of which
    `known` lists all; `is_loud` marks capitals in a text that also has small letters.
    """

    text: NDArray[np.int64]
    place: NDArray[np.int64]
    spelling: NDArray[np.int64]
    known: list[str]
    is_loud: NDArray[np.bool_]

    def are(self, *spellings: str) -> NDArray[np.bool_]:
        """Tell of each word whether it is one of `spellings`."""
        wanted = frozenset(spellings)
        return np.array([one in wanted for one in self.known])[self.spelling]

    def weigh(self, weights: dict[str, float]) -> NDArray[np.float64]:
        """Give each word its weight; NaN where it has none."""
        return np.array([weights.get(one, np.nan) for one in self.known])[self.spelling]

    def before(self, at: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
        """Find the words `steps` before those `at`, in the same text; else the one that says nothing."""
        return np.where(self.place[at] >= steps, at - steps, len(self.text) - 1)

    def after(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Find the words right after those `at`, in the same text; else the one that says nothing."""
        return np.where(self.text[at + 1] == self.text[at], at + 1, len(self.text) - 1)


def find_mood(plain: pa.StringArray, is_sarcastic: pa.BooleanArray) -> pa.DoubleArray:
    """Score the mood of English texts.

    Parameters
    ----------
    plain : StringArray, shape (n,)
        As written, without accounts.
    is_sarcastic : BooleanArray, shape (n,)
        Whether thanks and praise are meant in scorn: their score is turned to the bitter side.
    """
    slices = range(0, len(plain), _TEXTS_AT_ONCE)
    moods = [_score(plain.slice(at, _TEXTS_AT_ONCE), is_sarcastic.slice(at, _TEXTS_AT_ONCE)) for at in slices]
    return pa.concat_arrays([pa.array([], pa.float64()), *moods])


def _score(plain: pa.StringArray, is_sarcastic: pa.BooleanArray) -> pa.DoubleArray:
    shown = pc.utf8_slice_codeunits(pc.replace_substring(plain, LINK, " "), 0, _READ_AT_MOST)
    shown = _with_words_for_emoji(shown)
    words = _part(shown)
    at, feelings = _feel(words)
    sums = np.bincount(words.text[at], feelings, minlength=len(plain) + 1)[: len(plain)]
    total = sums + np.sign(sums) * _stress(shown)
    mood = pa.array(np.round(total / np.sqrt(total**2 + _ALPHA), 4))
    bitter = pc.min_element_wise(pc.negate(pc.abs(mood)), SCORN)
    return pc.if_else(is_sarcastic, bitter, mood)


def _with_words_for_emoji(texts: pa.StringArray) -> pa.StringArray:
    """Put VADER's descriptions in the place of emoji."""
    odd = pc.invert(pc.string_is_ascii(texts))
    names = _emoji_names()
    return put_where(
        texts, odd, pa.array([t.translate(names) for t in texts.filter(odd).to_pylist()], pa.string())
    )


def _part(texts: pa.StringArray) -> _Words:
    """Part texts into words as VADER does: at white space, without punctuation at the ends."""
    lists = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(texts))
    lengths = pc.list_value_length(lists).to_numpy()
    encoded = pc.list_flatten(lists).dictionary_encode()
    bare = pc.utf8_trim(encoded.dictionary, characters=string.punctuation)
    # Two characters or less were an emoticon, or are too short to tell.
    bare = pc.if_else(pc.less_equal(pc.utf8_length(bare), 2), encoded.dictionary, bare)
    lower = pc.utf8_lower(bare).dictionary_encode()
    written = encoded.indices.to_numpy()
    text = np.repeat(np.arange(len(texts)), lengths)
    start = np.cumsum(lengths) - lengths
    loud = pc.utf8_is_upper(bare).to_numpy(zero_copy_only=False)[written]
    n_loud = np.bincount(text, loud, minlength=len(texts))
    mixed = (n_loud > 0) & (n_loud < lengths)
    return _Words(
        text=np.append(text, len(texts)),
        place=np.append(np.arange(len(text)) - start[text], 0),
        spelling=np.append(lower.indices.to_numpy()[written], len(lower.dictionary)),
        known=[*lower.dictionary.to_pylist(), ""],
        is_loud=np.append(loud & mixed[text], False),
    )


def _feel(words: _Words) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the words that carry a feeling, and how strong it is after all rules."""
    lexicon = words.weigh(_lexicon())
    carries = ~np.isnan(lexicon) & ~words.are(*BOOSTER_DICT)
    carries &= ~(words.are("kind") & np.append(words.are("of")[1:], False))
    at = np.flatnonzero(carries)
    feeling = _after_no(words, lexicon, at)
    feeling = feeling + np.where(words.is_loud[at], np.where(feeling > 0, C_INCR, -C_INCR), 0.0)
    for steps, fade in enumerate(_FADES, start=1):
        near = words.before(at, steps)
        counts = (words.place[at] >= steps) & np.isnan(lexicon[near])
        changed = _turned(words, at, steps, feeling + fade * _degree(words, near, feeling))
        feeling = np.where(counts, changed, feeling)
    least = words.are("least")[words.before(at, 1)] & ~words.are("at", "very")[words.before(at, 2)]
    feeling = np.where(least, feeling * N_SCALAR, feeling)
    return at, feeling * _weight_around_but(words, at)


def _after_no(words: _Words, lexicon: NDArray[np.float64], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Take "no" for a denial of the feeling after it."""
    no, either = words.are("no"), words.are("or", "nor")
    one, two, three = (words.before(at, steps) for steps in (1, 2, 3))
    denies = no[at] & ~np.isnan(lexicon[words.after(at)])
    denied = no[one] | no[two] | (no[three] & either[one])
    return np.where(denied, lexicon[at] * N_SCALAR, np.where(denies, 0.0, lexicon[at]))


def _degree(words: _Words, near: NDArray[np.int64], feeling: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say how much the degree words `near` ("very", "barely") add to the feelings."""
    weight = words.weigh(BOOSTER_DICT)[near]
    signed = np.where(feeling < 0, -weight, weight)
    signed += np.where(words.is_loud[near], np.where(feeling > 0, C_INCR, -C_INCR), 0)
    return np.nan_to_num(signed)


def _turned(
    words: _Words, at: NDArray[np.int64], steps: int, feeling: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Turn feelings that a word `steps` before denies."""
    one, two, near = (words.before(at, back) for back in (1, 2, steps))
    so, doubt = words.are("so", "this"), words.are("doubt")
    denied = words.are(*NEGATE) | np.array(["n't" in one for one in words.known])[words.spelling]
    never, surely = np.zeros_like(so[at]), np.zeros_like(so[at])
    if steps == 2:
        never = words.are("never")[near] & so[one]
        surely = words.are("without")[near] & doubt[one]
    if steps == 3:
        never = (words.are("never")[near] & so[two]) | so[one]
        surely = words.are("without")[near] & (doubt[one] | doubt[two])
    return feeling * np.where(never, _AFTER_NEVER, np.where(denied[near] & ~surely, N_SCALAR, 1.0))


def _weight_around_but(words: _Words, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weigh what stands after the first "but" of a text more, and what stands before it less."""
    buts = np.flatnonzero(words.are("but"))
    first = np.full(words.text[-1] + 1, -1)
    first[words.text[buts][::-1]] = words.place[buts][::-1]
    but, place = first[words.text[at]], words.place[at]
    weight = np.where(place < but, _BEFORE_BUT, _AFTER_BUT)
    return np.where((but < 0) | (place == but), 1.0, weight)


def _stress(texts: pa.StringArray) -> NDArray[np.float64]:
    """Say how much exclamation and question marks add to the feeling there is."""
    calls = pc.count_substring(texts, "!").to_numpy()
    asks = pc.count_substring(texts, "?").to_numpy()
    asking = np.where(asks > 3, 0.96, np.where(asks > 1, asks * 0.18, 0.0))
    return np.asarray(np.minimum(calls, 4) * 0.292 + asking)


@cache
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


@cache
def _lexicon() -> dict[str, float]:
    return {**_vader().lexicon, **SERVICE_WORDS}


@cache
def _emoji_names() -> dict[int, str]:
    return {ord(one): f" {name} " for one, name in _vader().emojis.items() if len(one) == 1}
