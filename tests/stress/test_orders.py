"""Hundreds of ways to arrive: any order, cut, repetition and interleaving ends as one clean load."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from passes import Arrival, arrivals, arrives_as_one_load

pytestmark = pytest.mark.stress


@settings(max_examples=220, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrival=arrivals())
def test_no_way_to_arrive_matters(arrival: Arrival, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Rows in any order, some repeated, in several loads, a pass after some, end as one load and one pass."""
    assert arrives_as_one_load(tmp_path_factory.mktemp("orders"), arrival)
