"""Killed at any moment and run again, or run beside another: what is stored is that of one clean run.

The long version, with ten times the rows and five times the moments, is in `stress/`.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from commands import done, inputs
from kills import Clean, clean_load, contend, is_same_but_for_the_marks, survive_kills

if TYPE_CHECKING:
    from pathlib import Path

N_ROWS = 5000
SEED = 23


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Load and process files undisturbed."""
    return clean_load(tmp_path_factory.mktemp("clean"), N_ROWS, SEED)


@pytest.mark.parametrize("number", range(5))
def test_a_killed_load_and_a_killed_pass_are_made_up_for(clean: Clean, tmp_path: Path, number: int) -> None:
    """After kill -9 at a random moment and a second run, every table is that of a clean load."""
    survive_kills(tmp_path, clean, random.Random(f"{SEED} {number}"))


def test_of_two_loads_at_once_the_loser_is_told_and_can_be_run_again(clean: Clean, tmp_path: Path) -> None:
    """Both end well, or one of them with 1 and the words "in use"; run again, the store is complete."""
    store = tmp_path / "nba.duckdb"
    halves = [["ingest", *inputs(*clean.files[:1])], ["ingest", *inputs(*clean.files[1:])]]
    refused = contend(store, *halves)
    for number in refused:
        done(store, *halves[number])
    done(store, "process")
    assert is_same_but_for_the_marks(store, clean)


def test_a_load_and_a_pass_at_once_do_not_disturb_each_other(clean: Clean, tmp_path: Path) -> None:
    """Whoever came second is told; a pass after both makes all conversations."""
    store = tmp_path / "nba.duckdb"
    done(store, "ingest", *inputs(*clean.files[:1]))
    ingest = ["ingest", *inputs(*clean.files[1:])]
    if 0 in contend(store, ingest, ["process"]):
        done(store, *ingest)
    done(store, "process")
    assert is_same_but_for_the_marks(store, clean)
