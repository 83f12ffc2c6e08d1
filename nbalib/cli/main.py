"""Put the commands together, and turn errors into exit codes.

In: the command line. Out: an exit code.
"""

from __future__ import annotations

import os
import sys

import typer

from nbalib.cli import benching, data, looking, running, serving, watching
from nbalib.errors import NbaError

app = typer.Typer(
    name="nba",
    help="Next best actions for customer support.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (running, data, looking, watching, serving, benching):
    module.add_to(app)


def main() -> None:
    """Run one command and exit with its code."""
    try:
        app()
    except NbaError as error:
        typer.echo(f"nba: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does; nothing is left to say, nor to whom.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:  # a disk that is full, a folder that may not be written
        typer.echo(f"nba: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("nba: interrupted", err=True)
        sys.exit(130)
