"""Turn features into the numbers that a model sees.

In: a table of features. Out: a matrix, one column a feature; a text is the number of its level, a truth 0 or
1, and what is null, or a level that training rarely saw, is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.errors import ModelError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]

COLUMNS = (
    "status_reason",
    "awaiting",
    "last_author",
    "moved_private",
    "n_interactions",
    "n_customer_messages",
    "n_agent_messages",
    "n_customer_24h",
    "hours_since_customer",
    "hours_since_agent",
    "hours_since_last",
    "hours_open",
    "first_response_hours",
    "is_urgent",
    "is_escalation",
    "is_complaint",
    "is_question",
    "says_thanks",
    "mood",
    "topic",
    "language",
    "asked_channel",
    "asked_for",
    "promised",
)
"""Features of one conversation that a model may see. The brand is not among them: what is learned must hold
for a brand that was not seen."""

RAREST_LEVEL = 20
"""Rows that a level must have in training to be told apart."""


@dataclass(frozen=True)
class Encoding:
    """Which features make which column, in order; `levels` are the known values of the texts among them."""

    names: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]

    @classmethod
    def learned(cls, features: pa.Table, y: Truths, names: Sequence[str]) -> Encoding:
        """Learn the levels of texts, and leave out what is the same in all rows.

        Levels are numbered by the share of `y` among their rows, so that a tree finds the best way to part
        them by one cut (Breiman and others, 1984).

        Raises
        ------
        ModelError
            A feature is missing, or every one of them is constant.
        """
        check_columns(features, names)
        texts = [name for name in names if pa.types.is_string(features.schema.field(name).type)]
        levels = {name: _levels(features[name], y) for name in texts}
        whole = cls(tuple(names), levels)
        matrix = whole.matrix(features)
        told = tuple(name for name, column in zip(names, matrix.T, strict=True) if _varies(column))
        if not told:
            raise ModelError(
                f"nothing can be learned: each of the {len(names)} features has one value in all rows"
            )
        return cls(told, {name: levels[name] for name in told if name in levels})

    @cached_property
    def texts(self) -> tuple[int, ...]:
        """Places of the columns that hold numbers of levels."""
        return tuple(place for place, name in enumerate(self.names) if name in self.levels)

    @cached_property
    def _known(self) -> dict[str, pa.Array]:
        return {name: pa.array(known, pa.string()) for name, known in self.levels.items()}

    def matrix(self, features: pa.Table) -> NDArray[np.float64]:
        """Give the matrix of `features`, shape (n, n_columns).

        Raises
        ------
        ModelError
            A feature is missing, or holds another type than in training.
        """
        check_columns(features, self.names)
        made = np.empty((features.num_rows, len(self.names)))
        for place, name in enumerate(self.names):
            made[:, place] = self._column(name, features[name])
        return made

    def _column(self, name: str, column: pa.ChunkedArray) -> NDArray[np.float64]:
        is_text = pa.types.is_string(column.type)
        if is_text != (name in self.levels):
            raise ModelError(
                f"feature {name!r} is of type {column.type}; the model was trained on "
                f"{'texts' if name in self.levels else 'numbers'}"
            )
        if is_text:
            column = pc.index_in(column, value_set=self._known[name])
        elif not column.null_count:
            return np.asarray(column, dtype=np.float64)
        return np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan))


def check_columns(features: pa.Table, names: Sequence[str]) -> None:
    """Refuse features that lack one of `names`.

    Raises
    ------
    ModelError
        Names what is missing, and what it was perhaps renamed to.
    """
    held = set(features.column_names)
    if missing := [name for name in names if name not in held]:
        raise ModelError(
            f"the model needs {len(missing)} features that are not there, {', '.join(missing)}"
            f"{nearest(missing[0], features.column_names)}"
        )


def _levels(column: pa.ChunkedArray, y: Truths) -> tuple[str, ...]:
    """Give the values that occur often enough, by the share of `y`, then by name."""
    coded = column.combine_chunks().dictionary_encode()
    code = np.asarray(coded.indices.fill_null(len(coded.dictionary))).astype(np.int64)
    counts = np.bincount(code, minlength=len(coded.dictionary) + 1)
    resolved = np.bincount(code, y, minlength=len(counts))
    names = [str(name) for name in coded.dictionary.to_pylist()]
    known = [place for place in range(len(names)) if counts[place] >= RAREST_LEVEL]
    ordered = sorted(known, key=lambda place: (resolved[place] / counts[place], names[place]))
    return tuple(names[place] for place in ordered)


def _varies(column: NDArray[np.float64]) -> bool:
    known = column[~np.isnan(column)]
    return bool(known.size and (known.size < column.size or known.min() < known.max()))
