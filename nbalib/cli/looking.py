"""Commands that look: show a customer, and say what is installed, reachable and configured."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nbalib.as_of import read_as_of
from nbalib.cli.common import AsJson, AsOfText, Db, now, open_store, show
from nbalib.doctor import examine
from nbalib.predictions.assemble import predict
from nbalib.predictions.likely import reasons_by_conversation
from nbalib.predictions.method import load_method
from nbalib.predictions.one_customer import customer_here, settled
from nbalib.predictions.pressing import by_pressure
from nbalib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN = (
    "resolution_status",
    "awaiting",
    "p_resolved",
    "likelihood_moved_by",
    "channel",
    "send_time",
    "issue_status",
    "message",
    "message_source",
    "reasoning",
    "decision_id",
)


def show_customer(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Id, with or without platform.")],
    db: Db = "duckdb",
    as_of: AsOfText = "data",
    as_json: AsJson = False,
) -> None:
    """Show a customer's conversations, each with its decision and trace, most pressing first."""
    settings = Settings.from_environment()
    method = load_method(settings.params_dir, model=settings.model_path)
    with open_store(db, read_only=True) as store, customer_here(store, customer) as (customer_id, engine):
        instant = settled(store, read_as_of(as_of, now()))
        predictions = predict(engine, method, instant, [customer_id])
        moved_by = reasons_by_conversation(engine, predictions.rows, method.likelihood)
    order = by_pressure(predictions.rows, method.rules)
    rows = predictions.rows.take(order).to_pylist()
    for row in rows:
        row["likelihood_moved_by"] = moved_by.get(row["conversation_id"])
    if as_json:
        typer.echo(json.dumps(rows, default=str))
        return
    typer.echo(f"{customer_id}: {len(rows)} conversations known")
    for row in rows:
        _show_conversation(row)


def _show_conversation(row: Mapping[str, Any]) -> None:
    """Say one conversation, its decision and its trace."""
    typer.echo(f"\n{row['conversation_id']}  {row['brand_account_id'] or 'no brand'}  as of {row['as_of']}")
    for line in row["chat_log"].splitlines():
        typer.echo(textwrap.fill(line, 100, initial_indent="  ", subsequent_indent="      "))
    for name in SHOWN:
        if row[name] is not None and row[name] != "":
            label = f"  {name.replace('_', ' '):<18} "
            typer.echo(textwrap.fill(str(row[name]), 100, initial_indent=label, subsequent_indent=" " * 21))
    typer.echo("  trace")
    typer.echo(textwrap.indent(json.dumps(json.loads(row["trace"]), indent=2), "    "))


def doctor(as_json: AsJson = False) -> None:
    """Say what is installed, reachable and configured; exit 1 when something needed is not."""
    findings = examine(Settings.from_environment())
    if as_json:
        typer.echo(json.dumps([finding._asdict() for finding in findings]))
    else:
        show({f"{finding.name} [{finding.state}]": finding.detail for finding in findings}, as_json=False)
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(name="show")(show_customer)
    app.command()(doctor)
