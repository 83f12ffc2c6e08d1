"""Commands that move data: ingest, process, predict, export, synth."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nbalib.as_of import read_as_of
from nbalib.cli.common import (
    AsJson,
    AsOfText,
    Customers,
    Db,
    Engine,
    Progress,
    RulesFile,
    now,
    open_engine,
    open_store,
    show,
)
from nbalib.conversations.anywhere import process_anywhere
from nbalib.conversations.reading import Switches
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.engines.spark_engine import engine_of
from nbalib.errors import InputError, StoreError
from nbalib.ingestion import FileReport
from nbalib.ingestion import ingest as ingest_files
from nbalib.params import load_params
from nbalib.predictions.assemble import READ
from nbalib.predictions.assemble import predict as predict_all
from nbalib.predictions.export import limited, write
from nbalib.predictions.log import log_decisions
from nbalib.predictions.method import load_method
from nbalib.predictions.wording import LlmName, check_llm, with_llm
from nbalib.settings import Settings
from nbalib.sources.synthetic import write_synthetic
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.snapshots import publish
from nbalib.stores.working_copy import tables_here
from nbalib.tables import export_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbalib.stores.contract import Store

Inputs = Annotated[
    list[Path],
    typer.Option("--input", "--data_file", metavar="PATH…", help="File, folder or glob; may repeat."),
]


def ingest(
    inputs: Inputs,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[PATH…]", help="More of them.")] = None,
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Platform of the files.")
    ] = "twitter",
    db: Db = "duckdb",
    engine: Engine = "pandas",
    as_json: AsJson = False,
) -> None:
    """Read files of a platform into the store, exactly once."""
    cluster = open_engine(engine)
    params = load_params(Settings.from_environment().params_dir)
    tell = Progress()
    with open_store(db) as store:
        report = ingest_files(
            store,
            source,
            [*inputs, *(more or [])],
            accounts=params.accounts,
            now=now(),
            progress=lambda rows, done, total: tell("reading", rows, rows * total // max(done, 1)),
            cluster=cluster,
        )
    if as_json:
        show(report.as_dict(), as_json=True)
        return
    for file in report.files:
        typer.echo(_account(file))


def _account(file: FileReport) -> str:
    """Account for every row of a file in one line."""
    if file.is_known:
        return f"{file.file}: read before, nothing to do"
    parts = ("stored", "duplicate", "replaced", "rejected", "blank")
    counts = " + ".join(f"{part} {getattr(file, f'n_{part}'):,}" for part in parts)
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(file.rejected.items()))
    return f"{file.file}: read {file.n_read:,} = {counts}{f'; rejected for {reasons}' if reasons else ''}"


def process(
    db: Db = "duckdb",
    engine: Engine = "pandas",
    language: Annotated[bool, typer.Option(help="Find each message's language.")] = True,
    mood: Annotated[bool, typer.Option(help="Find each message's mood.")] = True,
    topics: Annotated[bool, typer.Option(help="Find each message's topic.")] = True,
    as_json: AsJson = False,
) -> None:
    """Rebuild conversations and customer profiles from what is stored, and publish them for the service."""
    engine_on = engine_of(open_engine(engine))
    params = load_params(Settings.from_environment().params_dir)
    switches = Switches(language=language, mood=mood, topics=topics)
    with open_store(db) as store:
        report = process_anywhere(
            store, params, now=now(), switches=switches, progress=Progress(), engine_on=engine_on
        )
        if isinstance(store, DuckDBStore):
            publish(store)
    show(asdict(report), as_json=as_json)


def predict(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the predictions.")] = Path(
        "outputs/predictions"
    ),
    db: Db = "duckdb",
    customers: Customers = None,
    as_of: AsOfText = "data",
    llm: Annotated[
        LlmName, typer.Option("--llm", help="Who writes the messages: templates, or a model.")
    ] = "none",
    rules: RulesFile = None,
    as_json: AsJson = False,
) -> None:
    """Decide the next best action of every conversation and write the predictions."""
    settings = Settings.from_environment()
    check_llm(llm, settings)
    method = load_method(settings.params_dir, rules, model=settings.model_path)
    clock = now()
    instant = read_as_of(as_of, clock)
    with open_store(db, read_only=True) as store, tables_here(store, READ) as here:
        predictions = predict_all(PandasEngine(here.connection), method, instant)
    if customers is not None:
        predictions = limited(predictions, customers)
    if llm != "none":
        with _open_log(db):
            pass  # before a model is asked for words that could not be kept
    predictions = with_llm(predictions, llm, settings, Progress())
    with _open_log(db) as store:
        log_decisions(store, predictions, clock)
    written = write(predictions, out)
    show({**asdict(written), "message_sources": predictions.counted("message_source")}, as_json=as_json)


@contextmanager
def _open_log(db: str) -> Iterator[Store]:
    """Open the store to log decisions in it, and say what for if it cannot be written."""
    try:
        with open_store(db) as store:
            yield store
    except StoreError as error:
        raise StoreError(f"decisions are logged before they are given out, and cannot be: {error}") from error


def export(
    table: Annotated[str, typer.Argument(help="Name of a table.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A .parquet or .csv file.")
    ] = None,
    digest: Annotated[bool, typer.Option("--digest", help="Print the digest of its contents.")] = False,
    db: Db = "duckdb",
) -> None:
    """Write one table to a file, or print its digest."""
    if (out is None) == (not digest):
        raise InputError("give either --out FILE or --digest")
    with open_store(db, read_only=True) as store:
        if out is None:
            typer.echo(f"{table} {store.digest(table)}")
            return
        typer.echo(f"{export_table(store, table, out):,} rows of {table} in {out}")


def synth(
    rows: Annotated[int, typer.Option("--rows", min=1, metavar="N", help="Rows to make.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.csv", help="File in the format of twcs.csv.")],
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Same seed, same file.")] = 1,
    truth: Annotated[
        Path | None, typer.Option("--truth", metavar="FILE.parquet", help="What is true of it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make conversations of several brands, with known truth."""
    report = write_synthetic(out, rows=rows, seed=seed, truth=truth)
    show(asdict(report), as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Add these commands, and the names that earlier users know them by."""
    for command in (ingest, process, predict, export, synth):
        app.command()(command)
    for name, command in (
        ("run_pipeline", ingest),
        ("process_nba_data", process),
        ("run_nba_predictions", predict),
    ):
        app.command(name, hidden=True)(command)
