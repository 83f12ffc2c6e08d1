"""The command that serves decisions."""

from __future__ import annotations

from typing import Annotated

import typer

from nbalib.cli.common import Db
from nbalib.errors import MissingPackageError
from nbalib.settings import Settings


def serve(
    db: Db = "duckdb",
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 8080,
    workers: Annotated[int, typer.Option("--workers", min=1, metavar="N", help="Processes.")] = 1,
) -> None:
    """Serve decisions over HTTP."""
    try:
        from service.server import serve as serve_all  # only this command needs the extra
    except ModuleNotFoundError as error:
        raise MissingPackageError(error.name or "fastapi", "service") from error
    serve_all(Settings.from_environment(), db=db, host=host, port=port, workers=workers)


def add_to(app: typer.Typer) -> None:
    """Add the command, and the name that earlier users know it by."""
    app.command()(serve)
    app.command("run_nba_api", hidden=True)(serve)
