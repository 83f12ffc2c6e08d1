"""What PostgreSQL's errors mean to us: away for now, in use, or wrong for good.

In: errors of psycopg. Out: errors of ours that name the database and never a password.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from nbalib.errors import StoreAwayError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSING = ("08", "40", "53300", "57P0", "55P03", "57014")
"""SQLSTATEs that pass: lost connections, conflicts, too many connections, shutting down, waits cut short."""

REFUSED = ("password", "authentication", "does not exist", "no pg_hba.conf", "permission", "SSL")
"""What a server says, or libpq of it, that asking again would not change."""

FORBIDDEN = {"42501": "this user may not do that", "25006": "only reading is allowed there"}


@contextmanager
def told(name: str, secret: str = "") -> Iterator[None]:
    """Say of any error inside the block what it means for the database `name`; `secret` is not shown.

    Raises
    ------
    StoreAwayError
        It may work when tried again.
    StoreError
        It will not.
    """
    try:
        yield
    except psycopg.Error as error:
        said = f"{name}: {_without(str(error), secret)}"
        if _passes(error):
            raise StoreAwayError(said) from None
        raise StoreError(_forbidden(said, error.sqlstate)) from None


def _passes(error: psycopg.Error) -> bool:
    if error.sqlstate is not None:
        return error.sqlstate.startswith(PASSING)
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return not any(word in str(error) for word in REFUSED)


def _forbidden(said: str, sqlstate: str | None) -> str:
    reason = FORBIDDEN.get(sqlstate or "")
    return f"{said} ({reason})" if reason else said


def _without(said: str, secret: str) -> str:
    """Put an error into one line, without the password."""
    line = " ".join(said.split())
    return line.replace(secret, "***") if secret else line
