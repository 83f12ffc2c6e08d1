"""Has the world moved since the likelihood's model was made? Features, actions, calibration, fallbacks.

In: a store, a likelihood with its reference, rules and parameters, a period. Out: `Drift`. What was known at
instants of the period is compared with what was known before; likelihoods are compared with what
came true, where the horizon is over. Periods are open at their begin and closed at their end, in UTC.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.decisions.eligibility import find_eligible
from nbalib.errors import InputError
from nbalib.params import digest_of
from nbalib.resolution.candidates import group_numbers
from nbalib.resolution.prefixes import OF_OTHERS, prefixes
from nbalib.resolution.resampling import draw_counts, interval

if TYPE_CHECKING:
    from nbalib.decisions.rules import RuleSet
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import Params, StatusWeights
    from nbalib.resolution.likelihood import Likelihood
    from nbalib.resolution.reference import Shift

ACTION = "action"
MOST_ROWS = 100_000
N_DRAWS = 300
LEAST_GAP = 0.03
"""A mean likelihood this near to what came true is not called off."""
LEAST_ROWS = 50
WORST = ("stable", "moving", "moved")

SOURCES = """
SELECT
    count(*) AS n_decisions,
    count(CASE WHEN message_source LIKE 'template:%' THEN 1 END) AS n_fallbacks
FROM decisions
WHERE as_of > $since AND as_of <= $until AND message_source <> 'none'
"""
LATEST = "SELECT epoch_us(max(interaction_timestamp)) FROM turns WHERE NOT is_opening"


@dataclass(frozen=True)
class Comparison:
    """Likelihoods beside what came true: means, and the interval of their difference (seen - said)."""

    n_rows: int
    n_conversations: int
    said: float | None = None
    seen: float | None = None
    gap_low: float | None = None
    gap_high: float | None = None

    @property
    def verdict(self) -> str:
        """Say ``stable``, ``moved``, or ``unknown`` where too little is over."""
        if self.said is None or self.seen is None or self.gap_low is None or self.gap_high is None:
            return "unknown"
        is_off = (self.gap_low > 0 or self.gap_high < 0) and abs(self.seen - self.said) >= LEAST_GAP
        return "moved" if is_off else "stable"


@dataclass(frozen=True)
class Drift:
    """One period beside the reference.

    `shifts` has every feature, the likelihood and the action, largest first. `n_fallbacks` of the logged
    decisions got a template because a language model failed, out of `n_messages`. `statuses_changed`: the
    weights that made the model's labels are not those of today, so that it foretells something else.
    """

    since: datetime
    until: datetime
    model: str
    trained_until: str
    n_rows: int
    n_conversations: int
    shifts: tuple[Shift, ...]
    calibration: Comparison
    n_messages: int
    n_fallbacks: int
    statuses_changed: bool = False

    @property
    def verdict(self) -> str:
        """Give the worst of all verdicts."""
        found = [shift.verdict for shift in self.shifts] + [self.calibration.verdict]
        found.append("moved" if self.statuses_changed else "stable")
        return max((word for word in found if word in WORST), key=WORST.index)

    def as_dict(self) -> dict[str, Any]:
        """Give everything as plain values, verdict first."""
        share = self.n_fallbacks / self.n_messages if self.n_messages else None
        return {
            "verdict": self.verdict,
            "since": f"{self.since:%Y-%m-%dT%H:%M:%SZ}",
            "until": f"{self.until:%Y-%m-%dT%H:%M:%SZ}",
            "model": self.model,
            "trained_until": self.trained_until,
            "statuses_changed": self.statuses_changed,
            "n_rows": self.n_rows,
            "n_conversations": self.n_conversations,
            "calibration": {**asdict(self.calibration), "verdict": self.calibration.verdict},
            "fallbacks": {"n_messages": self.n_messages, "n_fallbacks": self.n_fallbacks, "share": share},
            "columns": [{**asdict(shift), "verdict": shift.verdict} for shift in self.shifts],
        }


def with_action_mix(likelihood: Likelihood, rows: pa.Table, rules: RuleSet, params: Params) -> Likelihood:
    """Add to the reference what the rules would do about its rows.

    Parameters
    ----------
    rows : Table
        Features of the reference's rows, as `Examples` has them, and `p_resolved`.
    """
    mix = likelihood.reference.with_column(ACTION, _actions(rows, rules, params))
    return replace(likelihood, reference=mix)


def find_drift(
    engine: PandasEngine,
    likelihood: Likelihood,
    rules: RuleSet,
    params: Params,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Drift:
    """Compare a period with the reference.

    Parameters
    ----------
    since, until : datetime, optional
        UTC; by default from where the model's knowledge ends to the latest stored message.

    Raises
    ------
    InputError
        Nothing is stored of the period.
    ModelError
        The model is not for these rows.
    """
    card = likelihood.card
    since = since or datetime.fromisoformat(card.calibrated_until)
    until = until or _latest(engine)
    features, p = _open_issues(engine, likelihood, params.status, since, until)
    actions = _actions(features.append_column("p_resolved", p), rules, params)
    shifts = likelihood.reference.shifts(features.append_column(ACTION, actions), np.asarray(p))
    logged = engine.sql(SOURCES, {"since": since, "until": until}).to_pylist()[0]
    return Drift(
        since=since,
        until=until,
        model=likelihood.digest,
        trained_until=card.trained_until,
        n_rows=features.num_rows,
        n_conversations=pc.count_distinct(features["conversation_id"]).as_py(),
        shifts=tuple(shifts),
        calibration=_calibration(engine, likelihood, params.status, since, until),
        n_messages=logged["n_decisions"],
        n_fallbacks=logged["n_fallbacks"],
        statuses_changed=card.statuses not in ("", digest_of(params.status)),
    )


def _open_issues(
    engine: PandasEngine, likelihood: Likelihood, weights: StatusWeights, since: datetime, until: datetime
) -> tuple[pa.Table, pa.Array]:
    """Give features and likelihoods of the open issues at instants of a period."""
    known = prefixes(engine, 0, weights, since=since, until=until, most_rows=MOST_ROWS)
    p = likelihood.of(known.features, known.words)
    given = p.is_valid()
    if not pc.any(given).as_py():
        raise InputError(
            f"no open issue is known after {since:%Y-%m-%dT%H:%M:%SZ} and until {until:%Y-%m-%dT%H:%M:%SZ}: "
            f"the store has messages until {_latest(engine):%Y-%m-%dT%H:%M:%SZ}; name another period"
        )
    return known.features.filter(given), p.filter(given)


def _calibration(
    engine: PandasEngine,
    likelihood: Likelihood,
    weights: StatusWeights,
    since: datetime,
    until: datetime,
) -> Comparison:
    """Compare likelihoods with what came true, where the horizon is over."""
    horizon = likelihood.card.horizon_hours
    rows = prefixes(engine, horizon, weights, since=since, until=until, most_rows=MOST_ROWS)
    estimated = likelihood.of(rows.features, rows.words)
    given = np.asarray(estimated.is_valid())
    p = np.asarray(estimated.filter(pa.array(given)))
    y = rows.resolved[given]
    groups = group_numbers(rows.features["conversation_id"])[given]
    n_groups = len(np.unique(groups))
    if len(y) < LEAST_ROWS or n_groups < LEAST_ROWS:
        return Comparison(len(y), n_groups)
    drawn = draw_counts(len(y), groups, n_draws=N_DRAWS)
    low, high = interval((drawn @ (y - p)) / drawn.sum(axis=1))
    return Comparison(len(y), n_groups, float(p.mean()), float(y.mean()), float(low), float(high))


def _actions(features: pa.Table, rules: RuleSet, params: Params) -> pa.ChunkedArray:
    """Say what the rules would do, as if each issue were its customer's only one, and nobody contacted."""
    for name in OF_OTHERS[:-1]:
        values = np.zeros(features.num_rows, dtype=bool if name.startswith("is_") else np.int64)
        features = features.append_column(name, pa.array(values + 1 if name == "n_open_issues" else values))
    eligible = find_eligible(features, params.brands, params.policy)
    return rules.decide(features, eligible.allowed)["action"].cast(pa.string())


def _latest(engine: PandasEngine) -> datetime:
    micros = engine.one(LATEST)
    if micros is None:
        raise InputError("the store holds no conversation: nba ingest and nba process make some")
    return datetime.fromtimestamp(micros / 1e6, UTC)
