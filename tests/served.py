"""The service, started for real in a test: on a free port of loopback, in this process or in one of its own.

In: settings, or the words of the command. Out: an HTTP client, or the process and its address.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

from service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from nbalib.settings import Settings

PATIENCE_SECONDS = 60.0
"""A shared machine is slow at odd moments; what is waited for here comes, or the test fails."""


def wait_until(holds: Callable[[], Any], what: str) -> None:
    """Wait for something to come true, or fail by its name."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, f"{what} did not come true"
        time.sleep(0.05)


@contextmanager
def served(settings: Settings, **how: Any) -> Iterator[httpx.Client]:
    """Run the service by uvicorn in a thread; `how` goes to `create_app`."""
    config = uvicorn.Config(create_app(settings, **how), port=0, log_config=None, http="h11")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive(), "the start of the service")
        port = server.servers[0].sockets[0].getsockname()[1]
        limits = httpx.Limits(max_connections=64)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS, limits=limits
        ) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


class ServeCommand:
    """`nba serve` in a process of its own."""

    def __init__(self, store: Path, *words: str, command: str = "serve", **environment: str) -> None:
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nbalib", command, "--port", "0", *words],
            env={**os.environ, "NBA_DUCKDB_PATH": str(store), **environment},
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            self.said.extend(lines)

    @property
    def url(self) -> str:
        """Where it listens, once it says so."""
        found: list[str] = []

        def is_up() -> bool:
            found[:] = re.findall(r"running on (http://\S+)", "".join(self.said))
            return bool(found) or self.process.poll() is not None

        wait_until(is_up, "an address")
        assert found, "".join(self.said)
        return found[0]

    def end(self, signal: int) -> int:
        """Send a signal, wait for the end, and give the exit code."""
        self.process.send_signal(signal)
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join()
        return code
