"""The command that runs notebooks."""

from __future__ import annotations

from typing import Annotated

import typer

from nbalib.cli.common import now
from nbalib.errors import InputError
from nbalib.settings import Settings

Passed = Annotated[
    list[str] | None, typer.Option("-p", metavar="name=value", help="A parameter; may repeat.")
]


def run(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="demo, local, …: a folder of params/.")],
    notebooks: Annotated[list[str] | None, typer.Argument(metavar="[NOTEBOOK…]", help="Only these.")] = None,
    parameters: Passed = None,
) -> None:
    """Run a profile's notebooks into outputs/<run_id>/."""
    # Notebook machinery takes seconds to import, and no other command needs it.
    from nbalib.runs.profile import run_profile

    result = run_profile(
        profile,
        notebooks or [],
        dict(_pair(text) for text in parameters or []),
        Settings.from_environment(),
        now=now(),
        progress=lambda line: typer.echo(line, err=True),
    )
    typer.echo(f"{len(result.notebooks)} notebooks in {result.seconds:.0f} s")
    typer.echo(f"results: {result.folder}")
    typer.echo(f"begin with: {result.index}")


def _pair(text: str) -> tuple[str, str]:
    """Read ``name=value``."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InputError(f"-p takes name=value, not {text!r}")
    return name, value


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)
