"""Supabase is PostgreSQL behind TLS and a pooler: encrypted always, nothing kept between transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from places import new_place
from rows import contact, rows

from nbalib.errors import StoreAwayError, StoreError
from nbalib.schema import TABLES
from nbalib.settings import PostgresSettings, Settings
from nbalib.stores.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from places import Place, Servers
    from postgres_server import PostgresServer


@pytest.fixture
def place(tmp_path: Path, servers: Servers) -> Place:
    """Give a new database behind TLS."""
    return new_place("supabase", tmp_path, servers)


def test_it_is_reached_encrypted_whatever_is_asked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection string that asks for no encryption gets it, and no statement is prepared on the server."""
    connect, seen = psycopg.connect, []

    def noted(*words: Any, **named: Any) -> psycopg.Connection[Any]:
        seen.append(connect(*words, **named))
        return seen[-1]

    monkeypatch.setattr("psycopg.connect", noted)
    plain = PostgresSettings(supabase_dsn=f"{place.settings.postgres.supabase_dsn}?sslmode=disable")
    with open_store(Settings(postgres=plain), "supabase") as store:
        for _ in range(20):
            assert store.count("interactions") == 0
        [connection] = seen
        assert connection.pgconn.ssl_in_use
        assert connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


def test_a_server_without_tls_is_refused_for_good(postgres: PostgresServer) -> None:
    """It is not asked again, and the password was not sent to it in the open."""
    bare = Settings(postgres=PostgresSettings(supabase_dsn=postgres.new_database()))
    with pytest.raises(StoreError, match=r"Supabase database .*SSL") as told:
        open_store(bare, "supabase")
    assert not isinstance(told.value, StoreAwayError)


def test_its_rows_are_shown_to_their_owner_alone(place: Place) -> None:
    """A role that may read every table, as the one behind its public key may, sees no rows."""
    with place.open() as store:
        store.append("contacts", rows("contacts", contact("a")))
        assert store.count("contacts") == 1
    with psycopg.connect(place.settings.postgres.supabase_dsn) as connection:
        connection.execute("CREATE ROLE anybody")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO anybody")
        connection.execute("SET ROLE anybody")
        for table in TABLES:
            assert connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)
        connection.rollback()


def test_nothing_is_kept_between_transactions(place: Place) -> None:
    """Behind a pooler the next transaction may meet another server process: no setting and no lock stays."""
    with place.open() as store:
        store.append("contacts", rows("contacts", contact("a")))
        connection = store._link._connected()
        kept = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
        assert kept == (0,)
        changed = "SELECT name FROM pg_settings WHERE source = 'session' AND name <> 'application_name'"
        assert connection.execute(changed).fetchall() == []
