"""The estimators: what another policy would have brought, row by row.

In: a log of n decisions, the chances π(a|x) of the policy in question, and for some of them predicted
rewards q(x, a). Out: `RowValues`, from which `estimate` makes a value with an interval.

With w_i = π(a_i|x_i) / p_i, where p_i is the logged chance of what was done:

=================  ==============================  =========================================
estimator          value                           unbiased if
=================  ==============================  =========================================
replay             Σ π_i r_i / Σ π_i               actions were drawn evenly at random
direct method      mean of Σ_a π(a|x_i) q(x_i, a)  the predictions are right
IPS                mean of w_i r_i                 the logged chances are right
SNIPS              Σ w_i r_i / Σ w_i               they are; then only by O(1/n), and calmer
doubly robust      mean of DM_i + w_i (r_i - q_i)  the chances or the predictions are right
=================  ==============================  =========================================

The last four also need overlap: what the policy does must have had a chance in the log.

References
----------
D. G. Horvitz and D. J. Thompson, A generalization of sampling without replacement from a finite universe,
J. American Statistical Association 47, 1952 (IPS).
L. Li, W. Chu, J. Langford and X. Wang, Unbiased offline evaluation of contextual-bandit-based news article
recommendation algorithms, WSDM 2011 (replay).
M. Dudík, J. Langford and L. Li, Doubly robust policy evaluation and learning, ICML 2011.
A. Swaminathan and T. Joachims, The self-normalized estimator for counterfactual learning, NeurIPS 2015.
V. Chernozhukov et al., Double/debiased machine learning for treatment and structural parameters,
Econometrics Journal 21, 2018 (predictions from other folds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nbalib.evaluation.policy.estimate import RowValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.evaluation.policy.log import LoggedDecisions

REPLAY, DIRECT, IPS, SNIPS, DOUBLY_ROBUST = METHODS = ("replay", "direct", "ips", "snips", "doubly_robust")


def weights(
    log: LoggedDecisions, target: NDArray[np.float64], clip: float | None = None
) -> NDArray[np.float64]:
    """Give the importance weights, shape (n,): how much more often the policy does what was done.

    Parameters
    ----------
    target : float array, shape (n, n_actions)
        Chances of the policy in question.
    clip : float, optional
        Larger weights are cut to it: less variance for some bias. None are cut by default.
    """
    ratio = _of_chosen(log, target) / log.chosen_propensity
    return ratio if clip is None else np.minimum(ratio, clip)


def row_values(
    log: LoggedDecisions,
    target: NDArray[np.float64],
    predicted: NDArray[np.float64],
    clip: float | None = None,
) -> dict[str, RowValues]:
    """Give the rows of every estimator.

    Parameters
    ----------
    target, predicted : float array, shape (n, n_actions)
        Chances of the policy in question; predicted reward of each action, made without the row itself.
    clip : float, optional
        See `weights`.
    """
    one, weight = np.ones(len(log)), weights(log, target, clip)
    agreement = _of_chosen(log, target)
    direct = (target * predicted).sum(axis=1)
    surprise = log.reward - _of_chosen(log, predicted)
    return {
        REPLAY: RowValues(agreement * log.reward, agreement),
        DIRECT: RowValues(direct, one),
        IPS: RowValues(weight * log.reward, one),
        SNIPS: RowValues(weight * log.reward, weight),
        DOUBLY_ROBUST: RowValues(direct + weight * surprise, one),
    }


def _of_chosen(log: LoggedDecisions, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each row's value of what was done."""
    return values[np.arange(len(log)), log.chosen]
