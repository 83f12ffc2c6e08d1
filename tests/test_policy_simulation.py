"""On made logs with known truth, intervals hold it as often as they say, and what fails, fails as foretold.

The bounds are wide, since few logs are tried: of 40 right 95 % intervals at least 33 hold the truth, but for
one case in a thousand. `make stress` tries a thousand logs a scenario.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from simulated import RIGHT, figure

from nbalib.evaluation.policy.estimate import effective_size
from nbalib.evaluation.policy.population import draw, make_population
from nbalib.evaluation.policy.row_values import METHODS, weights
from nbalib.evaluation.policy.simulation import SCENARIOS, simulate

N = 40


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    """Try every scenario on few logs."""
    return simulate(list(SCENARIOS), N, seed=3)


def test_every_estimator_is_tried_in_every_scenario(found):
    """One row each, and every figure is a number."""
    assert found.groupby("scenario", sort=False)["method"].agg(tuple).to_dict() == dict.fromkeys(
        SCENARIOS, METHODS
    )
    assert np.isfinite(found.drop(columns=["scenario", "method"])).all(axis=None)
    assert (found["n_simulations"] == N).all()


@pytest.mark.parametrize("scenario", ["well_specified", "outcome_wrong", "clustered"])
@pytest.mark.parametrize("method", RIGHT)
def test_right_intervals_hold_the_truth(found, scenario, method):
    """With right chances the intervals hold, whatever the outcome model, and nothing is refused."""
    assert figure(found, scenario, method, "coverage") >= 33 / 40
    error_of_bias = figure(found, scenario, method, "rmse") / np.sqrt(N)
    assert abs(figure(found, scenario, method, "bias")) < 3.5 * error_of_bias
    assert figure(found, scenario, method, "share_refused") <= 1 / N


def test_rows_that_are_alike_must_not_pass_for_independent(found):
    """25 like decisions a customer: intervals of independent rows hold the truth in far too few logs."""
    for method in RIGHT:
        assert figure(found, "clustered", method, "coverage_rows") < 0.75


def test_the_direct_method_is_as_good_as_its_model(found):
    """Its interval leaves out the doubt about the model, and with a wrong model it never holds the truth."""
    assert figure(found, "well_specified", "direct", "coverage") < 0.85
    assert abs(figure(found, "well_specified", "direct", "bias")) < 0.01
    assert figure(found, "outcome_wrong", "direct", "coverage") < 0.1
    assert figure(found, "outcome_wrong", "direct", "bias") < -0.03


def test_replay_is_biased_where_choice_was_not_by_lot(found):
    """The team chose by the case, so the rows that agree with a policy are not like the others."""
    assert figure(found, "well_specified", "replay", "bias") < -0.015


def test_predictions_make_the_answer_sharper(found):
    """With a good model doubly robust errs less than IPS, and without overlap less than SNIPS."""
    assert figure(found, "well_specified", "doubly_robust", "rmse") < figure(
        found, "well_specified", "ips", "rmse"
    )
    assert figure(found, "little_overlap", "doubly_robust", "rmse") < figure(
        found, "little_overlap", "ips", "rmse"
    )


def test_wrong_chances_are_found_out(found):
    """IPS is off by many points, doubly robust leans on its model, and the floors refuse every such log."""
    assert figure(found, "propensity_wrong", "ips", "bias") > 0.1
    assert abs(figure(found, "propensity_wrong", "doubly_robust", "bias")) < 0.015
    for scenario in ("propensity_wrong", "both_wrong"):
        assert figure(found, scenario, "ips", "share_refused") == 1


def test_a_log_that_hardly_covers_the_policy_is_refused(found):
    """A hundred and eighty decisions count as some fifteen, and no value is given."""
    assert figure(found, "little_overlap", "ips", "n_effective") < 30
    assert figure(found, "little_overlap", "ips", "share_refused") == 1


def test_the_same_seed_finds_the_same():
    """A simulation can be repeated to the last digit."""
    first, second = (simulate(["outcome_wrong"], 3, seed=9) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_a_drawn_log_is_one_of_the_population():
    """Customers come with all their rows, their chances and their knowledge, and decisions follow chances."""
    population = make_population(4000, 1, rows_per_customer=4, customer_sd=0.5)
    log, rows = draw(population, 300, np.random.default_rng(2))
    assert (log.known == population.known[rows]).all()
    owner = np.searchsorted(population.first, rows, side="right") - 1
    first = np.unique(log.cluster, return_index=True)[1]
    assert (owner == owner[first][log.cluster]).all()
    assert (np.bincount(log.cluster) == population.size[owner[first]]).all()
    assert (log.chosen_propensity > 0).all()
    assert 0.2 < effective_size(weights(log, population.target[rows])) / len(log) < 0.8
