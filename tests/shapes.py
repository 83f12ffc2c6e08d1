"""Data of extreme shapes, and what must come of each: one account with all messages, one thread, one instant.

In: a shape's name and a number of messages. Out: a file in the format of twcs.csv, and the counts that
follow from how it was made. Run as a program it loads, processes and predicts, and prints what came out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tweets import LOADED, Tweet, write_tweets

from nbalib.as_of import AsOf
from nbalib.conversations.process import process
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.ingestion import ingest
from nbalib.predictions.assemble import predict
from nbalib.predictions.export import write
from nbalib.predictions.method import load_method
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARAMS = Path(__file__).resolve().parents[1] / "params"
PATIENCE = 1800.0
"""Seconds after which a shape counts as one that never ends."""
STEP = 1 / 3600  # hours between two messages: a million of them take twelve days
LONGEST = "SELECT coalesce(max(total_interactions), 0) FROM conversations"
IN_ORDER = """
SELECT count(*) FROM turns AS t
WHERE NOT t.is_opening AND t.turn <> (
    SELECT count(*) FROM turns AS o
    WHERE o.conversation_id = t.conversation_id
        AND CAST(split_part(o.interaction_id, ':', 2) AS BIGINT)
            < CAST(split_part(t.interaction_id, ':', 2) AS BIGINT)
)
"""
"""Turns that do not stand in the order of their ids; asked for where all messages have one instant."""


@dataclass(frozen=True)
class Shape:
    """What a shape of n messages (n a multiple of four) is made of, and what must be found in it.

    `found` has conversations, customers, threads, the messages of the longest conversation, and rows of the
    CSV file (one per customer and brand that is to be contacted; null: that is up to the rules).
    """

    tweets: Callable[[int], Iterator[Tweet]]
    found: Callable[[int], tuple[int, int, int, int, int | None]]


def customer(number: int) -> str:
    """Give the account of a customer."""
    return str(90_000_000 + number)


def one_account(n: int) -> Iterator[Tweet]:
    """Let one customer begin a thread with each message; the brand is known."""
    yield Tweet(1, "Brand", "Good morning!")
    for number in range(2, n + 1):
        yield Tweet(number, customer(1), f"@Brand no signal {number}", number * STEP)


def chain(n: int) -> Iterator[Tweet]:
    """Let a customer and an agent answer each other without end; the customer has the last word."""
    for number in range(1, n + 1):
        is_agent = (n - number) % 2
        author, text = (
            ("Brand", f"@{customer(1)} one moment") if is_agent else (customer(1), "@Brand still not")
        )
        yield Tweet(number, author, text, number * STEP, number - 1 or None)


def crowded_chain(n: int) -> Iterator[Tweet]:
    """Let every customer answer the one before, below a message of the brand."""
    yield Tweet(1, "Brand", "Good morning!")
    for number in range(2, n + 1):
        yield Tweet(number, customer(number), "@Brand mine too", number * STEP, number - 1)


def star(n: int) -> Iterator[Tweet]:
    """Let all customers answer the same message of the brand."""
    yield Tweet(1, "Brand", "New prices from Monday")
    for number in range(2, n + 1):
        yield Tweet(number, customer(number), "@Brand why does it not work?", number * STEP, 1)


def one_instant(n: int) -> Iterator[Tweet]:
    """Let conversations have four messages each, and all messages the same second."""
    for number in range(1, n + 1):
        place = (number - 1) % 4
        who = customer((number - 1) // 4)
        author, text = ("Brand", f"@{who} which one?") if place % 2 else (who, "@Brand no signal")
        yield Tweet(number, author, text, 0.0, number - 1 if place else None)


def orphans(n: int) -> Iterator[Tweet]:
    """Let each message answer another one that is not there; every second is an agent's."""
    for number in range(1, n + 1):
        who = customer((number - 1) // 2)
        author, text = ("Brand", f"@{who} which one?") if number % 2 == 0 else (who, "@Brand no signal")
        yield Tweet(number, author, text, number * STEP, 10**12 + number)


SHAPES = {
    "one account": Shape(one_account, lambda n: (n - 1, 1, n, 1, 1)),
    "chain": Shape(chain, lambda n: (1, 1, 1, n, 1)),
    "crowded chain": Shape(crowded_chain, lambda n: (n - 1, n - 1, 1, 1, None)),
    "star": Shape(star, lambda n: (n - 1, n - 1, 1, 1, None)),
    "one instant": Shape(one_instant, lambda n: (n // 4, n // 4, n // 4, 4, None)),
    "orphans": Shape(orphans, lambda n: (n, n // 2, n, 1, None)),
}


def weigh(name: str, n: int, folder: Path) -> dict[str, int]:
    """Load, process and predict; count what came out."""
    method = load_method(PARAMS)
    path = write_tweets(folder / "shape.csv", SHAPES[name].tweets(n))
    with DuckDBStore.open(folder / "nba.duckdb") as store:
        report = ingest(store, "twitter", [path], accounts=method.params.accounts, now=LOADED)
        passed = process(store, method.params, now=LOADED)
        engine = PandasEngine(store.connection)
        predictions = predict(engine, method, AsOf("last-message"))
        return {
            "n_stored": report.total("n_stored"),
            "n_read": passed.n_read,
            "n_conversations": passed.n_conversations,
            "n_customers": passed.n_customers,
            "n_threads": passed.n_threads,
            "n_longest": engine.one(LONGEST),
            "n_out_of_order": engine.one(IN_ORDER) if name == "one instant" else 0,
            "n_predicted": predictions.rows.num_rows,
            "n_csv": write(predictions, folder / "out").n_csv,
        }


def check(name: str, n: int, folder: Path) -> None:
    """Hold what comes of a shape, in a process of its own, against what must."""
    command = [sys.executable, __file__, name, str(n), str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert run.returncode == 0, run.stderr
    came = json.loads(run.stdout)
    n_conversations, n_customers, n_threads, n_longest, n_csv = SHAPES[name].found(n)
    assert came["n_stored"] == came["n_read"] == n
    assert came["n_predicted"] == came["n_conversations"] == n_conversations
    assert (came["n_customers"], came["n_threads"], came["n_longest"]) == (n_customers, n_threads, n_longest)
    assert came["n_out_of_order"] == 0
    assert came["n_csv"] == n_csv if n_csv is not None else came["n_csv"] <= n_customers


if __name__ == "__main__":
    _, shape, size, place = sys.argv
    sys.stdout.write(json.dumps(weigh(shape, int(size), Path(place))))
