"""Only what is touched is built again, and the result is as if everything had been."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from passes import Arrival, arrivals, arrives_as_one_load
from tweets import LOADED, Tweet, store_of, write_tweets

from nbalib.conversations.process import process
from nbalib.conversations.reading import Switches
from nbalib.ingestion import ingest
from nbalib.params import Params, Policy

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.stores.duckdb_store import DuckDBStore


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrival=arrivals())
def test_passes_in_between_do_not_matter(arrival: Arrival, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Rows in any order, some repeated, in several loads, a pass after some, end as one load and one pass.

    Late parents, edits, circles, accounts that answer for the first time and an account that is listed in
    the end are all drawn. The long version is in `stress/`.
    """
    assert arrives_as_one_load(tmp_path_factory.mktemp("passes"), arrival)


def passed(store: DuckDBStore, params: Params | None = None, **switches: bool) -> dict[str, Any]:
    """Process and give the facts of the pass."""
    report = process(store, params or Params(), now=LOADED, switches=Switches(**switches))
    return {"read": report.n_read, "placed": report.n_placed}


def test_a_pass_builds_what_is_touched_and_no_more(tmp_path: Path) -> None:
    """A new reply rebuilds its own thread; a pass without news builds nothing; a new method builds all."""
    talk = [Tweet(n, f"1{n:03}", "@Brand no signal", n) for n in range(1, 101)]
    with store_of(tmp_path, talk) as store:
        assert passed(store) == {"read": 0, "placed": 0}
        reply = write_tweets(tmp_path / "late.csv", [Tweet(200, "Brand", "@1007 Please DM us ^AB", 300, 7)])
        ingest(store, "twitter", [reply], accounts=Params().accounts, now=LOADED)
        # The account answers for the first time, so everybody who named it is looked at again.
        assert passed(store) == {"read": 1, "placed": 101}
        second = write_tweets(tmp_path / "later.csv", [Tweet(201, "Brand", "@1009 Please DM us ^AB", 301, 9)])
        ingest(store, "twitter", [second], accounts=Params().accounts, now=LOADED)
        assert passed(store) == {"read": 1, "placed": 2}
        assert passed(store, Params(policy=Policy(clock_restart_days=7))) == {"read": 0, "placed": 102}
        assert passed(store, mood=False) == {"read": 102, "placed": 102}


@pytest.mark.parametrize(
    ("talk", "late"),
    [
        (
            [
                Tweet(1, "1001", "@Brand no signal", 10, 5),
                Tweet(4, "1002", "@Brand hello", 11, 5),
                Tweet(5, "Brand", "@1001 hi ^AB", 99, 3),
            ],
            Tweet(8, "1003", "@Brand me too", 12, 4),
        ),
        (
            [
                Tweet(1, "1001", "@Brand one", 1, 3),
                Tweet(2, "1002", "@Brand two", 1, 1),
                Tweet(3, "1003", "@Brand three", 1, 2),
            ],
            Tweet(8, "1004", "@Brand four", 12, 1),
        ),
    ],
    ids=["answers to what is dated later", "a circle of three"],
)
def test_what_was_judged_by_another_thread_stays_so(talk: list[Tweet], late: Tweet, tmp_path: Path) -> None:
    """A late reply has its own thread built again, and those by which messages in it are what they are."""
    (tmp_path / "once").mkdir()
    with store_of(tmp_path, talk) as store, store_of(tmp_path / "once", [*talk, late]) as once:
        late_file = write_tweets(tmp_path / "late.csv", [late])
        ingest(store, "twitter", [late_file], accounts=Params().accounts, now=LOADED)
        process(store, Params(), now=LOADED)
        assert store.digest("threads") == once.digest("threads")
        assert store.digest("turns") == once.digest("turns")


def test_a_killed_pass_is_made_up_for(tmp_path: Path) -> None:
    """Messages that were read but not placed when a pass died are placed by the next."""
    talk = [Tweet(n, f"1{n:03}", "@Brand no signal", n) for n in range(1, 11)]
    with store_of(tmp_path, talk) as store:
        late = write_tweets(tmp_path / "late.csv", [Tweet(50, "1050", "@Brand same here", 20, 3)])
        ingest(store, "twitter", [late], accounts=Params().accounts, now=LOADED)
        with pytest.raises(RuntimeError, match="power"):
            process(store, Params(), now=LOADED, progress=_die_while_building)
        assert store.count("touched") == 1
        assert passed(store) == {"read": 0, "placed": 2}
        [facts] = [
            json.loads(run["facts"])
            for run in store.read("pipeline_runs").to_pylist()
            if run["step"] == "process" and json.loads(run["facts"]).get("n_placed") == 2
        ]
        assert facts["n_conversations"] == 11


def _die_while_building(step: str, _done: int, _total: int) -> None:
    if step == "building threads":
        raise RuntimeError("power cut")
