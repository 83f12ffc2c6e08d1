"""Bounds on what a client may send: how much, and how slowly.

In: an ASGI application. Out: one that sees a request only once its body has come whole, in bytes and seconds
within the bounds; other requests are answered 413 or 408 and their connection is closed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 65_536
BODY_SECONDS = 10.0


class WholeBody:
    """Middleware that takes in the body before anything else runs."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES, seconds: float = BODY_SECONDS) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.seconds):
                body = await self._read(receive)
        except TimeoutError:
            await _refuse(408, "The body did not come in time", scope, receive, send)
            return
        if body is None:
            await _refuse(413, f"The body is over {self.max_bytes} bytes", scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_whole() -> Message:
            return whole.pop() if whole else await receive()

        await self.app(scope, receive_whole, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Read the body; None if it is too long."""
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self.max_bytes:
                return None
            if not message.get("more_body", False):  # the end, or the client has gone
                return bytes(body)


async def _refuse(status: int, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
    answer = JSONResponse({"detail": detail}, status_code=status, headers={"connection": "close"})
    await answer(scope, receive, send)
