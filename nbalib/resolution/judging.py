"""Judge ways to tell on rows that came later, and on brands that were not seen.

In: `Examples`, how they are parted, and who competes. Out: `Judged`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbalib.resolution.calibration import calibrate
from nbalib.resolution.candidates import (
    Candidate,
    Examples,
    Fitted,
    fit_candidate,
    group_numbers,
    out_of_fold,
    scored,
)
from nbalib.resolution.scores import Estimate, estimates
from nbalib.resolution.splits import Split, folds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from nbalib.resolution.calibration import Calibration

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

BASE = "base rate"
N_BRAND_FOLDS = 4
FEWEST_BRANDS = 2


@dataclass(frozen=True)
class Judged:
    """Rows that came later, with what each way said of them.

    Attributes
    ----------
    rows : array of int64, shape (n,)
        Their places in the examples.
    likelihoods : mapping of name to array, shape (n,)
        Of the base rate and each candidate.
    metrics : mapping
        Name → metric → estimate.
    """

    rows: NDArray[np.int64]
    likelihoods: Mapping[str, NDArray[np.float64]]
    metrics: Mapping[str, Mapping[str, Estimate]]

    @classmethod
    def of(
        cls, examples: Examples, rows: NDArray[np.int64], likelihoods: Mapping[str, Floats], **how: int
    ) -> Judged:
        """Compare likelihoods with what came of the rows; `how` goes to `scores.estimates`."""
        y, groups = examples.resolved[rows], np.unique(examples.groups[rows], return_inverse=True)[1]
        metrics = {name: estimates(y, p, groups, **how) for name, p in likelihoods.items()}
        return cls(rows, likelihoods, metrics)


def judge_later(
    examples: Examples,
    parts: Split,
    fitted: Mapping[str, Fitted],
    curves: Mapping[str, Calibration],
    **how: int,
) -> Judged:
    """Judge fitted candidates on the rows to test on, beside the share that was known before."""
    said = {BASE: np.full(int(parts.tested.sum()), float(examples.resolved[parts.held].mean()))}
    said |= {name: curves[name](scored(one, examples, parts.tested)) for name, one in fitted.items()}
    return Judged.of(examples, np.flatnonzero(parts.tested), said, **how)


def judge_on_other_brands(
    chosen: Candidate, examples: Examples, parts: Split, *, seed: int, n_resamples: int
) -> Judged | None:
    """Judge a way on later rows of brands that it never saw, in folds of brands; None of a single brand.

    Each fold's model is fitted and calibrated on the other folds' brands alone.
    """
    brand = group_numbers(examples.features["brand"])
    n_brands = len(np.unique(brand))
    if n_brands < FEWEST_BRANDS:
        return None
    fold_of = folds(brand, min(N_BRAND_FOLDS, n_brands), seed)
    said, base = np.full(len(examples), np.nan), np.full(len(examples), np.nan)
    for fold in np.unique(fold_of):
        others = fold_of != fold
        known, held = parts.trained & others, parts.held & others
        if not (_has_both(examples.resolved[known]) and _has_both(examples.resolved[held])):
            continue
        one = fit_candidate(chosen, examples, known, seed)
        if parts.is_in_three:
            odds = scored(one, examples, held)
        else:
            odds = out_of_fold(chosen, examples, known, seed)
        rows = parts.tested & ~others
        said[rows] = calibrate(odds, examples.resolved[held])(scored(one, examples, rows))
        base[rows] = examples.resolved[held].mean()
    found = np.flatnonzero(~np.isnan(said))
    if not len(found):
        return None
    likelihoods = {BASE: base[found], chosen.name: said[found]}
    return Judged.of(examples, found, likelihoods, seed=seed, n_resamples=n_resamples)


def _has_both(y: Truths) -> bool:
    return bool(y.any() and not y.all())
