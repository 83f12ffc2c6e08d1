"""Are the estimators right? They are tried on made logs, hundreds of times, where the truth is known.

In: a scenario and a number of simulations. Out: bias, root mean square error, coverage and width of the
intervals, for each estimator; a 95 % interval should hold the truth in 95 of 100 logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nbalib.evaluation.policy.chances import propensity_doubt
from nbalib.evaluation.policy.damages import with_averaged_chances
from nbalib.evaluation.policy.diagnostics import diagnose, overlap_by_month
from nbalib.evaluation.policy.estimate import estimate
from nbalib.evaluation.policy.floors import Floors, refusals
from nbalib.evaluation.policy.one_thread import one_thread
from nbalib.evaluation.policy.outcome_model import cross_fitted, logistic_by_action, mean_by_action
from nbalib.evaluation.policy.population import draw, make_population
from nbalib.evaluation.policy.row_values import METHODS, row_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from nbalib.evaluation.policy.outcome_model import OutcomeModel
    from nbalib.evaluation.policy.population import Population

N_POPULATION = 60_000


@dataclass(frozen=True)
class Scenario:
    """A kind of log, and what is wrong with it.

    Attributes
    ----------
    name, says : str
        For tables, and for people.
    model : OutcomeModel
        What the predictions are made with.
    is_propensity_wrong : bool
        The log holds each action's overall share in the place of its chance in the situation.
    is_contrary : bool
        The candidate does what the team does most rarely.
    n_customers : int
        Customers in a log.
    rows_per_customer, customer_sd : float
        Mean decisions of a customer, and how far customers differ, in log-odds.
    """

    name: str
    says: str
    model: OutcomeModel = logistic_by_action
    is_propensity_wrong: bool = False
    is_contrary: bool = False
    n_customers: int = 700
    rows_per_customer: float = 3.0
    customer_sd: float = 0.5


SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("well_specified", "Logged chances and outcome model are right."),
        Scenario("clustered", "Right, but a customer has 25 decisions that are alike.", n_customers=150,
                 rows_per_customer=25, customer_sd=1.5),
        Scenario("outcome_wrong", "The outcome model ignores the situation.", model=mean_by_action),
        Scenario("propensity_wrong", "The logged chances ignore the situation.", is_propensity_wrong=True),
        Scenario("both_wrong", "Both ignore the situation.", model=mean_by_action, is_propensity_wrong=True),
        Scenario("little_overlap", "The policy does what was rarely done.", n_customers=60,
                 is_contrary=True),
    )
}  # fmt: skip
"""The kinds of log that are tried."""


def simulate(
    scenarios: Sequence[str],
    n_simulations: int,
    *,
    seed: int = 0,
    progress: Callable[[str, int], None] = lambda name, done: None,
) -> pd.DataFrame:
    """Try every estimator in each scenario.

    Parameters
    ----------
    scenarios : sequence of str
        Names in `SCENARIOS`.
    n_simulations : int
        Logs a scenario; the error of a coverage of 95 % is 0.7 points at 1,000.

    Returns
    -------
    DataFrame
        scenario, method, truth, bias, rmse, coverage, coverage_rows (of intervals that take rows for
        independent), width (mean), n_effective (mean), share_refused, n_simulations.
    """
    with one_thread():
        tried = [_try(SCENARIOS[name], n_simulations, seed, progress) for name in scenarios]
    return pd.concat(tried, ignore_index=True)


def _try(
    scenario: Scenario, n_simulations: int, seed: int, progress: Callable[[str, int], None]
) -> pd.DataFrame:
    population = _population(seed, scenario.rows_per_customer, scenario.customer_sd, scenario.is_contrary)
    found = np.empty((n_simulations, len(METHODS), 3))
    sizes, refused = np.empty(n_simulations), np.empty(n_simulations, dtype=bool)
    for number, chance in enumerate(np.random.default_rng(seed).spawn(n_simulations)):
        found[number], sizes[number], refused[number] = _once(scenario, population, chance, number)
        progress(scenario.name, number + 1)
    return _summary(scenario.name, population.truth, found, sizes, refused)


@lru_cache(maxsize=3)
def _population(seed: int, rows_per_customer: float, customer_sd: float, is_contrary: bool) -> Population:
    """Make a population once for the scenarios that share it."""
    return make_population(
        N_POPULATION,
        seed,
        rows_per_customer=rows_per_customer,
        customer_sd=customer_sd,
        is_contrary=is_contrary,
    )


def _once(
    scenario: Scenario, population: Population, chance: np.random.Generator, number: int
) -> tuple[NDArray[np.float64], float, bool]:
    """Draw one log; give value, error and error of independent rows of each method, size, and refusal."""
    log, rows = draw(population, scenario.n_customers, chance)
    if scenario.is_propensity_wrong:
        log = with_averaged_chances(log)
    target = population.target[rows]
    predicted = cross_fitted(log, scenario.model, seed=number)
    diagnostics = diagnose(log, target)
    reasons = refusals(diagnostics, overlap_by_month(log, target), propensity_doubt(log), Floors())
    alone = np.arange(len(log))
    found = [
        (robust.value, robust.high - robust.value, plain.high - plain.value)
        for method, values in row_values(log, target, predicted).items()
        for robust, plain in [
            [estimate(method, values, groups, n_effective=len(log)) for groups in (log.cluster, alone)]
        ]
    ]
    return np.array(found), diagnostics.n_effective, bool(reasons)


def _summary(
    name: str,
    truth: float,
    found: NDArray[np.float64],
    sizes: NDArray[np.float64],
    refused: NDArray[np.bool_],
) -> pd.DataFrame:
    error, half, half_rows = found[..., 0] - truth, found[..., 1], found[..., 2]
    return pd.DataFrame(
        {
            "scenario": name,
            "method": METHODS,
            "truth": truth,
            "bias": error.mean(axis=0),
            "rmse": np.sqrt((error**2).mean(axis=0)),
            "coverage": (np.abs(error) <= half).mean(axis=0),
            "coverage_rows": (np.abs(error) <= half_rows).mean(axis=0),
            "width": 2 * half.mean(axis=0),
            "n_effective": sizes.mean(),
            "share_refused": refused.mean(),
            "n_simulations": len(found),
        }
    )
