"""A thousand made logs a scenario: the coverage that is claimed, and the failures that are documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from simulated import RIGHT, figure

from nbalib.evaluation.policy.simulation import SCENARIOS, simulate

if TYPE_CHECKING:
    import pandas as pd

pytestmark = pytest.mark.stress

N = 1000


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    """Try every scenario on a thousand logs."""
    return simulate(list(SCENARIOS), N, seed=1)


@pytest.mark.parametrize("scenario", ["well_specified", "outcome_wrong", "clustered"])
@pytest.mark.parametrize("method", RIGHT)
def test_coverage_is_what_it_says(found, scenario, method):
    """Between 93 and 97 of a hundred intervals hold the truth, and the bias is under half a point."""
    assert 0.93 <= figure(found, scenario, method, "coverage") <= 0.97
    assert abs(figure(found, scenario, method, "bias")) < 0.005
    assert figure(found, scenario, method, "share_refused") < 0.005


def test_what_is_wrong_shows(found):
    """Rows that are alike, wrong models and wrong chances do what the notebook says of them."""
    assert figure(found, "clustered", "doubly_robust", "coverage_rows") < 0.7
    assert figure(found, "outcome_wrong", "direct", "coverage") < 0.05
    assert figure(found, "well_specified", "direct", "coverage") < 0.8
    assert figure(found, "propensity_wrong", "ips", "coverage") < 0.05
    assert abs(figure(found, "propensity_wrong", "doubly_robust", "bias")) < 0.01
    assert figure(found, "propensity_wrong", "ips", "share_refused") == 1
    assert figure(found, "little_overlap", "ips", "share_refused") > 0.99
