"""Train: part the rows, let the models compete, calibrate the winner, and judge it on what came later.

In: `Examples`. Out: `Trained`: a `Likelihood` and what was measured of it. Training is a step of its own;
nothing that processes or predicts ever fits anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import sklearn.ensemble
import sklearn.linear_model  # noqa: F401
from threadpoolctl import threadpool_limits

from nbalib.resolution.band import abstain_band
from nbalib.resolution.calibration import calibrate
from nbalib.resolution.candidates import CANDIDATES, Candidate, Examples, fit_candidate, out_of_fold, scored
from nbalib.resolution.card import Card, typical_values
from nbalib.resolution.judging import Judged, judge_later, judge_on_other_brands
from nbalib.resolution.kinds import kind_of
from nbalib.resolution.likelihood import Likelihood
from nbalib.resolution.reference import Reference
from nbalib.resolution.scores import Estimate, loss_difference
from nbalib.resolution.splits import Split, split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from nbalib.resolution.calibration import Calibration
    from nbalib.resolution.candidates import Fitted

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]


ENOUGH_FOR_TREES = 1_000
"""Rows of the rarer outcome from which on trees may be chosen: they need some forty for each column, a
logistic model a few (van der Ploeg, Austin and Steyerberg, 2014). They are measured all the same."""


@dataclass(frozen=True)
class Trained:
    """The model that was chosen, and what was measured; `other_brands` is judged on brands not seen."""

    likelihood: Likelihood
    chosen: str
    judged: Judged
    other_brands: Judged | None
    split: Split


def train(
    examples: Examples,
    *,
    noise: Mapping[str, float] | None = None,
    n_censored: int = 0,
    statuses: str = "",
    seed: int = 1,
    n_resamples: int = 200,
) -> Trained:
    """Train and judge.

    Parameters
    ----------
    noise : mapping, optional
        Of the labels, as `noise.status_noise` gives it; for the card.
    n_censored, statuses : int, str
        Rows left out because their horizon is not over, digest of the weights behind labels; for the card.
    seed, n_resamples : int
        Of folds and resamples; resamples behind each interval.

    Raises
    ------
    ModelError
        There is too little data, one outcome only, no column that varies, or made rows among real ones.
    """
    # Several threads wait for each other longer than they work, where others use the machine too.
    with threadpool_limits(limits=1):
        source = kind_of(examples.features["brand"])
        parts = split(examples.groups, examples.at, examples.ends, examples.resolved)
        contest = _hold_contest(examples, parts, seed)
        how = {"n_resamples": n_resamples, "seed": seed}
        judged = judge_later(examples, parts, contest.fitted, contest.curves, **how)
        other_brands = judge_on_other_brands(contest.chosen, examples, parts, **how)
    name, p, held = contest.chosen.name, contest.p_held, parts.held
    one, curve = contest.fitted[name], contest.curves[name]
    card = Card(
        **_about_rows(examples, parts, one),
        **_about_model(contest.chosen, one, curve),
        source_kind=source,
        abstains=abstain_band(p, examples.resolved[held], examples.groups[held]),
        metrics=_plain(judged.metrics),
        other_brands=_plain(other_brands.metrics)[name] if other_brands else {},
        noise=dict(noise or {}),
        n_censored=n_censored,
        statuses=statuses,
    )
    seen = examples.at <= parts.calibrated_until
    reference = Reference.of(_rows(examples, seen), curve(scored(one, examples, seen)), one.encoding.names)
    return Trained(Likelihood(card, one, curve, reference), name, judged, other_brands, parts)


@dataclass(frozen=True)
class Contest:
    """Every candidate fitted and calibrated, the one chosen, and its likelihoods of the rows held."""

    fitted: Mapping[str, Fitted]
    curves: Mapping[str, Calibration]
    chosen: Candidate
    p_held: Floats


def _hold_contest(examples: Examples, parts: Split, seed: int) -> Contest:
    """Fit all on the rows to train on; calibrate them, and choose, on the rows held for that."""
    candidates = [each for each in CANDIDATES if examples.words is not None or not each.reads_words]
    fitted, odds = _fit_all(candidates, examples, parts, seed)
    y, groups = examples.resolved[parts.held], examples.groups[parts.held]
    curves = {name: calibrate(each, y) for name, each in odds.items()}
    said = {name: curves[name](odds[name]) for name in odds}
    chosen = _chosen(_eligible(candidates, examples.resolved[parts.trained]), said, y, groups)
    return Contest(fitted, curves, chosen, said[chosen.name])


def _fit_all(
    candidates: Sequence[Candidate], examples: Examples, parts: Split, seed: int
) -> tuple[dict[str, Fitted], dict[str, Floats]]:
    """Fit every candidate; give also the log odds of the rows that calibrate, which it did not see."""
    fitted = {each.name: fit_candidate(each, examples, parts.trained, seed) for each in candidates}
    if parts.is_in_three:
        return fitted, {name: scored(one, examples, parts.calibrated) for name, one in fitted.items()}
    return fitted, {each.name: out_of_fold(each, examples, parts.trained, seed) for each in candidates}


def _eligible(candidates: Sequence[Candidate], y: Truths) -> list[Candidate]:
    """Keep the candidates that may be chosen after training on these outcomes."""
    kinds = {"logistic", "trees"} if min(y.sum(), (~y).sum()) >= ENOUGH_FOR_TREES else {"logistic"}
    return [each for each in candidates if each.kind in kinds]


def _chosen(
    candidates: Sequence[Candidate], said: Mapping[str, Floats], y: Truths, groups: NDArray[np.int64]
) -> Candidate:
    """Choose the simplest candidate whose log loss is not clearly worse than the best one's.

    Clearly: by more than one standard error of the difference (Breiman and others, 1984).
    """
    first = candidates[0].name
    best = min(candidates, key=lambda each: loss_difference(y, said[each.name], said[first], groups)[0])
    for each in candidates:
        gap, error = loss_difference(y, said[each.name], said[best.name], groups)
        if gap <= error:
            return each
    return best


def _about_model(chosen: Candidate, fitted: Fitted, curve: Calibration) -> dict[str, Any]:
    """Give what a card says of the model itself."""
    return {
        "kind": chosen.kind,
        "reads_words": chosen.reads_words,
        "columns": fitted.encoding.names,
        "levels": dict(fitted.encoding.levels),
        "calibration": curve.method,
    }


def _about_rows(examples: Examples, parts: Split, fitted: Fitted) -> dict[str, Any]:
    """Give what a card says of the rows."""
    trained = _rows(examples, parts.trained)
    brands = trained["brand"].unique().drop_null().to_pylist()
    return {
        "horizon_hours": examples.horizon_hours,
        "constant": tuple(name for name in examples.columns if name not in fitted.encoding.names),
        "typical": typical_values(trained, fitted.encoding),
        "brands": tuple(sorted(str(brand) for brand in brands)),
        "trained_until": _instant(parts.trained_until),
        "calibrated_until": _instant(parts.calibrated_until),
        "n_rows": {
            "trained": int(parts.trained.sum()),
            "calibrated": int(parts.calibrated.sum()),
            "tested": int(parts.tested.sum()),
            "left_out_between": parts.n_between,
        },
        "n_conversations": len(np.unique(examples.groups)),
        "base_rate": float(examples.resolved[parts.trained].mean()),
        "longest_silence_hours": float(np.nanmax(np.asarray(trained["hours_since_last"]))),
    }


def _rows(examples: Examples, which: Truths) -> pa.Table:
    return examples.features.take(pa.array(np.flatnonzero(which)))


def _plain(metrics: Mapping[str, Mapping[str, Estimate]]) -> dict[str, dict[str, dict[str, float]]]:
    """Give estimates as plain numbers, for the card."""
    return {
        name: {metric: {"value": one.value, "low": one.low, "high": one.high} for metric, one in each.items()}
        for name, each in metrics.items()
    }


def _instant(micros: int) -> str:
    """Say an instant in ISO 8601, UTC, to the second."""
    return datetime.fromtimestamp(micros / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
