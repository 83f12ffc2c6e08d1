"""The small aggregates behind the report of a trained likelihood.

In: an attempt to train. Out: small pandas frames in the order in which they are to be shown; empty ones where
nothing was trained. Shares and likelihoods are from 0 to 1; intervals are at 95 %, over conversations.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from nbalib.features.snapshot import take_snapshot
from nbalib.resolution.last_words import last_words
from nbalib.resolution.reasons import reasons
from nbalib.resolution.resampling import draw_counts, interval
from nbalib.resolution.scores import METRICS, estimates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from nbalib.as_of import AsOf
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import StatusWeights
    from nbalib.resolution.attempt import Attempt
    from nbalib.resolution.candidates import Examples
    from nbalib.resolution.likelihood import Likelihood
    from nbalib.resolution.scores import Estimate
    from nbalib.resolution.training import Trained

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

N_BINS = 10
N_DRAWS = 500
LEAST_SLICE = 50
"""Rows below which a slice is not shown."""
SILENCES = ((0.5, "none"), (12, "an hour"), (72, "a day"))
LATER = "a week"
TIMES = ("once", "twice", "3 times", "more often")


def ways(trained: Trained | None) -> pd.DataFrame:
    """Compare the ways to tell: `way`, and each metric with `_low` and `_high`, the chosen one marked."""
    if trained is None:
        return pd.DataFrame()
    rows = [{"way": name, **_wide(found)} for name, found in trained.judged.metrics.items()]
    if trained.other_brands is not None:
        found = trained.other_brands.metrics[trained.chosen]
        rows.append({"way": "the same, brands not seen", **_wide(found)})
    frame = pd.DataFrame(rows)
    frame.insert(1, "is_chosen", frame["way"] == trained.chosen)
    return frame


def reliability(trained: Trained | None, examples: Examples) -> pd.DataFrame:
    """Compare said and seen: `said`, `seen`, `low`, `high`, `n`, in ten bins of equally many later rows."""
    if trained is None:
        return pd.DataFrame()
    p, y, groups = _judged(trained, examples)
    order = np.argsort(p, kind="stable")
    weights = draw_counts(len(y), groups, n_draws=N_DRAWS)
    rows = []
    for part in np.array_split(order, N_BINS):
        total = weights[:, part].sum(axis=1)
        with np.errstate(invalid="ignore"):
            low, high = interval((weights[:, part] @ y[part]) / total)
        seen = float(y[part].mean())
        rows.append(
            {"said": p[part].mean(), "seen": seen, "low": float(low), "high": float(high), "n": len(part)}
        )
    return pd.DataFrame(rows)


def lift(trained: Trained | None, examples: Examples) -> pd.DataFrame:
    """Give the share of resolutions among the likeliest rows: `way`, `share_of_rows`, `share_found`."""
    if trained is None:
        return pd.DataFrame()
    y = examples.resolved[trained.judged.rows]
    shown = [name for name in trained.judged.likelihoods if name in ("words alone", trained.chosen)]
    parts = [_gains(name, trained.judged.likelihoods[name], y) for name in shown]
    return pd.concat(parts, ignore_index=True)


def slices(trained: Trained | None, examples: Examples) -> pd.DataFrame:
    """Judge parts of the later rows: `slice`, `n`, `share_said`, `share_seen`, `auc` with its ends."""
    if trained is None:
        return pd.DataFrame()
    p, y, groups = _judged(trained, examples)
    features = examples.features.take(pa.array(trained.judged.rows)).to_pandas()
    rows = []
    for by, column in _slicing(features).items():
        for name, places in column.groupby(column, observed=True).indices.items():
            if len(places) < LEAST_SLICE:
                continue
            found = estimates(y[places], p[places], groups[places], n_resamples=100)["auc"]
            rows.append(
                {
                    "slice": f"{by}: {name}",
                    "n": len(places),
                    "share_said": p[places].mean(),
                    "share_seen": y[places].mean(),
                    "auc": found.value,
                    "auc_low": found.low,
                    "auc_high": found.high,
                }
            )
    return pd.DataFrame(rows)


def counted(attempted: Attempt) -> pd.DataFrame:
    """Say where the rows of the past went: `rows`, `n`."""
    rows = attempted.rows
    found = {
        "instants looked at": rows.n_instants,
        "left out: nothing was open": rows.n_not_open,
        "left out: the horizon is not over in the data": rows.n_censored,
    }
    if attempted.trained is not None:
        words = {
            "trained": "to learn from",
            "calibrated": "to calibrate on",
            "tested": "to test on",
            "left_out_between": "left out: between the parts",
        }
        counts = attempted.trained.likelihood.card.n_rows
        found |= {said: counts[name] for name, said in words.items()}
    return pd.DataFrame({"rows": list(found), "n": list(found.values())})


def known_truth(trained: Trained, examples: Examples, truth: Floats) -> pd.DataFrame:
    """Compare with true chances, one for each of the examples: `score`, `auc`, `log_loss`, …."""
    rows = trained.judged.rows
    y, groups = examples.resolved[rows], np.unique(examples.groups[rows], return_inverse=True)[1]
    best = estimates(y, truth[rows], groups, n_resamples=100)
    scores = {
        "the true chances": best,
        f"the model ({trained.chosen})": trained.judged.metrics[trained.chosen],
    }
    return pd.DataFrame([{"score": name, **_wide(found)} for name, found in scores.items()])


def examples_in_words(
    engine: PandasEngine, likelihood: Likelihood | None, as_of: AsOf, weights: StatusWeights, *, n: int = 8
) -> pd.DataFrame:
    """Show open issues from the likeliest to the unlikeliest, with what moves each likelihood."""
    if likelihood is None:
        return pd.DataFrame()
    features = take_snapshot(engine, as_of, weights).features
    words = last_words(engine, features) if likelihood.card.reads_words else None
    p = likelihood.of(features, words).to_numpy(zero_copy_only=False)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(-p[known], kind="stable")]
    places = pa.array(
        order[np.unique(np.linspace(0, len(order) - 1, n).astype(np.int64))] if len(order) else []
    )
    chosen = features.take(places.cast(pa.int64()))
    shown = chosen.select(["conversation_id", "awaiting"]).to_pandas()
    shown["share_likely"] = p[np.asarray(places.cast(pa.int64()))]
    shown["about_average"] = [likelihood.says_nothing(one) for one in shown["share_likely"]]
    taken = None if words is None else words.take(places.cast(pa.int64()))
    return pd.DataFrame(shown.assign(why=reasons(likelihood, chosen, taken)))


def rows_until_the_end(trained: Trained | None, examples: Examples) -> pa.Table:
    """Give the features of all rows until the model's knowledge ends, and `p_resolved`."""
    if trained is None:
        return examples.features.slice(0, 0)
    places = pa.array(np.flatnonzero(examples.at <= trained.split.calibrated_until))
    features = examples.features.take(places)
    words = None if examples.words is None else examples.words.take(places)
    return features.append_column("p_resolved", pa.array(trained.likelihood.chances(features, words)))


def _judged(trained: Trained, examples: Examples) -> tuple[Floats, Truths, NDArray[np.int64]]:
    """Give likelihood, outcome and conversation of the later rows."""
    rows = trained.judged.rows
    groups = np.unique(examples.groups[rows], return_inverse=True)[1]
    return trained.judged.likelihoods[trained.chosen], examples.resolved[rows], groups


def _wide(metrics: Mapping[str, Estimate]) -> dict[str, float]:
    """Give each metric and its ends as cells."""
    cells: dict[str, float] = {}
    for name in METRICS:
        one = asdict(metrics[name])
        cells |= {name: one["value"], f"{name}_low": one["low"], f"{name}_high": one["high"]}
    return cells


def _gains(name: str, p: Floats, y: Truths) -> pd.DataFrame:
    found = np.cumsum(y[np.argsort(-p, kind="stable")]) / y.sum()
    at = np.unique(np.linspace(0, len(y) - 1, 101).astype(np.int64))
    return pd.DataFrame({"way": name, "share_of_rows": (at + 1) / len(y), "share_found": found[at]})


def _slicing(features: pd.DataFrame) -> dict[str, pd.Series]:
    """Give the columns by which rows are sliced, each a Series of texts."""
    edges = [-1.0, *(edge for edge, _ in SILENCES), np.inf]
    names = [*(name for _, name in SILENCES), LATER]
    return {
        "next word": features["awaiting"].astype("str"),
        "silence": pd.cut(features["hours_since_last"], edges, labels=names),
        "customer wrote": pd.cut(features["n_customer_messages"], [0, 1, 2, 3, np.inf], labels=TIMES),
    }
