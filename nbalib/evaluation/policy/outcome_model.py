"""Predicted rewards, each made by a model that never saw the row, nor another row of its cluster.

In: a log and a way to fit. Out: predictions of shape (n, n_actions). A model that has seen a row flatters
itself on it; with folds cut along clusters the doubly robust interval stays honest (Chernozhukov et al.,
2018).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from nbalib.errors import PolicyError
from nbalib.evaluation.policy.one_thread import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.evaluation.policy.log import LoggedDecisions

OutcomeModel = Callable[["LoggedDecisions", "NDArray[np.float64]"], "NDArray[np.float64]"]
"""Learns from a log and predicts, for what is known of m other rows, each action's reward, (m, n_actions)."""

N_FOLDS = 5
PENALTY = 1.0
MAX_ROUNDS = 50
LONGEST_STEP = 5.0  # in log-odds; keeps the first rounds of an extreme case from running away
SETTLED = 1e-8


def cross_fitted(
    log: LoggedDecisions, model: OutcomeModel, *, n_folds: int = N_FOLDS, seed: int = 0
) -> NDArray[np.float64]:
    """Predict each action's reward for each row, by models fitted to the other folds.

    Returns
    -------
    float array, shape (n, n_actions)

    Raises
    ------
    PolicyError
        There are fewer clusters than folds.
    """
    fold = folds(log.cluster, n_folds, seed)
    predicted = np.empty(log.propensity.shape)
    with one_thread():
        for number in range(n_folds):
            held_out = fold == number
            predicted[held_out] = model(log.rows(~held_out), log.known[held_out])
    return predicted


def folds(cluster: NDArray[np.int64], n_folds: int, seed: int) -> NDArray[np.int64]:
    """Deal the clusters to folds at random, as evenly as can be; give each row its fold, shape (n,)."""
    names, numbers = np.unique(cluster, return_inverse=True)
    if len(names) < n_folds:
        raise PolicyError(f"{len(names)} clusters cannot be cut into {n_folds} folds")
    dealt = np.random.default_rng(seed).permutation(len(names)) % n_folds
    return np.asarray(dealt[numbers], dtype="int64")


def logistic_by_action(log: LoggedDecisions, known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit one logistic regression an action, on the rows in which it was done.

    A reward between 0 and 1 counts as so much success and so much failure (Papke and Wooldridge, 1996).
    An action whose rewards are all 0 or all 1, or that was never done, is predicted by `mean_by_action`.
    """
    predicted = mean_by_action(log, known)
    for action in range(len(log.actions)):
        rows = log.chosen == action
        reward = log.reward[rows]
        if 0 < reward.sum() < len(reward):
            weights = logistic_weights(log.known[rows], reward)
            predicted[:, action] = expit(weights[0] + known @ weights[1:])
    return predicted


def logistic_weights(known: NDArray[np.float64], reward: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a logistic regression to rewards from 0 to 1 by Newton's method.

    On rewards of 0 and 1 it is scikit-learn's `LogisticRegression()`, and many times faster on the hundreds
    of small fits that an evaluation and its simulations need.

    Returns
    -------
    float array, shape (1 + n_known,)
        The intercept, and a weight for each column; the weights are penalised with `PENALTY` · w² / 2.

    Raises
    ------
    PolicyError
        The weights have not settled after `MAX_ROUNDS` rounds.
    """
    design = np.column_stack([np.ones(len(known)), known])
    penalty = np.append(0.0, np.full(known.shape[1], PENALTY))
    weights = np.zeros(design.shape[1])
    for _ in range(MAX_ROUNDS):
        chance = expit(design @ weights)
        slope = design.T @ (reward - chance) - penalty * weights
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, slope)
        weights += step / max(1.0, float(np.abs(step).max()) / LONGEST_STEP)
        if np.abs(step).max() < SETTLED:
            return weights
    raise PolicyError(f"the outcome model has not settled in {MAX_ROUNDS} rounds over {len(reward):,} rows")


def mean_by_action(log: LoggedDecisions, known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Predict each action's mean reward, whatever is known; one never done gets the mean of all."""
    n = np.bincount(log.chosen, minlength=len(log.actions))
    total = np.bincount(log.chosen, log.reward, minlength=len(log.actions))
    means = np.where(n > 0, total / np.maximum(n, 1), log.reward.mean())
    return np.tile(means, (len(known), 1))
