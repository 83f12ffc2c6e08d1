"""Five kills (kill -9) of a load and a pass on ClickHouse; `make stress` has twenty-five.

Inside the process, the engine dies with the command; behind HTTP, it lives on.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from clickhouse_places import clickhouse_place, environment_of
from clickhouse_server import ClickHouseServer
from kills import Clean, clean_load
from server_kills import survive_kills_there

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

N_ROWS = 4000
SEED = 29


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Load and process files undisturbed."""
    return clean_load(tmp_path_factory.mktemp("clean"), N_ROWS, SEED)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    """Run the front for all tests here."""
    with ClickHouseServer(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.mark.parametrize(
    ("number", "kind"), [(0, "embedded"), (1, "http"), (2, "embedded"), (3, "http"), (4, "embedded")]
)
def test_a_killed_load_and_a_killed_pass_are_made_up_for(
    clean: Clean, tmp_path: Path, server: ClickHouseServer, number: int, kind: str
) -> None:
    """After kill -9 at a random moment and a second run, every table is that of a clean load."""
    chance = random.Random(f"{SEED} {number}")
    there = server if kind == "http" else tmp_path / "engine"
    survive_kills_there(clean, lambda: clickhouse_place(there), environment_of, tmp_path, chance)
