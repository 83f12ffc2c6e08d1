"""Made tweets for tests: written as the public file has them, then ingested and processed for real.

In: tweets in a few words. Out: a CSV file, or an open store with everything computed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nbalib.conversations.process import process
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

HEADER = (
    "tweet_id",
    "author_id",
    "inbound",
    "created_at",
    "text",
    "response_tweet_id",
    "in_response_to_tweet_id",
)
NOON = datetime(2017, 11, 1, 12, tzinfo=UTC)
LOADED = datetime(2018, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Tweet:
    """One tweet; `hours` after noon of 1 November 2017, a Wednesday. Named authors are agents."""

    id: int
    author: str
    text: str
    hours: float = 0.0
    answers: int | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the file."""
        at = NOON + timedelta(hours=self.hours)
        return (
            str(self.id),
            self.author,
            str(self.author.isdigit()),
            at.strftime("%a %b %d %H:%M:%S +0000 %Y"),
            self.text,
            "",
            "" if self.answers is None else str(self.answers),
        )


def write_tweets(path: Path, tweets: Iterable[Tweet]) -> Path:
    """Write a file in the format of twcs.csv."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(tweet.cells for tweet in tweets)
    return path


def store_of(
    folder: Path, tweets: Sequence[Tweet], params: Params | None = None, files: int = 1
) -> DuckDBStore:
    """Ingest the tweets, in as many `files` one after the other, and process them; the store stays open."""
    params = params or Params()
    store = DuckDBStore.open(folder / "nba.duckdb")
    for part in range(files):
        path = write_tweets(folder / f"part{part}.csv", tweets[part::files])
        ingest(store, "twitter", [path], accounts=params.accounts, now=LOADED)
    process(store, params, now=LOADED)
    return store
