"""A loopback way to PostgreSQL that loses the answer to a COMMIT: the server has committed, nobody is told.

In: the server's port, and which commits to lose, counted from 1. Out: a port to connect to.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

PIECE = 1 << 16
COMMITTED = b"COMMIT\0"
"""How a server ends its answer to a COMMIT: the command that was done."""


class LosingProxy:
    """Passes everything on, but cuts a connection where the server confirms a commit that is to be lost."""

    def __init__(self, port: int, *lost: int) -> None:
        self._server = ("127.0.0.1", port)
        self._lost = set(lost)
        self._lock = threading.Lock()
        self.n_commits = 0
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._ear.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ear.close()

    def _listen(self) -> None:
        with suppress(OSError):  # the ear is closed
            while True:
                client, _ = self._ear.accept()
                server = socket.create_connection(self._server)
                for way in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):  # either end has gone
            while piece := source.recv(PIECE):
                if is_answer and COMMITTED in piece and self._is_to_be_lost():
                    break
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _is_to_be_lost(self) -> bool:
        with self._lock:
            self.n_commits += 1
            return self.n_commits in self._lost
