"""Kill loads and passes at random moments, let commands contend for a store, and compare with a clean run.

In: files, a source of chance. Out: nothing, or a failed assertion. The moments are printed, so that a
failure can be tried again. Times are seconds.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commands import LOADED, Command, digests, done, inputs, made_files

from nbalib.errors import StoreError
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.snapshots import folder_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Clean:
    """A load and a pass that nothing disturbed: the files, the store after each, and how long each took.

    `digests` are those after the pass.
    """

    files: list[Path]
    loaded: Path
    built: Path
    digests: dict[str, str]
    ingest_seconds: float
    process_seconds: float


def clean_load(folder: Path, rows: int, seed: int) -> Clean:
    """Make files, load and process them undisturbed."""
    files, store, kept = made_files(folder, rows, seed), folder / "clean.duckdb", folder / "loaded.duckdb"
    loaded = done(store, "ingest", *inputs(*files))
    shutil.copy(store, kept)
    processed = done(store, "process")
    return Clean(files, kept, store, digests(store), loaded.seconds, processed.seconds)


def survive_kills(folder: Path, clean: Clean, chance: random.Random) -> None:
    """Kill a load, run it again, kill a pass, run it again: nothing is lost, double or half done.

    The moments are drawn by `chance` and printed, each within the time that an undisturbed run takes.
    """
    store = folder / "killed.duckdb"
    ingest = ["ingest", *inputs(*clean.files)]
    _kill(lambda: _forget(store), store, ingest, clean.ingest_seconds, chance)
    _check_files_are_whole(store)
    done(store, *ingest)
    assert digests(store, *LOADED) == {name: clean.digests[name] for name in LOADED}
    again = shutil.copy(store, folder / "loaded.duckdb")
    _kill(lambda: _put_back(again, store), store, ["process"], clean.process_seconds, chance)
    _check_built_is_whole(store, clean)
    done(store, "process")
    assert digests(store) == clean.digests


def _kill(
    begin: Callable[[], None], store: Path, words: list[str], seconds: float, chance: random.Random
) -> None:
    """Kill a command at a random moment; one that had ended by then is begun anew, and killed sooner.

    Later moments are more likely: what is written is written towards the end.
    """
    moment = seconds * chance.random() ** 0.5
    begin()
    while not Command(store, *words).go().kill(moment):
        begin()
        moment *= 0.7
    sys.stdout.write(f"{words[0]} killed after {moment:.3f} s of {seconds:.3f} s\n")


def _forget(store: Path) -> None:
    shutil.rmtree(folder_of(store), ignore_errors=True)
    for path in store.parent.glob(f"{store.name}*"):
        path.unlink()


def _put_back(kept: Path, store: Path) -> None:
    _forget(store)
    shutil.copy(kept, store)


def _check_files_are_whole(store: Path) -> None:
    """Rows and watermarks move together, so that a reader between kill and second run sees whole files."""
    try:
        with DuckDBStore.open(store, read_only=True) as opened:
            [(n_marked,)] = opened.connection.execute(
                "SELECT coalesce(sum(n_stored), 0) FROM ingestion_watermarks"
            ).fetchall()
            assert opened.count("interactions") == n_marked
    except StoreError as error:
        if "run nba ingest" not in str(error):  # it was killed before it had made the tables
            raise


def _check_built_is_whole(store: Path, clean: Clean) -> None:
    """Between kill and second run a reader sees no conversations, or all."""
    names = ("threads", "turns", "conversations", "customer_profiles")
    found = digests(store, *names)
    none = all(digest.startswith("0-") for digest in found.values())
    assert none or found == {name: clean.digests[name] for name in names}


def contend(store: Path, *commands: list[str]) -> list[int]:
    """Let commands go at once; give the places of those that were refused, which must not be all."""
    ready = [Command(store, *words) for words in commands]
    for command in ready:
        command.go()
    ended = [command.end() for command in ready]
    for one in ended:
        assert one.code == 0 or (one.code == 1 and "in use by another process" in one.error), one.error
        assert "Traceback" not in one.error
    refused = [place for place, one in enumerate(ended) if one.code]
    assert len(refused) < len(commands)
    sys.stdout.write(f"{len(refused)} of {len(commands)} refused\n")
    return refused


def is_same_but_for_the_marks(store: Path, clean: Clean) -> bool:
    """Compare all but the watermarks: what a file brings that is new depends on what came before it."""
    marks = "ingestion_watermarks"
    return {**digests(store), marks: ""} == {**clean.digests, marks: ""}
