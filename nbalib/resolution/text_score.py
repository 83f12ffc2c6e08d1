"""What the customer's last words alone say about the likelihood: one number a text.

In: texts, outcomes. Out: `TextScore`, which gives log odds. A text is a bag of words, each weighed by how
rare it is (TF-IDF) and by a logistic model, and scaled by the text's length. A word is what stands between
two spaces, in small letters, its punctuation included. Words are learned from the store's own texts and stay
in the model's file; a word must occur in several conversations, and accounts, tags, links and what holds a
digit are never words.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

NO_WORD = r"[@#\d/_]|^\W*$"
RAREST_WORD = 5
"""Conversations that a word must occur in, so that none tells who wrote."""
MOST_WORDS = 4_000
MOST_TEXTS = 60_000
"""Texts that are learned from; more change little."""


@dataclass(frozen=True)
class TextScore:
    """Words and what each adds; `rarity` and `weights` are of shape (n_words,)."""

    words: tuple[str, ...]
    rarity: Floats
    weights: Floats
    intercept: float

    @cached_property
    def _known(self) -> pa.Array:
        return pa.array(self.words, pa.string())

    def log_odds(self, texts: pa.Array) -> Floats:
        """Give the log odds of each text; of one without a known word, the intercept."""
        row, code = _occurrences(texts, self._known)
        rarity = self.rarity[code]
        added = np.bincount(row, rarity * self.weights[code], minlength=len(texts))
        length = np.sqrt(np.bincount(row, rarity**2, minlength=len(texts)))
        return np.asarray(self.intercept + added / np.where(length > 0, length, 1.0))


def fit_text_score(texts: pa.Array, y: Truths, groups: Integers) -> TextScore:
    """Learn which words speak for and against a resolution.

    Parameters
    ----------
    groups : array of int64, shape (n,)
        Conversation of each text. The same text of one conversation counts once for each outcome.
    """
    # These take a second to import, and are needed for fitting alone.
    from scipy.sparse import csr_matrix
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    kept = _distinct(texts, y, groups)
    texts, y, groups = texts.take(pa.array(kept)), y[kept], groups[kept]
    row, words = _words(texts)
    known, spread = _vocabulary(words, groups[row])
    rarity = np.log((1 + len(np.unique(groups))) / (1 + spread)) + 1
    if not known:
        return TextScore((), np.zeros(0), np.zeros(0), _odds_of_share(y))
    row, code = _occurrences(texts, pa.array(known, pa.string()))
    length = np.sqrt(np.bincount(row, rarity[code] ** 2, minlength=len(texts)))
    matrix = csr_matrix((rarity[code] / length[row], (row, code)), shape=(len(texts), len(known)))
    solver = LogisticRegression(C=1.0, max_iter=100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        solver.fit(matrix, y)
    return TextScore(known, rarity, solver.coef_[0], float(solver.intercept_[0]))


def _vocabulary(words: pa.Array, groups: Integers) -> tuple[tuple[str, ...], Integers]:
    """Choose the words that most conversations hold; give how many do."""
    coded = words.dictionary_encode()
    width = int(groups.max()) + 1
    pairs = np.unique(np.asarray(coded.indices).astype(np.int64) * width + groups)
    spread = np.bincount(pairs // width, minlength=len(coded.dictionary))
    is_word = ~np.asarray(pc.match_substring_regex(coded.dictionary, NO_WORD))
    kept = np.flatnonzero(is_word & (spread >= RAREST_WORD))
    names = [str(word) for word in coded.dictionary.take(pa.array(kept)).to_pylist()]
    order = sorted(range(len(kept)), key=lambda place: (-spread[kept[place]], names[place]))[:MOST_WORDS]
    return tuple(names[place] for place in order), spread[kept[order]] if order else np.zeros(0, np.int64)


def _distinct(texts: pa.Array, y: Truths, groups: Integers) -> Integers:
    """Choose rows: each text of a conversation once for each outcome, and not too many."""
    coded = texts.fill_null("").dictionary_encode()
    code = np.asarray(coded.indices).astype(np.int64)
    keys = (code * (int(groups.max()) + 1) + groups) * 2 + y
    _, first = np.unique(keys, return_index=True)
    step = -(-len(first) // MOST_TEXTS)
    return np.sort(np.sort(first)[::step])


def _words(texts: pa.Array) -> tuple[Integers, pa.Array]:
    """Give every word with the row of its text."""
    lists = pc.split_pattern(pc.utf8_lower(pc.replace_substring(texts.fill_null(""), "\n", " ")), " ")
    return np.asarray(pc.list_parent_indices(lists)).astype(np.int64), pc.list_flatten(lists)


def _occurrences(texts: pa.Array, known: pa.Array) -> tuple[Integers, Integers]:
    """Give every known word of the texts: row, and place among the known ones."""
    row, words = _words(texts)
    place = pc.index_in(words, value_set=known)
    found = np.asarray(place.is_valid())
    return row[found], np.asarray(place.fill_null(0)).astype(np.int64)[found]


def _odds_of_share(y: Truths) -> float:
    return float(np.log(y.mean() / (1 - y.mean())))
