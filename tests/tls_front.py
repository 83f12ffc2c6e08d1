"""A loopback front that speaks TLS for a PostgreSQL which was built without it, as Supabase's does.

In: the server's port. Out: a port that refuses whoever does not ask for TLS first.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

TLS_PLEASE = (80877103).to_bytes(4, "big")
GSS_PLEASE = (80877104).to_bytes(4, "big")
PIECE = 1 << 16


class TlsFront:
    """Passes on what comes encrypted, and nothing else; a context manager that ends what is open."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with TemporaryDirectory() as folder:
            key, certificate = Path(folder) / "key", Path(folder) / "crt"
            words = ["-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
            command = ["openssl", "req", "-new", "-x509", "-nodes", "-days", "2", *words]
            subprocess.run(command, capture_output=True, check=True)
            self._tls.load_cert_chain(certificate, key)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        opening = asyncio.start_server(self._greet, "127.0.0.1", 0)
        self._ear = asyncio.run_coroutine_threadsafe(opening, self._loop).result()
        self.port = self._ear.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._ear.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # an end has gone
            asked = (await reader.readexactly(8))[4:]
            if asked == GSS_PLEASE:
                writer.write(b"N")
                asked = (await reader.readexactly(8))[4:]
            if asked == TLS_PLEASE:
                writer.write(b"S")
                await writer.start_tls(self._tls)
                there = await asyncio.open_connection("127.0.0.1", self._server)
                await asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()
