"""What the commands share: options, the clock, the stores, and how results are shown.

This is the edge: the only place of the library that reads the wall clock.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nbalib.engines.choice import ENGINES, cluster_for
from nbalib.settings import Settings
from nbalib.stores import opening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbalib.engines.spark_session import Cluster
    from nbalib.stores.contract import Store

STORES = tuple(opening.OPENERS)
PROGRESS_SECONDS = 1.0

Db = Annotated[str, typer.Option("--db", metavar="DB", help=f"Store: {', '.join(STORES)}.")]
Engine = Annotated[
    str, typer.Option("--engine", metavar="E", envvar="DATA_ENGINE", help=f"Engine: {', '.join(ENGINES)}.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Say the result as JSON.")]
Customers = Annotated[
    int | None, typer.Option("--customers", min=1, metavar="N", help="Only the N most pressing customers.")
]
AsOfText = Annotated[
    str, typer.Option("--as-of", metavar="WHEN", help="data, now, last-message, or an ISO instant.")
]
RulesFile = Annotated[Path | None, typer.Option("--rules", metavar="FILE", help="Another rules file.")]


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def open_store(db: str, *, read_only: bool = False) -> Store:
    """Open the store that `--db` names; see `stores/opening.py`."""
    return opening.open_store(Settings.from_environment(), db, read_only=read_only)


def open_engine(engine: str) -> Cluster | None:
    """Give the Spark that `--engine` asks for; see `engines/choice.py`."""
    return cluster_for(engine, Settings.from_environment().spark)


def show(facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Say the facts of a result, a line each, or as JSON."""
    if as_json:
        typer.echo(json.dumps(facts, default=str))
        return
    named = {name.removeprefix("n_").replace("_", " "): value for name, value in facts.items()}
    width = max((len(name) for name in named), default=0)
    for name, value in named.items():
        typer.echo(f"{name:<{width}}  {_said(value)}")


def _said(value: Any) -> str:
    """Say a value: whole numbers with separators, groups as name and value."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(part)}" for name, part in value.items()) or "none"
    if isinstance(value, list | tuple):
        return "; ".join(_said(part) for part in value)
    return str(value)


class Progress:
    """Tells on stderr how far a step is, at most once a second, and nothing of a short one."""

    def __init__(self) -> None:
        self.step = ""
        self.begun = self.said = time.monotonic()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Tell that `done` of `total` rows are done in `step`; a total of 0 is unknown."""
        at = time.monotonic()
        if step != self.step:
            self.step, self.begun, self.said = step, at, at
        if at - self.said < PROGRESS_SECONDS:
            return
        self.said = at
        rate = done / (at - self.begun)
        left = f", {(total - done) / rate:,.0f} s left" if total > done > 0 else ""
        of = f"{done:,} of {total:,} rows, {rate:,.0f}/s{left}" if total else f"{done:,} rows, {rate:,.0f}/s"
        typer.echo(f"{step}: {of}", err=True)
        sys.stderr.flush()
