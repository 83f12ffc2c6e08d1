"""The models that compete, each fitted without a look at the rows that it is judged on.

In: `Examples` and which rows to fit on. Out: log odds for every row, and what gave them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.resolution.encoding import COLUMNS, Encoding
from nbalib.resolution.models import fit
from nbalib.resolution.splits import folds
from nbalib.resolution.text_score import fit_text_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nbalib.resolution.models import Kind, Model
    from nbalib.resolution.prefixes import Prefixes
    from nbalib.resolution.text_score import TextScore

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

N_FOLDS = 5
MICROS_PER_HOUR = 3_600_000_000


@dataclass(frozen=True)
class Examples:
    """Rows to learn from; all of shape (n,).

    Attributes
    ----------
    features : Table
        Has `as_of`, `brand` and `columns`.
    words : StringArray, optional
        The customer's last words; without them no model looks at texts.
    resolved : array of bool
        What came of it within `horizon_hours` after `as_of`.
    groups : array of int64
        Rows of one number, from 0, are alike and never parted: a conversation's, or a customer's.
    """

    features: pa.Table
    words: pa.Array | None
    resolved: NDArray[np.bool_]
    groups: NDArray[np.int64]
    horizon_hours: int
    columns: Sequence[str] = COLUMNS

    @classmethod
    def of_prefixes(cls, rows: Prefixes) -> Examples:
        """Take rows of the past, conversation by conversation."""
        return cls(
            rows.features,
            rows.words,
            rows.resolved,
            group_numbers(rows.features["conversation_id"]),
            rows.horizon_hours,
        )

    def __len__(self) -> int:
        return len(self.resolved)

    @cached_property
    def at(self) -> NDArray[np.int64]:
        """Instants, in microseconds since 1970."""
        return np.asarray(self.features["as_of"].cast(pa.int64()))

    @property
    def ends(self) -> NDArray[np.int64]:
        """When each outcome was known."""
        return self.at + self.horizon_hours * MICROS_PER_HOUR


def group_numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Give each value of a column of texts a number; null is a value."""
    coded = column.fill_null("").combine_chunks().dictionary_encode()
    return np.asarray(coded.indices).astype(np.int64)


@dataclass(frozen=True)
class Candidate:
    """One way to tell: which kind of model, and whether it reads the customer's last words."""

    name: str
    kind: Kind | None
    reads_words: bool


CANDIDATES = (
    Candidate("words alone", None, True),
    Candidate("logistic", "logistic", False),
    Candidate("trees", "trees", False),
    Candidate("logistic and words", "logistic", True),
    Candidate("trees and words", "trees", True),
)
"""Simplest first, after the baseline that reads words alone."""


@dataclass(frozen=True)
class Fitted:
    """What gives log odds: an encoding and a model, with or without a score of the words."""

    encoding: Encoding
    model: Model | None
    text: TextScore | None

    def matrix(self, features: pa.Table, words: pa.Array | None) -> Floats:
        """Give what the model sees of each row: its columns and, last, the score of the words."""
        score = None if self.text is None or words is None else self.text.log_odds(words)
        return _beside(self.encoding.matrix(features), score)

    def log_odds(self, features: pa.Table, words: pa.Array | None) -> Floats:
        """Give the log odds of each row, before calibration; shape (n,)."""
        if self.model is not None:
            return self.model.log_odds(self.matrix(features, words))
        assert self.text is not None  # noqa: S101 (a candidate without a model reads words)
        assert words is not None  # noqa: S101
        return self.text.log_odds(words)


def fit_candidate(candidate: Candidate, examples: Examples, rows: Truths, seed: int) -> Fitted:
    """Fit a candidate on some rows.

    The model learns from scores of words that did not know the row's own conversation: in-sample scores
    would look far better than they are.
    """
    place = np.flatnonzero(rows)
    y, groups = examples.resolved[place], examples.groups[place]
    text = score = None
    if candidate.reads_words and examples.words is not None:
        words = examples.words.take(pa.array(place))
        text = fit_text_score(words, y, groups)
        score = None if candidate.kind is None else _out_of_fold_words(words, y, groups, seed)
    features = examples.features.take(pa.array(place))
    encoding = Encoding.learned(features, y, examples.columns)
    if candidate.kind is None:
        return Fitted(encoding, None, text)
    matrix = _beside(encoding.matrix(features), score)
    n_levels = [len(encoding.levels[encoding.names[column]]) for column in encoding.texts]
    return Fitted(encoding, fit(candidate.kind, matrix, y, encoding.texts, n_levels), text)


def out_of_fold(candidate: Candidate, examples: Examples, rows: Truths, seed: int) -> Floats:
    """Give the log odds of some rows, each from a fit that did not see its conversation."""
    found = np.full(len(examples), np.nan)
    numbers = _renumbered(examples.groups, rows)
    for fold in range(N_FOLDS):
        inside = folds(numbers, N_FOLDS, seed) == fold
        fitted = fit_candidate(candidate, examples, rows & ~inside, seed)
        found[rows & inside] = scored(fitted, examples, rows & inside)
    return found[rows]


def scored(fitted: Fitted, examples: Examples, rows: Truths) -> Floats:
    """Give the log odds of some rows."""
    place = pa.array(np.flatnonzero(rows))
    words = None if examples.words is None else examples.words.take(place)
    return fitted.log_odds(examples.features.take(place), words)


def _out_of_fold_words(words: pa.Array, y: Truths, groups: Integers, seed: int) -> Floats:
    """Give each text's score by those who did not read its conversation."""
    found = np.zeros(len(y))
    fold_of = folds(_renumbered(groups, np.ones(len(y), dtype=bool)), N_FOLDS, seed)
    for fold in range(N_FOLDS):
        inside = fold_of == fold
        others = ~inside
        if y[others].any() and not y[others].all():
            text = fit_text_score(words.filter(pa.array(others)), y[others], groups[others])
            found[inside] = text.log_odds(words.filter(pa.array(inside)))
    return found


def _renumbered(groups: Integers, rows: Truths) -> Integers:
    """Give the groups of some rows numbers from 0, so that each fold gets as many; other rows get any."""
    known = np.unique(groups[rows])
    return np.asarray(np.searchsorted(known, groups).clip(max=max(len(known) - 1, 0)))


def _beside(matrix: Floats, score: Floats | None) -> Floats:
    """Add the score of the words as the last column."""
    return matrix if score is None else np.column_stack([matrix, score])
