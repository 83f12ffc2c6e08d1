"""The command that measures."""

from __future__ import annotations

import json
import signal
import sys
from typing import Annotated

import typer

from nbalib.bench.rounds import Bench
from nbalib.bench.suite import What, measure, scratch_in
from nbalib.cli.common import STORES, Db, now
from nbalib.errors import InputError, nearest
from nbalib.settings import Settings

FOLDER = "bench"
SEED = 1


def bench(
    what: Annotated[
        What,
        typer.Argument(metavar="PART", help="ingest, process, predict, serve, likelihood, spark or all."),
    ],
    rows: Annotated[
        int, typer.Option("--rows", min=100, metavar="N", help="Rows of the synthetic file.")
    ] = 200_000,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, metavar="R", help="Runs of each step; medians are told.")
    ] = 3,
    memory: Annotated[
        bool, typer.Option("--memory", help="Also measure how memory grows, and draw it over time.")
    ] = False,
    db: Db = "duckdb",
) -> None:
    """Measure steps against bare baselines, in turn on this machine; JSON lines on stdout."""
    if db not in STORES:
        raise InputError(f"there is no store {db!r}{nearest(db, STORES)}")
    # Stopped from outside, the command still ends what it started and removes what it made.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    settings = Settings.from_environment()
    cache = settings.outputs_dir / FOLDER
    with scratch_in(cache) as scratch:
        how = Bench(rows, rounds, SEED, settings.params_dir.resolve(), cache, scratch, now(), _tell)
        for line in measure(what, how, memory=memory, db=db):
            typer.echo(json.dumps(line.as_dict()))


def _tell(text: str) -> None:
    typer.echo(text, err=True)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(bench)
