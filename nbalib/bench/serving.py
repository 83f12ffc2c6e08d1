"""How fast the service answers: `nba serve` itself, in its own process, against a route that does nothing.

In: how to measure, and material. Out: one line; its `seconds` are those of 1,000 requests at the pace of a
run, which ends after `MOST_REQUESTS` or `LONGEST_SECONDS`, whichever comes first.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from nbalib.bench.asking import Asked, ask
from nbalib.bench.jobs import Measured
from nbalib.bench.lines import Line, load_now
from nbalib.bench.resident import peak_mb
from nbalib.errors import MissingPackageError, NbaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbalib.bench.material import Material
    from nbalib.bench.rounds import Bench

TOLD_REQUESTS = 1000
MOST_REQUESTS, LONGEST_SECONDS = 3000, 10.0
N_FIRST = 20
"""Requests before those that are measured: the first ones load what all need."""
CONNECTIONS = 8
START_SECONDS, STOP_SECONDS = 120.0, 30.0
LOOK_SECONDS = 0.05
PATH = "/predict_nba"
ADDRESS = re.compile(r"running on (http://\S+)")
CUSTOMERS = "SELECT customer_id FROM customer_profiles ORDER BY hash(customer_id) LIMIT ?"

SERVERS = {
    "serve": ("nbalib", "serve", "--port", "0"),
    "bare route": ("nbalib.bench.bare_service",),
}


class Served(NamedTuple):
    """One run: as every other, and how long answers took."""

    run: Measured
    asked: Asked


def can_serve() -> bool:
    """Tell whether the packages of the service are installed."""
    return all(find_spec(package) for package in ("fastapi", "uvicorn"))


def serve(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure answers over HTTP on loopback, with templates, from several connections at once."""
    if not can_serve():
        raise MissingPackageError("uvicorn", "service")
    store, load = material.processed(bench.rows), load_now()
    bodies = _bodies(store)
    taken: dict[str, list[Served]] = {name: [] for name in SERVERS}
    for place in range(1, bench.rounds + 1):
        for name, words in SERVERS.items():
            served = _measured(words, store, bodies, bench.scratch)
            taken[name].append(served)
            bench.tell(f"{name}, round {place} of {bench.rounds}: {served.run.seconds:.3f} s")
    ours, bare = taken.values()
    yield Line(
        "serve",
        bench.rows,
        [served.run for served in ours],
        [served.run for served in bare],
        "a FastAPI route with a body in and out, under the same uvicorn",
        load,
        "requests",
        facts={"connections": CONNECTIONS, **_latencies("", ours), **_latencies("baseline_", bare)},
    )


def _latencies(prefix: str, runs: Sequence[Served]) -> dict[str, float]:
    """Give how many requests were answered, and percentiles in milliseconds: medians over the runs."""
    found: dict[str, float] = {f"{prefix}requests": sum(len(served.asked.latencies) for served in runs)}
    for share in (50, 99):
        of_runs = [served.asked.quantile(share / 100) for served in runs]
        found[f"{prefix}p{share}_ms"] = round(median(of_runs) * 1000, 3)
    return found


def _bodies(store: Path) -> list[bytes]:
    """Write the requests: each for another customer, as long as there are."""
    with duckdb.connect(str(store), read_only=True) as connection:
        found = connection.execute(CUSTOMERS, [MOST_REQUESTS]).fetchall()
    wanted = [found[place % len(found)][0] for place in range(MOST_REQUESTS)]
    return [json.dumps({"customer_id": one, "as_of": "last-message"}).encode() for one in wanted]


def _measured(words: Sequence[str], store: Path, bodies: Sequence[bytes], scratch: Path) -> Served:
    """Start a server, ask it everything, and stop it."""
    with TemporaryDirectory(dir=scratch) as folder, _server(words, store, Path(folder)) as (process, url):
        ask(url, PATH, bodies[:N_FIRST], connections=CONNECTIONS)
        asked = ask(url, PATH, bodies, connections=CONNECTIONS, longest_seconds=LONGEST_SECONDS)
        seconds = asked.seconds / len(asked.latencies) * TOLD_REQUESTS
        return Served(Measured(seconds, peak_mb(process.pid), TOLD_REQUESTS), asked)


@contextmanager
def _server(words: Sequence[str], store: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run a server in a process of its own; give it and its address."""
    log = folder / "log.txt"
    with (
        log.open("wb") as out,
        subprocess.Popen(  # noqa: S603  our own modules
            [sys.executable, "-m", *words],
            env={**os.environ, "NBA_DUCKDB_PATH": str(store)},
            stdout=out,
            stderr=out,
        ) as process,
    ):
        try:
            yield process, _address(process, log)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the server says where it listens."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        said = log.read_text(encoding="utf-8")
        if found := ADDRESS.search(said):
            return found[1]
        if process.poll() is not None:
            raise NbaError(f"the server ended: {said.strip().splitlines()[-1:]}")
        time.sleep(LOOK_SECONDS)
    raise NbaError(f"the server is not up after {START_SECONDS:.0f} s")
