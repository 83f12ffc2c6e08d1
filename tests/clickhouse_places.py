"""Places of ClickHouse stores for commands: on a server, or in a folder.

In: a server, or a folder. Out: a `Place`, and the environment in which a command finds it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clickhouse_server import embedded
from places import PATIENCE_SECONDS, Place

from nbalib.settings import Settings

if TYPE_CHECKING:
    from clickhouse_server import ClickHouseServer


def clickhouse_place(there: ClickHouseServer | Path) -> Place:
    """Give a new place for a store: on a server, or in a folder."""
    settings = embedded(there) if isinstance(there, Path) else there.settings()
    return Place("clickhouse", Settings(clickhouse=settings, store_patience_seconds=PATIENCE_SECONDS))


def environment_of(place: Place) -> dict[str, str]:
    """Give the environment in which a command finds the store."""
    settings = place.settings.clickhouse
    return {
        "CLICKHOUSE_HOST": settings.host,
        "CLICKHOUSE_PORT": str(settings.port),
        "CLICKHOUSE_USER": settings.user,
        "CLICKHOUSE_PASSWORD": settings.password,
        "CLICKHOUSE_DATABASE": settings.database,
        "CLICKHOUSE_PATH": settings.path,
    }
