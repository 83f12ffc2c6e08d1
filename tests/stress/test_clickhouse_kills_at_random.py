"""Twenty-five kills of loads and passes of fifty thousand rows on ClickHouse, embedded and over HTTP."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from clickhouse_places import clickhouse_place, environment_of
from clickhouse_server import ClickHouseServer
from kills import Clean, clean_load
from server_kills import survive_kills_there

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.stress

N_ROWS = 50_000
SEED = 47


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Load and process files undisturbed."""
    return clean_load(tmp_path_factory.mktemp("clean"), N_ROWS, SEED)


@pytest.mark.parametrize("number", range(25))
def test_a_killed_load_and_a_killed_pass_are_made_up_for(clean: Clean, tmp_path: Path, number: int) -> None:
    """After kill -9 at a random moment and a second run, every table is that of a clean load."""
    chance = random.Random(f"{SEED} {number}")
    with ClickHouseServer(tmp_path / "served") as server:
        there = server if number % 2 else tmp_path / "engine"
        survive_kills_there(clean, lambda: clickhouse_place(there), environment_of, tmp_path, chance)
