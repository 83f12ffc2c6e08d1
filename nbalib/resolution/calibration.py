"""Turn log odds into likelihoods that come true as often as they say.

In: log odds and outcomes of rows that the model was not fitted on. Out: `Calibration`, a rising curve.
With few rows the curve has two parameters (Platt, 1999); with many it is the isotonic one (Zadrozny and
Elkan, 2002), straight between its steps, so that different log odds stay different.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

ENOUGH_FOR_STEPS = 1_000
"""Rows of the rarer outcome from which on the curve may be isotonic."""
N_KNOTS = 50
"""Of the isotonic curve: groups of rows in which it is found, so that no step rests on a few rows."""


@dataclass(frozen=True)
class Calibration:
    """A rising curve through (`at`, `shares`), straight in between and level outside."""

    method: Literal["sigmoid", "isotonic"]
    at: Floats
    shares: Floats

    def __call__(self, log_odds: Floats) -> Floats:
        """Give the likelihood of each row; shape (n,)."""
        if self.method == "sigmoid":
            slope, shift = self.at[0], self.shares[0]
            return np.asarray(1 / (1 + np.exp(-np.clip(slope * log_odds + shift, -30, 30))), dtype=float)
        return np.interp(log_odds, self.at, self.shares)


def calibrate(log_odds: Floats, y: Truths) -> Calibration:
    """Find the curve; the method follows from how many rows there are."""
    # scikit-learn takes a second to import, and is needed for fitting alone.
    from sklearn.isotonic import IsotonicRegression

    if min(y.sum(), (~y).sum()) < ENOUGH_FOR_STEPS:
        return _sigmoid(log_odds, y)
    order = np.argsort(log_odds, kind="stable")
    parts = np.array_split(order, N_KNOTS)
    at = np.array([log_odds[part].mean() for part in parts])
    # A step of nothing but one outcome would claim certainty: half a row of the other is added.
    shares = np.array([(y[part].sum() + 0.5) / (len(part) + 1) for part in parts])
    counts = np.array([len(part) for part in parts], dtype=float)
    rising = IsotonicRegression(out_of_bounds="clip").fit(at, shares, sample_weight=counts)
    return Calibration("isotonic", at, np.asarray(rising.predict(at), dtype=float))


def _sigmoid(log_odds: Floats, y: Truths) -> Calibration:
    """Fit slope and shift; a slope that falls would turn the model round, so it is kept at 0 or more."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e3, max_iter=200).fit(log_odds[:, None], y)
    slope, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    if slope <= 0:
        slope, shift = 0.0, float(np.log(y.mean() / (1 - y.mean())))
    return Calibration("sigmoid", np.array([slope]), np.array([shift]))
