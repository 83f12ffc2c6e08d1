"""Loads into ClickHouse that are killed at a chosen statement, and made up for.

In: where the store is, a file, a moment: the number of a statement that changes something, or a word in one.
Out: nothing, or a failed assertion.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tweets import LOADED, Tweet, write_tweets

from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.stores.clickhouse_store import ClickHouseStore

if TYPE_CHECKING:
    from nbalib.settings import ClickHouseSettings

TABLES = ("interactions", "rejected_rows", "ingestion_watermarks")

_KILLED = """
import os, signal, sys
from pathlib import Path
from clickhouse_kills import load
from nbalib.settings import ClickHouseSettings
from nbalib.stores.clickhouse_client import ClickHouseClient
from nbalib.stores.clickhouse_store import ClickHouseStore

host, port, path, database, file, moment = sys.argv[1:]
store = ClickHouseStore.open(ClickHouseSettings(host, int(port), "nba", "right", database, path=path))
count = 0


def counted(act):
    def acting(self, statement, *given, **named):
        global count
        count += 1
        if moment == str(count) or (not moment.isdigit() and moment in statement):
            os.kill(os.getpid(), signal.SIGKILL)
        return act(self, statement, *given, **named)

    return acting


ClickHouseClient.run = counted(ClickHouseClient.run)
ClickHouseClient.insert = counted(ClickHouseClient.insert)
load(store, Path(file))
print(count)
"""


def made_file(folder: Path) -> Path:
    """Write 302 rows: one is repeated, one comes in a second version, and one is rejected."""
    tweets = [Tweet(number, "1001", f"message {number}", hours=number / 60) for number in range(1, 300)]
    again = [Tweet(7, "1001", "message 7", hours=7 / 60), Tweet(8, "1002", "another version", hours=8 / 60)]
    late = Tweet(400, "1001", "too late", hours=24 * 365)
    return write_tweets(folder / "made.csv", [*tweets, *again, late])


def load(store: ClickHouseStore, file: Path) -> None:
    """Load the file."""
    ingest(store, "twitter", [file], accounts=Params().accounts, now=LOADED)


def digests(store: ClickHouseStore) -> dict[str, str]:
    """Name what is stored."""
    return {table: store.digest(table) for table in TABLES}


def kill_at(settings: ClickHouseSettings, file: Path, moment: str) -> None:
    """Load the file in a process that kills itself (-9) at the moment, just before the statement."""
    words = (settings.host, settings.port, settings.path, settings.database, file, moment)
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert ended.returncode == -9, ended.stdout + ended.stderr


def survive_kill(settings: ClickHouseSettings, file: Path, moment: str, clean: dict[str, str]) -> None:
    """Kill a load, and load again: the store is that of a clean load, and nothing else is left."""
    kill_at(settings, file, moment)
    with ClickHouseStore.open(settings) as store:
        load(store, file)
        assert digests(store) == clean
        staged = "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'staged%'"
        assert store._client.rows(staged) == []
