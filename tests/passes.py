"""Messages that arrive in any order, cut and repeated, with passes in between or not.

In: chance (Hypothesis). Out: `Arrival`s, and what a store holds that has seen one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from tweets import LOADED, Tweet, store_of, write_tweets

from nbalib.conversations.anywhere import process_anywhere
from nbalib.ingestion import ingest
from nbalib.params import Account, Accounts, Params
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.stores.contract import Store

STORED = (
    "interactions",
    "signals",
    "threads",
    "turns",
    "conversations",
    "customer_profiles",
    "known_accounts",
)

TEXTS = (
    "@Brand no signal",
    "@Brand thanks, it works now!",
    "@1001 @1002 please DM us your number ^AB",
    "@2002 any news?",
    "@1002 hi",
    "hello",
)


@st.composite
def talks(draw: st.DrawFn) -> list[Tweet]:
    """Draw up to fourteen tweets, some with one id and different contents."""
    n = draw(st.integers(2, 14))
    return [
        Tweet(
            draw(st.integers(1, 10)),
            draw(st.sampled_from(["1001", "1002", "2002", "Brand", "Other"])),
            draw(st.sampled_from(TEXTS)),
            float(draw(st.integers(0, 400))),
            draw(st.none() | st.integers(1, 12)),
        )
        for _ in range(n)
    ]


@dataclass(frozen=True)
class Arrival:
    """How a talk arrives: `loads` one after the other, each followed by a pass where `passes` says so.

    `is_listed`: before the last pass, an account of the talk is listed as a brand's.
    """

    talk: list[Tweet]
    loads: list[list[Tweet]]
    passes: list[bool]
    is_listed: bool


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    """Draw a talk that arrives shuffled, with some of it repeated, in up to five loads."""
    talk = draw(talks())
    repeated = draw(st.lists(st.sampled_from(talk), max_size=8))
    mixed = draw(st.permutations([*talk, *repeated]))
    cuts = draw(st.lists(st.integers(1, len(mixed) - 1), max_size=4))
    places = sorted({0, *cuts, len(mixed)})
    loads = [mixed[begin:end] for begin, end in pairwise(places)]
    passes = draw(st.lists(st.booleans(), min_size=len(loads), max_size=len(loads)))
    return Arrival(talk, loads, passes, draw(st.booleans()))


def digests(store: Store) -> dict[str, str]:
    """Name the contents of everything that is stored and built."""
    return {name: store.digest(name) for name in STORED}


def arrives_as_one_load(folder: Path, arrival: Arrival) -> bool:
    """Tell whether it ends as one load of the talk in its first order, and one pass."""
    with DuckDBStore.open(folder / "several.duckdb") as several:
        return arrives_in(several, folder, arrival)


def arrives_in(several: Store, folder: Path, arrival: Arrival) -> bool:
    """Tell whether it ends in the store `several` as one load, in DuckDB, of the talk, and one pass."""
    listed = Account(account="2002", brand="Brand")
    at_last = Params(accounts=Accounts(accounts=(listed,) if arrival.is_listed else ()))
    for number, (load, is_passed) in enumerate(zip(arrival.loads, arrival.passes, strict=True)):
        path = write_tweets(folder / f"{number}.csv", load)
        ingest(several, "twitter", [path], accounts=Params().accounts, now=LOADED)
        if is_passed:
            process_anywhere(several, Params(), now=LOADED)
    process_anywhere(several, at_last, now=LOADED)
    (folder / "once").mkdir()
    with store_of(folder / "once", arrival.talk, at_last) as once:
        return digests(several) == digests(once)
