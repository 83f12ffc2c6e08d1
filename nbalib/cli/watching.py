"""The command that watches whether the world has moved since the likelihood's model was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from nbalib.as_of import read_as_of
from nbalib.cli.common import AsJson, Db, RulesFile, now, open_store
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import ModelError
from nbalib.evaluation.drift import find_drift
from nbalib.predictions.method import load_method
from nbalib.settings import Settings
from nbalib.stores.working_copy import tables_here

READ = ("interactions", "turns", "decisions")


def drift(
    since: Annotated[str, typer.Option("--since", metavar="WHEN", help="ISO instant; the model's end.")] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="WHEN", help="ISO instant; the latest message.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for drift.json and drift.html.")
    ] = None,
    db: Db = "duckdb",
    rules: RulesFile = None,
    as_json: AsJson = False,
) -> None:
    """Compare a period with the data that the likelihood's model was made of."""
    # The machinery of pages takes a second to import, and no other command needs it.
    from nbalib.runs.drift_page import drift_sentences, write_drift

    settings = Settings.from_environment()
    method = load_method(settings.params_dir, rules, model=settings.model_path)
    if method.likelihood is None:
        raise ModelError(f"there is no model {settings.model_path}; notebook 40 trains one")
    clock = now()
    period = {name: read_as_of(text, clock).at for name, text in (("since", since), ("until", until)) if text}
    with open_store(db, read_only=True) as store, tables_here(store, READ) as here:
        engine = PandasEngine(here.connection)
        found = find_drift(engine, method.likelihood, method.rules, method.params, **period)
    page = None if out is None else write_drift(found, out)
    facts = found.as_dict()
    if as_json:
        typer.echo(json.dumps(facts, allow_nan=False))
        return
    typer.echo(
        f"{facts['verdict']}: after {facts['since']}, until {facts['until']}, {facts['n_rows']:,} rows"
    )
    for sentence in drift_sentences(facts):
        typer.echo(sentence)
    if page is not None:
        typer.echo(f"page: {page}")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(drift)
