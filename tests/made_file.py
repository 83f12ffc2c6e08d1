"""A made file read back: rows, threads and conversations, found without any code of the maker.

In: rows and a seed. Out: `Made`. Membership is walked message by message, as slowly and plainly as the
words of the design say it, so that it can be trusted to judge the maker's truth.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from nbalib.sources.synthetic import SYNTHETIC_ACCOUNTS, SynthReport, write_synthetic

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Made:
    """A made file, read back without any code of the maker."""

    path: Path
    report: SynthReport
    rows: list[dict[str, str]]
    truth: list[dict[str, Any]]

    @cached_property
    def tweets(self) -> dict[str, dict[str, str]]:
        """Give the rows by id, the first one of each."""
        found: dict[str, dict[str, str]] = {}
        for row in self.rows:
            found.setdefault(row["tweet_id"], row)
        return found

    @cached_property
    def threads(self) -> dict[str, list[dict[str, str]]]:
        """Give the messages by their root's id, in the order of time."""
        found = defaultdict(list)
        for row in self.tweets.values():
            found[root_of(row, self.tweets)].append(row)
        return {root: sorted(rows, key=lambda row: written_at(row)) for root, rows in found.items()}

    @cached_property
    def conversations(self) -> dict[str, list[dict[str, str]]]:
        """Give the counted messages by conversation, by root and customer."""
        found = defaultdict(list)
        for row in self.tweets.values():
            for customer in customers_of(row, self.tweets):
                found[f"twitter:{root_of(row, self.tweets)}:{customer}"].append(row)
        return {name: sorted(rows, key=lambda row: written_at(row)) for name, rows in found.items()}

    @cached_property
    def agents(self) -> list[dict[str, str]]:
        """Give what agents wrote."""
        return [row for row in self.tweets.values() if is_agent(row)]

    @cached_property
    def customers(self) -> list[dict[str, str]]:
        """Give what customers wrote."""
        return [row for row in self.tweets.values() if not is_agent(row)]


def is_agent(row: dict[str, str]) -> bool:
    """Tell whether an account of a brand wrote it."""
    return row["author_id"] in SYNTHETIC_ACCOUNTS


def written_at(row: dict[str, str]) -> datetime:
    """Read the instant."""
    return datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y")


def root_of(row: dict[str, str], tweets: dict[str, dict[str, str]]) -> str:
    """Walk up to the highest known message, or to the absent one that it answers."""
    while (parent := row["in_response_to_tweet_id"]) in tweets:
        row = tweets[parent]
    return parent or row["tweet_id"]


def customers_of(row: dict[str, str], tweets: dict[str, dict[str, str]]) -> list[str]:
    """Tell whose conversations a message belongs to: the nearest customer's, or the addressed ones'."""
    if not is_agent(row):
        return [row["author_id"]]
    above = row
    while above["in_response_to_tweet_id"] in tweets:
        above = tweets[above["in_response_to_tweet_id"]]
        if not is_agent(above):
            return [above["author_id"]]
    leading = re.match(r"(?:@\w+ )*", row["text"])
    named = re.findall(r"@(\w+)", leading.group(0) if leading else "")
    return [name for name in named if name not in SYNTHETIC_ACCOUNTS]


def make(folder: Path, rows: int, seed: int) -> Made:
    """Make a file and read it back."""
    out, truth = folder / f"made_{rows}_{seed}.csv", folder / f"truth_{rows}_{seed}.parquet"
    report = write_synthetic(out, rows=rows, seed=seed, truth=truth)
    with out.open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    return Made(out, report, read, pq.read_table(truth).to_pylist())
