"""A real Spark: a standalone master and workers as processes of their own on loopback, from the wheel.

In: a folder for their files. Out: `SparkServers`, whose `master` is what SPARK_MASTER takes. Times are
seconds.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyspark

from nbalib.engines.java import use_java
from nbalib.engines.spark_session import LOOPBACK

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE = 60.0
_HOME = Path(pyspark.__file__).parent


class SparkServers:
    """A master, and workers with one core each; a context manager that ends them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind((LOOPBACK, 0))
            self.port = free.getsockname()[1]
        self.master = f"spark://{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        use_java()
        self._start("master.Master", "--port", str(self.port))
        self._wait_for("master.Master", "I have been elected leader")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            self._end(process)

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker; return when the master knows it."""
        begun = self._said().count("Registering worker")
        words = (self.master, "--cores", "1", "--memory", "1g", "--work-dir", str(self._folder / "work"))
        worker = self._start("worker.Worker", *words)
        self._wait_for("worker", "Registering worker", begun + 1)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker (kill -9), and with it the process that does its tasks."""
        self._end(worker)

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        run = (_HOME / "bin" / "spark-class", f"org.apache.spark.deploy.{name}")
        with (self._folder / "said.txt").open("ab") as said:
            process = subprocess.Popen(
                [*run, "--host", LOOPBACK, "--webui-port", "0", *words],
                stdout=said,
                stderr=said,
                env={**os.environ, "SPARK_DAEMON_MEMORY": "256m", "SPARK_HOME": str(_HOME)},
                start_new_session=True,  # its executor is of the same group, and ends with it
            )
        self._processes.append(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)

    def _wait_for(self, what: str, words: str, times: int = 1) -> None:
        end = time.monotonic() + PATIENCE
        while self._said().count(words) < times:
            assert time.monotonic() < end, f"{what} does not start: {self._said()[-2000:]}"
            time.sleep(0.1)

    def _said(self) -> str:
        return (self._folder / "said.txt").read_text(encoding="utf-8", errors="replace")
