"""Training and asking the likelihood as they are measured, and bare scikit-learn on the same numbers.

In: a job with rows and a seed. Out: how many rows; the stopwatch has run during the work alone. The rows are
made decisions, which have the features of rows of the past; making and encoding them is not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from nbalib.resolution.candidates import Examples, group_numbers
from nbalib.resolution.encoding import Encoding
from nbalib.resolution.training import train as train_on
from nbalib.resolution.trees import LEARNING_RATE, MOST_LEAVES, N_TREES
from nbalib.sources.synthetic.decision_log import HORIZON_HOURS, made_decision_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from nbalib.bench.child import Step
    from nbalib.bench.jobs import Job, Side, Stopwatch
    from nbalib.resolution.likelihood import Likelihood

ENOUGH_TO_TRAIN = 60_000
ASKED_ALONE = 2_000
N_RESAMPLES = 20


def train(job: Job, watch: Stopwatch) -> int:
    """Train on all rows: every candidate, calibration, and the judgement on later rows and other brands."""
    examples = _examples(job.rows, job.seed)
    with watch:
        train_on(examples, n_resamples=N_RESAMPLES)
    return len(examples)


def score(job: Job, watch: Stopwatch) -> int:
    """Give the likelihood of all rows, from features to what is stored."""
    likelihood, examples = _trained(job.seed), _examples(job.rows, job.seed + 1)
    with watch:
        return len(likelihood.of(examples.features))


def score_alone(job: Job, watch: Stopwatch) -> int:
    """Give the likelihood of one row after the other."""
    likelihood, examples = _trained(job.seed), _examples(ASKED_ALONE, job.seed + 1)
    with watch:
        return sum(len(likelihood.of(examples.features.slice(place, 1))) for place in range(len(examples)))


def bare_train(job: Job, watch: Stopwatch) -> int:
    """Fit scikit-learn's trees once to an encoded matrix."""
    examples = _examples(job.rows, job.seed)
    matrix = _encoding(examples).matrix(examples.features)
    with watch:
        _fitted(matrix, examples)
    return len(examples)


def bare_score(job: Job, watch: Stopwatch) -> int:
    """Ask scikit-learn's trees about an encoded matrix."""
    estimator, matrix = _bare(job.seed, job.rows)
    with watch, threadpool_limits(limits=1):
        return len(estimator.predict_proba(matrix))


def bare_score_alone(job: Job, watch: Stopwatch) -> int:
    """Ask scikit-learn's trees about one encoded row after the other."""
    estimator, matrix = _bare(job.seed, ASKED_ALONE)
    with watch, threadpool_limits(limits=1):
        return sum(len(estimator.predict_proba(matrix[place : place + 1])) for place in range(len(matrix)))


def _examples(rows: int, seed: int) -> Examples:
    log = made_decision_log(rows, seed)
    groups = group_numbers(log["conversation_id"])
    return Examples(log, None, np.asarray(log["resolved"]), groups, HORIZON_HOURS)


def _trained(seed: int) -> Likelihood:
    return train_on(_examples(ENOUGH_TO_TRAIN, seed), n_resamples=N_RESAMPLES).likelihood


def _encoding(examples: Examples) -> Encoding:
    return Encoding.learned(examples.features, examples.resolved, examples.columns)


def _bare(seed: int, rows: int) -> tuple[HistGradientBoostingClassifier, NDArray[np.float64]]:
    """Give fitted trees, and a matrix of so many other rows."""
    known = _examples(ENOUGH_TO_TRAIN, seed)
    encoding = _encoding(known)
    estimator = _fitted(encoding.matrix(known.features), known)
    return estimator, encoding.matrix(_examples(rows, seed + 1).features)


def _fitted(matrix: NDArray[np.float64], examples: Examples) -> HistGradientBoostingClassifier:
    estimator = HistGradientBoostingClassifier(
        max_iter=N_TREES, learning_rate=LEARNING_RATE, max_leaf_nodes=MOST_LEAVES, early_stopping=False
    )
    with threadpool_limits(limits=1):
        return estimator.fit(matrix, examples.resolved)


STEPS: Mapping[Side, Mapping[str, Step]] = {
    "ours": {"likelihood_train": train, "likelihood_score": score, "likelihood_score_alone": score_alone},
    "bare": {
        "likelihood_train": bare_train,
        "likelihood_score": bare_score,
        "likelihood_score_alone": bare_score_alone,
    },
}
