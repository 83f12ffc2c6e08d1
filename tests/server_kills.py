"""Kill loads and passes on a server store at random moments, run them again, and compare with a clean run.

In: files, a way to a new database, a source of chance. Out: nothing, or a failed assertion. The moments are
printed, so that a failure can be tried again. Times are seconds.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from commands import BUILT, LOADED, Command, inputs

from nbalib.errors import StoreError

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kills import Clean
    from places import Place


def survive_kills_there(
    clean: Clean,
    new: Callable[[], Place],
    environment_of: Callable[[Place], Mapping[str, str]],
    folder: Path,
    chance: random.Random,
) -> None:
    """Kill a load, run it again, kill a pass, run it again: nothing is lost, double or half done.

    Parameters
    ----------
    clean : Clean
        The same files, loaded and processed in DuckDB undisturbed.
    new, environment_of : callables
        Give a new, empty place, and the environment in which a command finds it.
    """
    place = new()

    def command(*words: str) -> Command:
        return Command(folder / "nba.duckdb", *words, "--db", place.db, environment=environment_of(place))

    def done(*words: str) -> None:
        ended = command(*words).go().end()
        assert ended.code == 0, ended.error

    ingest = ["ingest", *inputs(*clean.files)]
    _kill(command(*ingest), clean.ingest_seconds * 2, chance)
    _check_files_are_whole(place)
    done(*ingest)
    assert _contents(place, LOADED) == {name: clean.digests[name] for name in LOADED}
    _kill(command("process"), clean.process_seconds * 2, chance)
    found = _contents(place, ("threads", "turns", "conversations", "customer_profiles"))
    assert all(digest.startswith("0-") for digest in found.values()) or found.items() <= clean.digests.items()
    done("process")
    assert _contents(place, (*LOADED, *BUILT)) == clean.digests


def _kill(command: Command, seconds: float, chance: random.Random) -> None:
    """Kill a command at a random moment of so many seconds; it may have ended by then."""
    moment = seconds * chance.random()
    was_at_work = command.go().kill(moment)
    sys.stdout.write(f"{'killed' if was_at_work else 'ended'} before {moment:.3f} s of {seconds:.3f} s\n")


def _contents(place: Place, tables: tuple[str, ...]) -> dict[str, str]:
    with place.open(read_only=True) as store:
        return {name: store.digest(name) for name in tables}


def _check_files_are_whole(place: Place) -> None:
    """Rows and watermarks move together, so that a reader between kill and second run sees whole files."""
    try:
        with place.open(read_only=True) as store:
            marks = store.read("ingestion_watermarks", ["n_stored"])["n_stored"].to_pylist()
            assert store.count("interactions") == sum(marks)
    except StoreError as error:
        if "run nba ingest" not in str(error):  # it was killed before it had made the tables
            raise
