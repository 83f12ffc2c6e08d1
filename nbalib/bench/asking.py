"""Ask an HTTP service many things, over a fixed number of connections that are kept open.

In: an address and bodies of requests. Out: how long all of it took, and each answer. It speaks just enough
HTTP to do so: a client of more comfort would take a good part of the cores that the service is to have.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nbalib.errors import NbaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ANSWER_SECONDS = 60.0
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
SHOWN_BYTES = 200


@dataclass(frozen=True)
class Asked:
    """Seconds from the first question to the last answer, and from each question to its answer."""

    seconds: float
    latencies: Sequence[float]

    def quantile(self, share: float) -> float:
        """Give the latency that `share` of the answers kept to, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def ask(
    url: str, path: str, bodies: Sequence[bytes], *, connections: int, longest_seconds: float = math.inf
) -> Asked:
    """POST `bodies` to `path`, each connection asking as soon as it has its answer.

    Parameters
    ----------
    longest_seconds : float
        After this long nothing more is asked, and what is under way is waited for.

    Raises
    ------
    NbaError
        An answer is not 200, or does not come.
    """
    try:
        return asyncio.run(_ask(url, path, bodies, connections, longest_seconds))
    except (OSError, EOFError, TimeoutError) as error:
        raise NbaError(f"no answer from {url}{path}: {type(error).__name__} {error}") from error


async def _ask(url: str, path: str, bodies: Sequence[bytes], connections: int, longest: float) -> Asked:
    latencies = list[float]()
    begun = time.perf_counter()
    left = takewhile(lambda _body: time.perf_counter() - begun < longest, bodies)
    await asyncio.gather(*(_converse(url, path, left, latencies) for _ in range(connections)))
    return Asked(time.perf_counter() - begun, latencies)


async def _converse(url: str, path: str, left: Iterator[bytes], latencies: list[float]) -> None:
    """Ask over one connection until nothing is left to ask."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        for body in left:
            begun = time.perf_counter()
            writer.write(_request(address.netloc, path, body))
            await asyncio.wait_for(_answered(reader), ANSWER_SECONDS)
            latencies.append(time.perf_counter() - begun)
    finally:
        writer.close()


def _request(host: str, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answered(reader: asyncio.StreamReader) -> None:
    """Read one answer to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    body = await reader.readexactly(int(length[1])) if length else b""
    status = head.split(b" ", 2)[1]
    if status != b"200":
        said = body[:SHOWN_BYTES].decode(errors="replace")
        raise NbaError(f"the service answered {status.decode()}: {said}")
