"""The command `nba`: results on stdout, progress on stderr; exit 0 done, 2 bad usage or input, 1 failure."""

from nbalib.cli.main import main

__all__ = ["main"]
