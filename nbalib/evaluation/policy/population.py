"""A made population of customers from which logs are drawn again and again, with the truth at hand.

In: a made decision log and a candidate policy. Out: `Population`, and logs drawn from it. A log is a draw of
customers with replacement; their own log-odds, the actions and the outcomes are drawn anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbalib.evaluation.policy.known import known_columns
from nbalib.evaluation.policy.log import LoggedDecisions
from nbalib.sources.synthetic.decision_log import ACTIONS, made_decision_log
from nbalib.sources.synthetic.decision_log.log import drawn_actions
from nbalib.sources.synthetic.decision_log.truth import given_effect, log_odds

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Population:
    """Situations with their truth; customer g owns the rows from ``first[g]`` on, ``size[g]`` of them.

    Attributes
    ----------
    known, log_odds, propensity, target : float array, shape (n, …)
        What is known, true log-odds and logged chances of each action, and the candidate's chances.
    first, size : integer array, shape (n_customers,)
    customer_sd : float
        Standard deviation of the customers' own log-odds.
    truth : float
        The candidate's true value.
    """

    known: NDArray[np.float64]
    log_odds: NDArray[np.float64]
    propensity: NDArray[np.float64]
    target: NDArray[np.float64]
    first: NDArray[np.int64]
    size: NDArray[np.int64]
    customer_sd: float
    truth: float


def make_population(
    n: int, seed: int, *, rows_per_customer: float, customer_sd: float, is_contrary: bool = False
) -> Population:
    """Make a population of `n` situations.

    Parameters
    ----------
    is_contrary : bool
        The candidate does what the team does most rarely, so that a log covers it badly; else it does what
        is best in truth. Both do nothing where the contact policy forbids contact.
    """
    table = made_decision_log(n, seed, rows_per_customer=rows_per_customer, customer_sd=customer_sd)
    truth, propensity = (
        np.column_stack([table[f"{prefix}_{action}"].to_numpy() for action in ACTIONS])
        for prefix in ("p_resolved_if", "propensity")
    )
    preferred = np.where(propensity > 0, -propensity if is_contrary else truth, -np.inf).argmax(axis=1)
    target = np.eye(len(ACTIONS))[preferred]
    owner = np.asarray(table["customer_id"].combine_chunks().dictionary_encode().indices)
    size = np.bincount(owner)
    return Population(
        known=known_columns(table),
        log_odds=log_odds(table),
        propensity=propensity,
        target=target,
        first=np.cumsum(size) - size,
        size=size,
        customer_sd=customer_sd,
        truth=float((target * truth).sum(axis=1).mean()),
    )


def draw(
    population: Population, n_customers: int, chance: np.random.Generator
) -> tuple[LoggedDecisions, NDArray[np.int64]]:
    """Draw a log of so many customers; give it with the rows of the population that it holds."""
    picked = chance.integers(len(population.size), size=n_customers)
    size = population.size[picked]
    cluster = np.repeat(np.arange(n_customers), size)
    within = np.arange(len(cluster)) - np.repeat(np.cumsum(size) - size, size)
    rows = population.first[picked][cluster] + within
    half = population.customer_sd * np.sqrt(3)
    effect = chance.uniform(-half, half, size=n_customers)[cluster]
    propensity = population.propensity[rows]
    chosen = drawn_actions(propensity, chance.random(len(rows)))
    p_resolved = given_effect(population.log_odds[rows], effect)[np.arange(len(rows)), chosen]
    log = LoggedDecisions(
        actions=ACTIONS,
        chosen=chosen,
        reward=(chance.random(len(rows)) < p_resolved).astype("float64"),
        propensity=propensity,
        cluster=cluster,
        known=population.known[rows],
        decided_at=np.zeros(len(rows), dtype="datetime64[us]"),
    )
    return log, rows
