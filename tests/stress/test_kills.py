"""Twenty-five kills of loads and passes of fifty thousand rows, and many commands at once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from commands import done, inputs
from kills import Clean, clean_load, contend, is_same_but_for_the_marks, survive_kills

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.stress

N_ROWS = 50_000
SEED = 41


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Load and process files undisturbed."""
    return clean_load(tmp_path_factory.mktemp("clean"), N_ROWS, SEED)


@pytest.mark.parametrize("number", range(25))
def test_a_killed_load_and_a_killed_pass_are_made_up_for(clean: Clean, tmp_path: Path, number: int) -> None:
    """After kill -9 at a random moment and a second run, every table is that of a clean load."""
    survive_kills(tmp_path, clean, random.Random(f"{SEED} {number}"))


@pytest.mark.parametrize("number", range(10))
def test_of_six_commands_at_once_none_spoils_the_store(clean: Clean, tmp_path: Path, number: int) -> None:
    """Loads of each file and passes start together on no store at all; those refused are run again."""
    store = tmp_path / "nba.duckdb"
    commands = [*(["ingest", *inputs(file)] for file in clean.files), *[["process"]] * 3]
    random.Random(f"{SEED} {number}").shuffle(commands)
    for place in contend(store, *commands):
        done(store, *commands[place])
    done(store, "process")
    assert is_same_but_for_the_marks(store, clean)
