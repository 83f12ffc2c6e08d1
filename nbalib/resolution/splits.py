"""Part rows into those to learn from, to calibrate on and to test on: by conversation and by time.

In: conversation, instant and end of the horizon of each row. Out: `Split`. No conversation is in two parts,
and nothing is learned from an outcome that was not known when the next part begins; rows between the parts
are left out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbalib.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

SHARE_TRAINED, SHARE_TRAINED_OF_TWO = 0.6, 0.7
SHARE_CALIBRATED = 0.5
"""Of what is left after training: the other half tests."""
LEAST = 25
"""Rows of each outcome, and conversations, that a part must have."""


@dataclass(frozen=True)
class Split:
    """Where each row is, shape (n,), and until when outcomes were known (microseconds since 1970).

    `calibrated` is empty where the data are too few for three parts: then rows of `trained` are scored by
    models that did not see their conversation, and calibration uses these.
    """

    trained: Truths
    calibrated: Truths
    tested: Truths
    trained_until: int
    calibrated_until: int

    @property
    def n_between(self) -> int:
        """Rows in no part."""
        return int((~(self.trained | self.calibrated | self.tested)).sum())

    @property
    def held(self) -> Truths:
        """Rows that calibrate."""
        return self.calibrated if self.is_in_three else self.trained

    @property
    def is_in_three(self) -> bool:
        """Tell whether calibration has rows of its own."""
        return bool(self.calibrated.any())


def split(groups: Integers, at: Integers, ends: Integers, y: Truths) -> Split:
    """Part rows.

    Parameters
    ----------
    groups : array of int64, shape (n,)
        Number of the conversation, from 0.
    at, ends : array of int64, shape (n,)
        Instant of each row and the end of its horizon, in microseconds since 1970.

    Raises
    ------
    ModelError
        There is one outcome only, or too little of one in a part.
    """
    if y.all() or not y.any():
        raise ModelError(
            f"nothing can be learned from {len(y)} rows of one outcome: "
            f"{'all' if len(y) and y.all() else 'none'} of them resolved"
        )
    begun = _first(groups, at)
    for shares in ((SHARE_TRAINED, SHARE_CALIBRATED), (SHARE_TRAINED_OF_TWO, 0.0)):
        found = _parted(begun, ends, *shares)
        parts = (found.trained, found.calibrated, found.tested)[:: 1 if shares[1] else 2]
        if all(_is_enough(part, y, groups) for part in parts):
            return found
    told = ", ".join(
        f"{int(part.sum())} rows with {int(y[part].sum())} resolved {what}"
        for what, part in (("to learn from", found.trained), ("to test on", found.tested))
    )
    raise ModelError(f"too little data for a model: {told}; each needs {LEAST} of both outcomes")


def _parted(begun: Integers, ends: Integers, share_trained: float, share_calibrated: float) -> Split:
    """Cut where so many rows' outcomes were known; a conversation is where it began."""
    first_cut = int(np.quantile(ends, share_trained, method="nearest"))
    later = begun >= first_cut
    second_cut = first_cut
    if share_calibrated and later.any():
        second_cut = int(np.quantile(ends[later], share_calibrated, method="nearest"))
    return Split(
        trained=ends <= first_cut,
        calibrated=later & (ends <= second_cut),
        tested=begun >= second_cut,
        trained_until=first_cut,
        calibrated_until=second_cut,
    )


def _first(groups: Integers, at: Integers) -> Integers:
    """Give for each row the earliest instant of its conversation."""
    earliest = np.full(int(groups.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, groups, at)
    return np.asarray(earliest[groups])


def _is_enough(part: Truths, y: Truths, groups: Integers) -> bool:
    resolved = int(y[part].sum())
    return min(resolved, int(part.sum()) - resolved, len(np.unique(groups[part]))) >= LEAST


def folds(groups: Integers, n_folds: int, seed: int) -> Integers:
    """Give each row the number of its fold; the rows of a group share one."""
    n_groups = int(groups.max()) + 1
    dice = np.random.default_rng(seed)
    of_group = dice.permutation(np.arange(n_groups) % n_folds)
    return np.asarray(of_group[groups])
