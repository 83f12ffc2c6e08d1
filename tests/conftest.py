"""What every test may ask for: the repository, the real data, and the certainty that no key is spent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from places import PLACES, SERVERS, Place, Servers, new_place
from postgres_server import PostgresServer
from tls_front import TlsFront

from nbalib.engines.spark_session import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shared machine is slow at odd moments, and a property is about values, not about seconds. In CI the
# examples are the same every time, so that a change is judged by itself and not by luck.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

STORES_ELSEWHERE = ("POSTGRES_DSN", "SUPABASE_DB_URL", "CLICKHOUSE_HOST", "CLICKHOUSE_PATH")
SECRETS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Give the root of the repository."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real exports that NBA_REAL_DATA names; without one the test is skipped."""
    named = os.environ.get("NBA_REAL_DATA")
    if not named:
        pytest.skip("NBA_REAL_DATA is not set: it names a folder of real exports")
    folder = Path(named).expanduser().resolve()
    if not folder.is_dir():
        pytest.skip(f"NBA_REAL_DATA is not a folder: {named}")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _no_key_is_spent() -> Iterator[None]:
    """Hide the developer's own model, key and stores; an empty variable wins over the same name in `.env`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*SECRETS, *STORES_ELSEWHERE):
            patch.setenv(name, "")
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Give a PostgreSQL that runs as long as the tests, with as many databases as they make."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def tls(postgres: PostgresServer) -> Iterator[TlsFront]:
    """Give a way to that PostgreSQL which is encrypted."""
    with TlsFront(postgres.port) as front:
        yield front


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Servers:
    """Give what server stores stand on; a server is started when it is first asked for."""
    return Servers(
        lambda: request.getfixturevalue("postgres"),
        lambda: request.getfixturevalue("tls"),
        tmp_path_factory.mktemp("clickhouse"),
    )


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path, servers: Servers) -> Place:
    """Give a new, empty place for a store: the test runs once for each kind."""
    return new_place(request.param, tmp_path, servers)


@pytest.fixture(params=SERVERS)
def server_place(request: pytest.FixtureRequest, tmp_path: Path, servers: Servers) -> Place:
    """Give a new, empty place for a store on a server: the test runs once for each kind."""
    return new_place(request.param, tmp_path, servers)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Give one local Spark for all tests, as it takes seconds to start; even few rows go to its workers."""
    found = Cluster("local[2]", tmp_path_factory.mktemp("spark"), least_rows=0)
    yield found
    found.stop()
