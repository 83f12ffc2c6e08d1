"""Five kills (kill -9) of a load and a pass on PostgreSQL; `make stress` has twenty-five."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from kills import Clean, clean_load
from places import Place, new_place
from server_kills import survive_kills_there

if TYPE_CHECKING:
    from pathlib import Path

    from places import Servers

N_ROWS = 4000
SEED = 23


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Load and process files undisturbed."""
    return clean_load(tmp_path_factory.mktemp("clean"), N_ROWS, SEED)


def found_at(place: Place) -> dict[str, str]:
    """Give the environment in which a command finds the store."""
    return {"POSTGRES_DSN": place.settings.postgres.dsn}


@pytest.mark.parametrize("number", range(5))
def test_a_killed_load_and_a_killed_pass_are_made_up_for(
    clean: Clean, tmp_path: Path, servers: Servers, number: int
) -> None:
    """After kill -9 at a random moment and a second run, every table is that of a clean load."""
    chance = random.Random(f"{SEED} {number}")
    survive_kills_there(clean, lambda: new_place("postgres", tmp_path, servers), found_at, tmp_path, chance)
