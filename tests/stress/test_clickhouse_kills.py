"""Loads into ClickHouse killed at every statement that changes something, on a server and in the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from clickhouse_kills import digests, load, made_file, survive_kill
from clickhouse_server import ClickHouseServer, embedded

from nbalib.stores.clickhouse_store import ClickHouseStore

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.settings import ClickHouseSettings

pytestmark = pytest.mark.stress

N_STATEMENTS = 26


@pytest.mark.parametrize("kind", ["embedded", "http"])
def test_a_load_killed_at_any_statement_is_made_up_for(tmp_path: Path, kind: str) -> None:
    """After a kill at each of 26 moments and a second run, every table is that of a clean load."""
    file = made_file(tmp_path)
    with ClickHouseServer(tmp_path / "served") as server:

        def place() -> ClickHouseSettings:
            return server.settings() if kind == "http" else embedded(tmp_path / "embedded")

        with ClickHouseStore.open(place()) as store:
            load(store, file)
            clean = digests(store)
        for moment in range(1, N_STATEMENTS + 1):
            survive_kill(place(), file, str(moment), clean)
