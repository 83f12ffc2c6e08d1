"""Twenty-five kills of loads and passes of fifty thousand rows on PostgreSQL, and of PostgreSQL itself."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

import pytest
from commands import BUILT, LOADED, Command, inputs
from kills import Clean, clean_load
from places import new_place
from server_kills import survive_kills_there

if TYPE_CHECKING:
    from pathlib import Path

    from places import Place, Servers
    from postgres_server import PostgresServer

pytestmark = pytest.mark.stress

N_ROWS = 50_000
SEED = 43


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Load and process files undisturbed."""
    return clean_load(tmp_path_factory.mktemp("clean"), N_ROWS, SEED)


def found_at(place: Place) -> dict[str, str]:
    """Give the environment in which a command finds the store."""
    return {"POSTGRES_DSN": place.settings.postgres.dsn}


@pytest.mark.parametrize("number", range(25))
def test_a_killed_load_and_a_killed_pass_are_made_up_for(
    clean: Clean, tmp_path: Path, servers: Servers, number: int
) -> None:
    """After kill -9 at a random moment and a second run, every table is that of a clean load."""
    chance = random.Random(f"{SEED} {number}")
    survive_kills_there(clean, lambda: new_place("postgres", tmp_path, servers), found_at, tmp_path, chance)


@pytest.mark.parametrize("number", range(10))
def test_a_server_killed_at_any_moment_is_waited_for(
    clean: Clean, tmp_path: Path, servers: Servers, postgres: PostgresServer, number: int
) -> None:
    """Kill -9 of PostgreSQL under a load and under a pass: the commands go on when it is back."""
    place, chance = new_place("postgres", tmp_path, servers), random.Random(f"{SEED} server {number}")
    for words, seconds in (
        (["ingest", *inputs(*clean.files)], clean.ingest_seconds),
        (["process"], clean.process_seconds),
    ):
        command = Command(tmp_path / "x", *words, "--db", "postgres", environment=found_at(place))

        def die() -> None:
            postgres.kill()
            postgres.start()

        death = threading.Timer(seconds * 1.5 * chance.random(), die)
        command.go()
        death.start()
        ended = command.end()
        death.join()
        assert ended.code == 0, ended.error
    with place.open(read_only=True) as store:
        assert {name: store.digest(name) for name in (*LOADED, *BUILT)} == clean.digests
