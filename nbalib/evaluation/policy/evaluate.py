"""Evaluate one policy on one log: estimates beside each other, or the reasons why there are none.

In: a checked log, the chances of the policy, predicted rewards. Out: `Evaluation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbalib.evaluation.policy.chances import propensity_doubt
from nbalib.evaluation.policy.checks import check_target
from nbalib.evaluation.policy.diagnostics import Diagnostics, diagnose, overlap_by_month
from nbalib.evaluation.policy.estimate import Estimate, RowValues, estimate
from nbalib.evaluation.policy.floors import Floors, refusals
from nbalib.evaluation.policy.one_thread import one_thread
from nbalib.evaluation.policy.row_values import DIRECT, DOUBLY_ROBUST, row_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from nbalib.evaluation.policy.log import LoggedDecisions


@dataclass(frozen=True)
class Evaluation:
    """What is known of a policy's value.

    Attributes
    ----------
    name : str
        Name of the policy.
    estimates : mapping of method to Estimate
        Value by each estimator; empty if refused. The doubly robust one is the answer; that the others agree
        supports it, and that they do not is a reason to look closer.
    gain : Estimate or None
        Doubly robust difference to what was done in the log, on the same rows; None if refused.
    diagnostics : Diagnostics
        How well the log covers the policy.
    refused : tuple of str
        Why no value is given; empty if it is.
    """

    name: str
    estimates: Mapping[str, Estimate]
    gain: Estimate | None
    diagnostics: Diagnostics
    refused: tuple[str, ...]


def evaluate(
    name: str,
    log: LoggedDecisions,
    target: NDArray[np.float64],
    predicted: NDArray[np.float64],
    *,
    floors: Floors | None = None,
    clip: float | None = None,
    level: float = 0.95,
) -> Evaluation:
    """Estimate the value of a policy, if the log can carry it.

    Parameters
    ----------
    target, predicted : float array, shape (n, n_actions)
        Chances of the policy; cross-fitted predictions of the reward.
    clip : float, optional
        Cut weights above it; how many and how much is in the diagnostics. None are cut by default.

    Raises
    ------
    PolicyError
        The policy is not one row of chances a decision.
    """
    check_target(target, len(log), log.actions)
    found = diagnose(log, target, clip)
    with one_thread():
        doubt = propensity_doubt(log)
    refused = refusals(found, overlap_by_month(log, target), doubt, floors or Floors())
    if refused:
        return Evaluation(name, {}, None, found, refused)
    rows = row_values(log, target, predicted, clip)
    done = RowValues(log.reward, np.ones(len(log)))
    estimates = {
        method: estimate(method, values, log.cluster, n_effective=_n_effective(method, found), level=level)
        for method, values in rows.items()
        if values.denominator.any()
    }
    gain = estimate(
        DOUBLY_ROBUST,
        rows[DOUBLY_ROBUST],
        log.cluster,
        n_effective=found.n_effective,
        baseline=done,
        level=level,
    )
    return Evaluation(name, estimates, gain, found, ())


def _n_effective(method: str, found: Diagnostics) -> float:
    """Predictions are made for every row; all else rests on the rows in which policy and log agree."""
    return float(found.n) if method == DIRECT else found.n_effective
