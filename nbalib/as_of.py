"""The instant of decision: everything is a function of what was known then.

In: a word or an ISO instant from the command line, a notebook or a request. Out: `AsOf`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from nbalib.errors import ParameterError

Kind = Literal["data", "last-message", "instant"]


@dataclass(frozen=True)
class AsOf:
    """One instant for all conversations, or each one's own.

    `data` is the latest stored interaction; `last-message` is each conversation's last message + 1 h;
    `instant` is `at`, UTC.
    """

    kind: Kind
    at: datetime | None = None


def read_as_of(text: str, now: datetime) -> AsOf:
    """Read ``data``, ``now``, ``last-message`` or an ISO 8601 instant; one without a zone is UTC.

    Raises
    ------
    ParameterError
        It is none of these.
    """
    if text in ("data", "last-message"):
        return AsOf("data" if text == "data" else "last-message")
    if text == "now":
        return AsOf("instant", now)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ParameterError(
            f"as_of is data, now, last-message or an ISO instant such as 2017-12-01T09:00Z, not {text!r}"
        ) from error
    return AsOf("instant", at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
