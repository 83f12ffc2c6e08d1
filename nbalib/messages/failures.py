"""How a call to a language model can fail, and what follows from it: try again, give up, or stop calling.

In: an exception of the `openai` package. Out: a `Failure` with one of the names below.
The server's own words are never passed on: they may quote a key or a customer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import openai
import pydantic

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Failure:
    """One failed call.

    `passes` says that the same call may work later, `for_all` that every other call would fail alike;
    `retry_after` is what the server asks to wait, in seconds. `is_answer` marks an answer that is of no use:
    the server itself is well.
    """

    name: str
    passes: bool = False
    for_all: bool = False
    is_answer: bool = False
    retry_after: float | None = None


TIMEOUT = Failure("llm_timeout", passes=True)
UNAVAILABLE = Failure("llm_unavailable", passes=True)
AUTH = Failure("llm_auth", for_all=True)
NOT_FOUND = Failure("llm_not_found", for_all=True)
QUOTA = Failure("llm_quota", for_all=True)
REJECTED = Failure("llm_rejected")
LENGTH = Failure("llm_length", is_answer=True)
CONTENT_FILTER = Failure("llm_content_filter", is_answer=True)
REFUSAL = Failure("llm_refusal", is_answer=True)
EMPTY = Failure("llm_empty", is_answer=True)
INVALID = Failure("llm_invalid", is_answer=True)

# The package checks little of a server's answer: a wrong shape ends in any of the last five.
EXPECTED = (
    openai.OpenAIError,
    pydantic.ValidationError,
    TimeoutError,
    RecursionError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)
"""What a call may raise; anything else is a fault of ours."""


def failure_of(error: BaseException) -> Failure:
    """Name what went wrong with a call that raised one of `EXPECTED`."""
    if isinstance(error, openai.APIStatusError):
        return _failure_of_status(error)
    for kind, failure in (
        (openai.APITimeoutError, TIMEOUT),
        (TimeoutError, TIMEOUT),
        (openai.LengthFinishReasonError, LENGTH),
        (openai.ContentFilterFinishReasonError, CONTENT_FILTER),
        (openai.APIConnectionError, UNAVAILABLE),
    ):
        if isinstance(error, kind):
            return failure
    return INVALID


def _failure_of_status(error: openai.APIStatusError) -> Failure:
    """Name a failure by the status, and where the status is not enough by the error's code."""
    status, code = error.status_code, str(error.code or "")
    if code == "content_filter":
        return CONTENT_FILTER
    if status in (401, 403):
        return AUTH
    if status == 404:
        return NOT_FOUND
    if status == 429:
        if code == "insufficient_quota":
            return QUOTA
        return Failure("llm_rate_limit", passes=True, retry_after=retry_after(error.response.headers))
    if status in (408, 409) or status >= 500:
        return Failure("llm_unavailable", passes=True, retry_after=retry_after(error.response.headers))
    return REJECTED


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read how many seconds a server asks to wait; None where it does not say so.

    A date is counted from the server's own `Date`, so that no clock of ours is needed.
    """
    asked = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    for text, unit in zip(asked, (0.001, 1.0), strict=True):
        try:
            seconds = float(text) * unit
        except ValueError:
            continue
        return max(seconds, 0.0) if math.isfinite(seconds) else None
    try:
        until, sent = parsedate_to_datetime(asked[1]), parsedate_to_datetime(headers.get("date", ""))
        return max((until - sent).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
