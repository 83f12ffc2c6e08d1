"""What a client is told when there is no answer: never a path, a query, an address or a traceback.

In: an exception that a route ended in. Out: its answer. What the client is not told stands in the log; an
unforeseen error under a number that the client gets as well.
"""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any, cast

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from nbalib.errors import InputError, NotFoundError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

log = logging.getLogger(__name__)

MAX_NAME = 64
"""Characters of a field's name that are repeated to the client who made it up."""

RETRY_SECONDS = "2"


async def not_found(_request: Request, error: Exception) -> JSONResponse:
    """Say which customer or conversation is not known."""
    return JSONResponse({"detail": str(error)}, status_code=404)


async def bad_input(request: Request, error: Exception) -> JSONResponse:
    """Say what in a well-formed request cannot be answered; what lies at our own files is not told."""
    if type(error) is not InputError:
        return await unforeseen(request, error)
    return _bad([{"loc": ["body"], "msg": str(error), "type": "value_error"}])


async def bad_request(_request: Request, error: Exception) -> JSONResponse:
    """Say what is wrong and where, without repeating what was sent."""
    return _bad([_fault(fault) for fault in cast("RequestValidationError", error).errors()])


async def http_error(_request: Request, error: Exception) -> JSONResponse:
    """Answer what the framework refuses; a body that it cannot read is a bad request like any other."""
    refusal = cast("HTTPException", error)
    if refusal.status_code == 400:
        return _bad([{"loc": ["body"], "msg": "The body cannot be read as JSON", "type": "json_invalid"}])
    return JSONResponse({"detail": refusal.detail}, refusal.status_code, headers=refusal.headers)


async def store_away(_request: Request, error: Exception) -> JSONResponse:
    """Say that the store is away, and nothing of where it should be."""
    log.warning("the store is away: %s", error)
    return JSONResponse(
        {"detail": "The store is away; try again"}, status_code=503, headers={"retry-after": RETRY_SECONDS}
    )


async def unforeseen(request: Request, error: Exception) -> JSONResponse:
    """Log an error of ours under a number, and tell the number."""
    number = uuid.uuid4().hex[:12]
    log.error("error %s in %s %s", number, request.method, request.url.path, exc_info=error)
    return JSONResponse({"detail": f"Something went wrong; error {number}"}, status_code=500)


def _bad(faults: list[dict[str, Any]]) -> JSONResponse:
    return JSONResponse({"detail": faults}, status_code=422)


def _fault(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of pydantic's fault what holds nothing that the client sent, save a cut name of a field."""
    place = [part if isinstance(part, int) else _plain(part) for part in fault["loc"]]
    return {"loc": place, "msg": fault["msg"], "type": fault["type"]}


def _plain(name: str) -> str:
    return name[:MAX_NAME].encode("ascii", "backslashreplace").decode()


def answer_faults(app: FastAPI) -> None:
    """Let the application answer every error from here."""
    for kind, handler in (
        (NotFoundError, not_found),
        (InputError, bad_input),
        (RequestValidationError, bad_request),
        (HTTPException, http_error),
        (StoreError, store_away),
        (Exception, unforeseen),
    ):
        app.add_exception_handler(kind, handler)
