"""PostgreSQL away, refusing, dying, or silent at the very end: nothing is lost, nothing comes twice."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from commands import BUILT, LOADED, Command, made_files
from losing_proxy import LosingProxy
from postgres_server import PASSWORD, PostgresServer
from tweets import LOADED as AT

from nbalib.conversations.anywhere import process_anywhere
from nbalib.errors import StoreAwayError, StoreError
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.postgres_store import PostgresStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from nbalib.stores.contract import Store

N_ROWS = 4000
TABLES = (*LOADED, *BUILT)
PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give three files that share rows."""
    return made_files(tmp_path_factory.mktemp("made"), N_ROWS, seed=11)


@pytest.fixture(scope="module")
def clean(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Name the contents of a store that nothing disturbed."""
    with DuckDBStore.open(tmp_path_factory.mktemp("clean") / "nba.duckdb") as store:
        go_on(store, files)
        return contents(store)


@pytest.fixture
def dsn(postgres: PostgresServer) -> Iterator[str]:
    """Give a new database; whatever a test does to its server, it runs afterwards."""
    yield postgres.new_database()
    if not postgres.is_running:
        postgres.start()


def go_on(store: Store, files: list[Path], then: Callable[[int], None] = lambda _rows: None) -> None:
    """Load the files and process them; `then` hears of the rows read so far."""
    ingest(
        store,
        "twitter",
        files,
        accounts=Params().accounts,
        now=AT,
        progress=lambda rows, _done, _total: then(rows),
    )
    process_anywhere(store, Params(), now=AT)


def contents(store: Store) -> dict[str, str]:
    """Name the contents of what is loaded and built."""
    return {table: store.digest(table) for table in TABLES}


def opened(dsn: str, patience: float = PATIENCE_SECONDS) -> PostgresStore:
    """Open the store at `dsn`."""
    return PostgresStore.open(dsn, patience=patience)


class Once:
    """Does something the first time that enough rows were read."""

    def __init__(self, act: Callable[[], None], rows: int = N_ROWS // 3) -> None:
        self._act, self._rows, self.is_done = act, rows, False

    def __call__(self, rows: int) -> None:
        """Hear how many rows were read."""
        if rows >= self._rows and not self.is_done:
            self.is_done = True
            self._act()


@pytest.mark.parametrize("die", [PostgresServer.kill, lambda server: server.stop("immediate")])
def test_a_server_that_dies_in_the_middle_and_comes_back_is_waited_for(
    postgres: PostgresServer,
    dsn: str,
    files: list[Path],
    clean: dict[str, str],
    die: Callable[[PostgresServer], None],
) -> None:
    """The load begins again by itself: the same tables, and the same counts, as if nothing had been."""

    def die_and_return() -> None:
        die(postgres)
        threading.Timer(1.0, postgres.start).start()

    death = Once(die_and_return)
    with opened(dsn) as store:
        go_on(store, files, death)
        assert death.is_done
        assert contents(store) == clean


def test_a_server_that_stays_away_is_given_up_and_made_up_for(
    postgres: PostgresServer, dsn: str, files: list[Path], clean: dict[str, str]
) -> None:
    """The error names host and database; whole files are there, and the next run ends as a clean one."""
    death = Once(lambda: postgres.stop("immediate"))
    with opened(dsn, patience=1.0) as store:
        with pytest.raises(StoreAwayError, match=rf"database made_\d+ at 127.0.0.1:{postgres.port}.*tried"):
            go_on(store, files, death)
        postgres.start()
        marks = store.read("ingestion_watermarks", ["n_stored"])["n_stored"].to_pylist()
        assert store.count("interactions") == sum(marks)
        go_on(store, files)
        assert contents(store) == clean


def test_a_server_that_dies_during_a_pass_has_nothing_of_it(
    postgres: PostgresServer, dsn: str, files: list[Path], clean: dict[str, str]
) -> None:
    """The pass is done again when the server is back, on what the server then holds."""

    def die_and_return(_step: str, _done: int, _total: int) -> None:
        death(N_ROWS)

    def die() -> None:
        postgres.kill()
        postgres.start()

    death = Once(die)
    with opened(dsn) as store:
        ingest(store, "twitter", files, accounts=Params().accounts, now=AT)
        process_anywhere(store, Params(), now=AT, progress=die_and_return)
        assert death.is_done
        assert contents(store) == clean
        assert [run["step"] for run in store.read("pipeline_runs").to_pylist()].count("process") == 1


@pytest.mark.parametrize("lost", range(1, 9))
def test_a_commit_whose_answer_is_lost_is_not_made_twice(
    postgres: PostgresServer, dsn: str, files: list[Path], clean: dict[str, str], lost: int
) -> None:
    """Each commit of a load and a pass in turn is made, and its answer lost: all ends as if it had come."""
    with LosingProxy(postgres.port, lost) as proxy:
        with opened(dsn.replace(f":{postgres.port}/", f":{proxy.port}/")) as store:
            go_on(store, files)
            runs = store.read("pipeline_runs").to_pylist()
        assert proxy.n_commits >= lost
    with opened(dsn) as store:
        assert contents(store) == clean
    facts = [json.loads(run["facts"]) for run in runs if run["step"] == "ingest"]
    assert [one["stored"] for one in facts] == [int(clean["interactions"].partition("-")[0])]
    assert not any(file["already_known"] for file in facts[0]["files"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong:secret"}, "password authentication failed"),
        ({"user": "nobody"}, "password authentication failed"),
        ({"database": "absent"}, "does not exist"),
    ],
)
def test_what_asking_again_will_not_change_is_not_asked_again(
    postgres: PostgresServer, change: dict[str, str], said: str
) -> None:
    """A wrong password and an absent database are told at once, with where it was, without a password."""
    wrong = postgres.dsn(**{"database": "postgres", **change})
    begun = time.monotonic()
    with pytest.raises(StoreError, match=rf"at 127.0.0.1:{postgres.port}: .*{said}") as told:
        opened(wrong)
    assert not isinstance(told.value, StoreAwayError)
    assert time.monotonic() - begun < PATIENCE_SECONDS / 3
    assert "secret" not in str(told.value)


def test_a_command_without_its_server_says_so(tmp_path: Path, files: list[Path]) -> None:
    """Exit code 1, where it is, how often it was tried; no password, no traceback."""
    away = {
        "POSTGRES_DSN": f"postgresql://me:{PASSWORD.replace(':', '%3A')}@127.0.0.1:1/there",
        "NBA_STORE_PATIENCE_SECONDS": "1",
    }
    words = ["ingest", "--input", str(files[0]), "--db", "postgres"]
    ended = Command(tmp_path / "nba.duckdb", *words, environment=away).go().end()
    assert ended.code == 1
    assert "PostgreSQL database there at 127.0.0.1:1" in ended.error
    assert "tried" in ended.error
    assert "secret" not in ended.error
    assert "Traceback" not in ended.error


@pytest.mark.parametrize(
    ("db", "environment", "said"),
    [
        ("postgres", {}, "POSTGRES_DSN is not set"),
        ("postgres", {"POSTGRES_DSN": "my secret"}, "is not a connection string"),
        ("supabase", {}, "SUPABASE_DB_URL is not set"),
        ("supabase", {"SUPABASE_URL": "https://x.example", "SUPABASE_KEY": "k"}, "dashboard under Connect"),
        ("postgress", {}, "did you mean 'postgres'"),
    ],
)
def test_a_missing_setting_is_named(tmp_path: Path, db: str, environment: dict[str, str], said: str) -> None:
    """Exit code 2, the variable's name, and where to find what it wants."""
    words = ["export", "--digest", "contacts", "--db", db]
    ended = Command(tmp_path / "nba.duckdb", *words, environment=environment).go().end()
    assert ended.code == 2
    assert said in ended.error
    assert "my secret" not in ended.error


def test_a_user_who_may_only_read_reads(
    postgres: PostgresServer, dsn: str, files: list[Path], clean: dict[str, str]
) -> None:
    """Looking works; a load says that this user may not, at once, and changes nothing."""
    with opened(dsn) as store:
        go_on(store, files)
    reader = f"reader_{dsn.rpartition('_')[2]}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {reader} LOGIN PASSWORD 'reads'".encode())
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}".encode())
    theirs = postgres.dsn(dsn.rpartition("/")[2], reader, "reads")
    with PostgresStore.open(theirs, read_only=True) as store:
        assert contents(store) == clean
    with opened(theirs) as store, pytest.raises(StoreError, match="may not do that") as told:
        ingest(store, "twitter", [more(files[0])], accounts=Params().accounts, now=AT)
    assert not isinstance(told.value, StoreAwayError)
    with opened(dsn) as store:
        assert contents(store) == clean


def more(path: Path) -> Path:
    """Copy a file's beginning: another file, whose rows are known."""
    part = path.with_name("part.csv")
    part.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:50]))
    return part


def test_a_server_with_no_place_left_is_waited_for(postgres: PostgresServer, dsn: str) -> None:
    """Too many connections pass: as soon as one ends, the store opens."""
    opened(dsn).close()
    name = f"narrow_{dsn.rpartition('_')[2]}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'narrow' CONNECTION LIMIT 1".encode())
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}".encode())
    theirs = postgres.dsn(dsn.rpartition("/")[2], name, "narrow")
    holding = psycopg.connect(theirs)
    with pytest.raises(StoreAwayError, match="too many connections"):
        PostgresStore.open(theirs, read_only=True, patience=0.5)
    threading.Timer(1.0, holding.close).start()
    with PostgresStore.open(theirs, read_only=True, patience=PATIENCE_SECONDS) as store:
        assert store.count("interactions") == 0


def test_loads_and_passes_at_once_do_not_spoil_the_store(
    dsn: str, files: list[Path], clean: dict[str, str], tmp_path: Path
) -> None:
    """Some wait, some are refused as busy; run again, all is as after one load, but for who came first."""
    environment = {"POSTGRES_DSN": dsn}
    loads = [["ingest", "--input", str(file), "--db", "postgres"] for file in (*files, files[0])]
    commands = [
        Command(tmp_path / "nba.duckdb", *words, environment=environment)
        for words in (*loads, ["process", "--db", "postgres"])
    ]
    for command in commands:
        command.go()
    for ended in [command.end() for command in commands]:
        assert ended.code == 0 or (ended.code == 1 and "in use by another process" in ended.error), (
            ended.error
        )
    with opened(dsn) as store:
        go_on(store, files)
        found = contents(store)
    marks = "ingestion_watermarks"
    assert {**found, marks: ""} == {**clean, marks: ""}
    assert found[marks].startswith("3-")


def test_what_is_not_our_store_is_refused_and_left_alone(postgres: PostgresServer, dsn: str) -> None:
    """Tables of another program with our names are named and not changed; others beside ours do no harm."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (words text)")
        connection.execute("CREATE TABLE contacts (name text)")
    with pytest.raises(StoreError, match="of another program: contacts"):
        opened(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (2,)
        connection.execute("DROP TABLE contacts")
    with opened(dsn) as store:
        assert store.count("contacts") == 0
    with pytest.raises(StoreError, match="keeps texts as LATIN1"):
        opened(postgres.new_database(encoding="LATIN1"))


def test_a_store_of_an_older_layout_gets_what_was_added(dsn: str) -> None:
    """A missing table and a missing column that may be null appear; what cannot be added is refused."""
    opened(dsn).close()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ALTER TABLE interactions DROP COLUMN edited_at")
        connection.execute("DROP TABLE contacts")
        with pytest.raises(StoreError, match="older layout"):
            PostgresStore.open(dsn, read_only=True)
        with opened(dsn) as store:
            assert store.read("interactions", ["edited_at"]).num_rows == 0
            assert store.count("contacts") == 0
        connection.execute("ALTER TABLE turns ALTER is_opening TYPE text")
        with pytest.raises(StoreError, match=r"'turns' has another layout.*'is_opening'.*ingest again"):
            opened(dsn)
