"""ClickHouse for tests: the engine inside this process, or the same behind HTTP in a process of its own.

In: a folder. Out: `ClickHouseSettings` for a database of its own. A server can be killed, started again on
the same port, and told to lose answers.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self
from urllib.parse import urlencode
from urllib.request import urlopen

from clickhouse_front import PASSWORD, WRITER

from nbalib.settings import ClickHouseSettings

FRONT = Path(__file__).with_name("clickhouse_front.py")
_numbers = count(1)


def new_database() -> str:
    """Name a database that no test has used."""
    return f"made_{next(_numbers)}"


def embedded(folder: Path) -> ClickHouseSettings:
    """Give a new database of the engine inside this process."""
    return ClickHouseSettings(path=str(folder), database=new_database())


@dataclass
class ClickHouseServer:
    """The HTTP front in a process of its own; ends with its context."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, on the port that it had before if it had one."""
        self.process = subprocess.Popen(
            [sys.executable, str(FRONT), str(self.folder), str(self.port)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def kill(self) -> None:
        """Kill -9."""
        self.process.kill()
        self.process.communicate()

    def settings(
        self, database: str | None = None, *, user: str = WRITER, password: str = PASSWORD
    ) -> ClickHouseSettings:
        """Say how to reach a database, a new one by default."""
        return ClickHouseSettings("127.0.0.1", self.port, user, password, database or new_database())

    def arrange(self, kind: str, on: str, after: int = 0) -> None:
        """Let the answer to a statement with `on` in it get lost (`reset`), or refuse it (`busy`), once."""
        asked = urlencode({"kind": kind, "on": on, "after": after})
        with urlopen(f"http://127.0.0.1:{self.port}/fault?{asked}") as answer:
            assert answer.status == 200
