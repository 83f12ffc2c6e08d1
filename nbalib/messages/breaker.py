"""When to stop calling a server that will not answer: an open breaker refuses at once, and says why.

In: how each call ended, and monotonic seconds. Out: the failure to report without a call, or None.
"""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE = 5
"""Calls in a row that may end without an answer."""

OUTAGE_SECONDS = 60.0
"""How long a server that does not answer is left alone."""

REFUSAL_SECONDS = 300.0
"""How long a server is left alone that refused every call alike: a wrong key, no such model, no credit."""


@dataclass
class Breaker:
    """Counts failures in a row; one more after the pause opens it again."""

    in_a_row: int = 0
    open_until: float = 0.0
    failure: str | None = None

    def refusal(self, now: float) -> str | None:
        """Name the failure that a call would end in, while the breaker is open."""
        return self.failure if now < self.open_until else None

    def answered(self) -> None:
        """Note that the server gave an answer, whatever it was worth."""
        self.in_a_row, self.failure = 0, None

    def failed(self, failure: str, now: float, *, for_all: bool) -> None:
        """Note a call without an answer; `for_all` marks one that every other call would share."""
        self.in_a_row += 1
        if for_all or self.in_a_row >= PATIENCE:
            self.failure = failure
            self.open_until = now + (REFUSAL_SECONDS if for_all else OUTAGE_SECONDS)
