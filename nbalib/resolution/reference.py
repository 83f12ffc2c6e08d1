"""How features and likelihoods were spread when a model was made, and how far a later period is from that.

In: features and likelihoods. Out: `Reference`, kept with the model; and for a later period one `Shift` a
column. The distance is the population stability index: the sum over bins of the difference of shares times
the logarithm of their quotient (Kullback's J; 0 for equal shares).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

N_BINS = 10
LEVELS_KEPT = 30
UNKNOWN, OTHER = "unknown", "other"
P = "p_resolved"
HALF_A_ROW = 0.5
"""Added to each bin, so that an empty one has a logarithm."""

WATCH, MOVED = 0.1, 0.25
"""Indices from which on a column is said to be moving, or moved: the usual marks of the trade."""
BY_CHANCE = 3.0
"""An index within so many times what chance alone gives is no sign of anything."""


@dataclass(frozen=True)
class Spread:
    """Counts of one column: of numbers between `edges`, of texts by `levels`; then of what is unknown."""

    edges: tuple[float, ...]
    levels: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def bins(self) -> tuple[str, ...]:
        """Names of the bins."""
        if self.levels:
            return (*self.levels, OTHER, UNKNOWN)
        inner = [f"{low:.3g} to {high:.3g}" for low, high in zip(self.edges, self.edges[1:], strict=False)]
        if not self.edges:
            return ("all", UNKNOWN)
        return (f"up to {self.edges[0]:.3g}", *inner, f"above {self.edges[-1]:.3g}", UNKNOWN)

    def counted(self, column: pa.ChunkedArray) -> tuple[int, ...]:
        """Count another column into the same bins."""
        column = _as_shown(column)
        if self.levels:
            place = pc.fill_null(pc.index_in(column, value_set=pa.array(self.levels)), len(self.levels))
            bins = np.where(np.asarray(column.is_null()), len(self.levels) + 1, np.asarray(place))
            return tuple(np.bincount(bins, minlength=len(self.levels) + 2).tolist())
        values = _numbers(column)
        known = values[~np.isnan(values)]
        bins = np.searchsorted(np.array(self.edges), known, side="left")
        counts = np.bincount(bins, minlength=len(self.edges) + 1)
        return (*counts.tolist(), int(np.isnan(values).sum()))


@dataclass(frozen=True)
class Shift:
    """One column then and now.

    `index` is the stability index, `by_chance` about what it would be if nothing had changed; `most` names
    the bin whose share changed most, from `share_then` to `share_now`.
    """

    column: str
    index: float
    by_chance: float
    most: str
    share_then: float
    share_now: float

    @property
    def verdict(self) -> str:
        """Say ``stable``, ``moving`` or ``moved``."""
        if self.index < max(WATCH, BY_CHANCE * self.by_chance):
            return "stable"
        return "moved" if self.index >= max(MOVED, BY_CHANCE * self.by_chance) else "moving"


@dataclass(frozen=True)
class Reference:
    """Spread by column, the likelihood's among them, of all rows until the model's knowledge ends."""

    spreads: Mapping[str, Spread]
    n_conversations: int

    @classmethod
    def of(cls, features: pa.Table, p: Floats, names: Sequence[str]) -> Reference:
        """Count rows, and the conversations that they are of."""
        table = features.select(list(names)).append_column(P, pa.array(p))
        spreads = {name: _spread(table[name]) for name in table.column_names}
        return cls(spreads, pc.count_distinct(features["conversation_id"]).as_py())

    def with_column(self, name: str, column: pa.ChunkedArray) -> Reference:
        """Give the reference with one more column of the same rows."""
        return Reference({**self.spreads, name: _spread(column)}, self.n_conversations)

    def shifts(self, features: pa.Table, p: Floats) -> list[Shift]:
        """Compare a later period, the largest shift first."""
        table = features.append_column(P, pa.array(p))
        n_now = max(pc.count_distinct(features["conversation_id"]).as_py(), 1)
        found = [
            shift_of(
                name, spread.bins, spread.counts, spread.counted(table[name]), self.n_conversations, n_now
            )
            for name, spread in self.spreads.items()
        ]
        return sorted(found, key=lambda shift: (-shift.index, shift.column))

    def as_json(self) -> str:
        """Give the reference as JSON."""
        plain = {name: asdict(spread) for name, spread in self.spreads.items()}
        return json.dumps({"spreads": plain, "n_conversations": self.n_conversations}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Reference:
        """Read what `as_json` wrote."""
        given = json.loads(text)
        spreads = {
            name: Spread(*(tuple(one[part]) for part in ("edges", "levels", "counts")))
            for name, one in given["spreads"].items()
        }
        return cls(spreads, given["n_conversations"])


def shift_of(
    column: str,
    bins: Sequence[str],
    then: Sequence[int],
    now: Sequence[int],
    n_then: int,
    n_now: int,
) -> Shift:
    """Compare counts by bin.

    Parameters
    ----------
    n_then, n_now : int
        Independent observations behind the counts: conversations, not rows.
    """
    counts = np.array([then, now], dtype=float) + HALF_A_ROW
    before, after = counts / counts.sum(axis=1, keepdims=True)
    most = int(np.abs(after - before).argmax())
    used = int(((np.array(then) + np.array(now)) > 0).sum())
    return Shift(
        column=column,
        index=float(((after - before) * np.log(after / before)).sum()),
        by_chance=max(used - 1, 1) * (1 / max(n_then, 1) + 1 / max(n_now, 1)),
        most=bins[most],
        share_then=float(before[most]),
        share_now=float(after[most]),
    )


def _spread(column: pa.ChunkedArray) -> Spread:
    column = _as_shown(column)
    if pa.types.is_string(column.type):
        counts = sorted(
            pc.value_counts(column.drop_null()).to_pylist(), key=lambda c: (-c["counts"], c["values"])
        )
        empty = Spread((), tuple(str(c["values"]) for c in counts[:LEVELS_KEPT]) or (OTHER,), ())
    else:
        known = _numbers(column)
        known = known[~np.isnan(known)]
        edges = np.unique(np.quantile(known, np.arange(1, N_BINS) / N_BINS)) if known.size else np.zeros(0)
        empty = Spread(tuple(edges.tolist()), (), ())
    return Spread(empty.edges, empty.levels, empty.counted(column))


def _as_shown(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give truths as the texts yes and no."""
    return pc.if_else(column, "yes", "no") if pa.types.is_boolean(column.type) else column


def _numbers(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan))
