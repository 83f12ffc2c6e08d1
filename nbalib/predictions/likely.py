"""Put the likelihood of resolution where it is used: into the features, and into the reasoning.

In: a snapshot, a model or none. Out: the snapshot with `p_resolved`, and a sentence a row.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.resolution.last_words import last_words
from nbalib.resolution.reasons import reasons

if TYPE_CHECKING:
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.features.snapshot import Snapshot
    from nbalib.resolution.likelihood import Likelihood

P = "p_resolved"


def with_likelihood(engine: PandasEngine, snapshot: Snapshot, likelihood: Likelihood | None) -> Snapshot:
    """Estimate the likelihood of every open issue; without a model it stays null.

    Raises
    ------
    ModelError
        The model is not for these rows: other features, or made data where these are real.
    """
    features = snapshot.features
    if likelihood is None or not features.num_rows:
        return snapshot
    words = last_words(engine, features) if likelihood.card.reads_words else None
    estimated = likelihood.of(features, words)
    return replace(snapshot, features=features.set_column(features.column_names.index(P), P, estimated))


def with_likelihood_said(decided: pa.Table, features: pa.Table, likelihood: Likelihood | None) -> pa.Table:
    """Say each likelihood at the end of the reasoning; where it says no more than the average, say that."""
    if likelihood is None:
        return decided
    place = decided.column_names.index("reasoning")
    reasons = decided["reasoning"].cast(pa.string())
    said = _sentences(features[P], likelihood)
    return decided.set_column(place, "reasoning", pc.binary_join_element_wise(reasons, said, ""))


def reasons_by_conversation(
    engine: PandasEngine, rows: pa.Table, likelihood: Likelihood | None
) -> dict[str, str]:
    """Say for each row with a likelihood what moves it, by conversation_id; see `resolution.reasons`."""
    rows = rows.filter(rows[P].is_valid())
    if likelihood is None or not rows.num_rows:
        return {}
    words = last_words(engine, rows) if likelihood.card.reads_words else None
    said = reasons(likelihood, rows, words)
    return dict(zip(rows["conversation_id"].to_pylist(), said, strict=True))


def _sentences(p: pa.ChunkedArray, likelihood: Likelihood) -> pa.Array:
    """Give a sentence a row; '' where there is no likelihood."""
    low, high = likelihood.card.abstains
    values = np.asarray(pc.fill_null(p, -1.0))
    place = pa.array(np.select([values < 0, values < low, values <= high], [0, 1, 2], default=3))
    percent = pc.cast(pa.array(np.rint(values * 100).astype(np.int64)), pa.string())
    ends = pa.array(["", " %, below the average.", " %, about the average.", " %, above the average."])
    begin = f" Likely to stand resolved within {likelihood.card.horizon_hours} hours: "
    said = pc.binary_join_element_wise(begin, percent, ends.take(place), "")
    return pc.if_else(pc.equal(place, 0), "", said)
