"""ClickHouse on a bad day: away, refusing, losing answers, killed; what is stored is that of a clean load."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from clickhouse_kills import digests, kill_at, load, made_file, survive_kill
from clickhouse_server import ClickHouseServer, embedded, new_database
from tweets import LOADED

from nbalib.errors import StoreAwayError, StoreBusyError, StoreError
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.stores.clickhouse_store import ClickHouseStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


WRONG = "not-the-password"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    """Run the front for all tests here."""
    with ClickHouseServer(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a file with a repeated row, a second version and a row that is rejected."""
    return made_file(tmp_path_factory.mktemp("input"))


@pytest.fixture(scope="module")
def clean(server: ClickHouseServer, file: Path) -> dict[str, str]:
    """Name what one undisturbed load stores."""
    with ClickHouseStore.open(server.settings()) as store:
        load(store, file)
        return digests(store)


def test_the_clean_load_is_what_it_should_be(clean: dict[str, str]) -> None:
    """Of 302 rows 299 messages are stored, and one is rejected."""
    assert [digest.partition("-")[0] for digest in clean.values()] == ["299", "1", "1"]


@pytest.mark.parametrize("on", ["CREATE TABLE IF NOT EXISTS staged", "INSERT", "_whole", "MOVE", "DROP"])
@pytest.mark.parametrize("kind", ["reset", "busy"])
def test_an_answer_that_is_lost_is_asked_for_again(
    server: ClickHouseServer, file: Path, clean: dict[str, str], kind: str, on: str
) -> None:
    """A statement whose answer is lost after it was carried out, or that is refused for now, does no harm."""
    with ClickHouseStore.open(server.settings()) as store:
        server.arrange(kind, on)
        load(store, file)
        assert digests(store) == clean


def test_a_block_that_arrives_twice_is_stored_once(server: ClickHouseServer, file: Path) -> None:
    """The server itself drops the second arrival of a block, by its token, before rows are merged."""
    with ClickHouseStore.open(server.settings()) as store, store.alone(), store.load("t", "f", 1) as staged:
        server.arrange("reset", "_add_interactions (")
        load_rows = store.read("interactions")
        assert load_rows.num_rows == 0
        row = dict.fromkeys(load_rows.schema.names, "x")
        row |= dict.fromkeys(("interaction_timestamp", "created_at", "edited_at"), LOADED)
        staged.add(load_rows.from_pylist([row], schema=load_rows.schema).to_reader())
        [(name,)] = store._client.rows("SELECT name FROM system.tables WHERE name LIKE 'staged%interactions'")
        assert store._client.rows(f"SELECT count() FROM {name}") == [(1,)]


@pytest.mark.parametrize("moment", [1, 4, 9, 14, 17])
def test_a_load_that_is_killed_is_made_up_for(
    server: ClickHouseServer, file: Path, clean: dict[str, str], moment: int
) -> None:
    """Killed (-9) before any statement and run again, a load leaves what a clean one leaves."""
    survive_kill(server.settings(), file, str(moment), clean)


def test_a_server_that_comes_back_is_waited_for(server: ClickHouseServer, file: Path, tmp_path: Path) -> None:
    """A server that is killed in the middle of a load, and started again, gets the whole file."""
    with ClickHouseServer(tmp_path) as mortal, ClickHouseStore.open(mortal.settings()) as store:

        def die_and_rise(_rows: int, _done: int, _total: int) -> None:
            if mortal.process.poll() is None and not risen:
                mortal.kill()
                risen.append(threading.Timer(1.0, mortal.start))
                risen[0].start()

        risen: list[threading.Timer] = []
        ingest(store, "twitter", [file], accounts=Params().accounts, now=LOADED, progress=die_and_rise)
        assert risen
        assert store.count("interactions") == 299


def test_a_server_that_is_away_is_named(tmp_path: Path) -> None:
    """Away at the start, or from the middle on, the error names host and database, and never the password."""
    with ClickHouseServer(tmp_path) as mortal:
        settings = mortal.settings("somewhere")
        store = ClickHouseStore.open(settings, patience=1.0)
        mortal.kill()
        begun = time.monotonic()
        for ask in (
            lambda: store.count("interactions"),
            lambda: ClickHouseStore.open(settings, patience=1.0),
        ):
            with pytest.raises(
                StoreAwayError, match=f"127.0.0.1:{mortal.port}, database somewhere"
            ) as caught:
                ask()
            assert "right" not in str(caught.value)
        assert time.monotonic() - begun < 20
        mortal.start()
        assert store.count("interactions") == 0
        store.close()


def test_a_wrong_password_is_not_tried_again(server: ClickHouseServer) -> None:
    """It is refused at once, by name, and the password is not repeated."""
    with pytest.raises(StoreError, match=r"database made_\d+: .*Authentication failed") as caught:
        ClickHouseStore.open(server.settings(password=WRONG))
    assert not isinstance(caught.value, StoreAwayError)
    assert WRONG not in str(caught.value)


def test_who_may_only_read_reads(server: ClickHouseServer, file: Path, clean: dict[str, str]) -> None:
    """A user who may not write opens a store for reading; a load of theirs is refused and changes nothing."""
    database = new_database()
    with ClickHouseStore.open(server.settings(database)) as store:
        load(store, file)
    with ClickHouseStore.open(server.settings(database, user="reader"), read_only=True) as store:
        assert digests(store) == clean
    with ClickHouseStore.open(server.settings(database, user="reader")) as store:
        with pytest.raises(StoreError, match="readonly"), store.alone():
            pass
        assert digests(store) == clean


def test_a_commit_that_was_cut_off_is_finished_by_who_comes_next(
    server: ClickHouseServer, file: Path, clean: dict[str, str]
) -> None:
    """Killed after the commit, a load is published by the next who opens the store, if only to read."""
    settings = server.settings()
    kill_at(settings, file, "MOVE")
    with ClickHouseStore.open(settings, read_only=True) as store:
        assert digests(store) == clean


def test_a_turn_that_somebody_took_over_is_lost(server: ClickHouseServer, file: Path) -> None:
    """Who was silent for too long, and finds that another took over, stores nothing and says so."""
    settings = server.settings()
    with ClickHouseStore.open(settings) as slow, ClickHouseStore.open(settings) as quick:

        def overtaken() -> None:
            with slow.alone():
                assert slow._lease is not None
                over = (
                    "INSERT INTO writer_claims (claim, said_at, is_over) VALUES ({claim:String}, now64(6), 1)"
                )
                quick._client.run(over, claim=slow._lease.claim)
                with quick.alone():
                    load(slow, file)

        with pytest.raises(StoreError, match="another process took over"):
            overtaken()
        assert slow.count("interactions") == 0


def test_a_folder_belongs_to_one_process(tmp_path: Path, file: Path) -> None:
    """Another process is told that the folder is in use; so is this one of a second folder; then it goes."""
    settings = embedded(tmp_path / "engine")
    holder = (
        "import sys; from nbalib.settings import ClickHouseSettings\n"
        "from nbalib.stores.clickhouse_store import ClickHouseStore\n"
        "ClickHouseStore.open(ClickHouseSettings(path=sys.argv[1], database='held'))\n"
        "print('open', flush=True); sys.stdin.readline()\n"
    )
    words = [sys.executable, "-c", holder, settings.path]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreBusyError, match=r"in use by another process: .* one process per folder"):
            ClickHouseStore.open(settings)
        other.communicate("go\n")
    with ClickHouseStore.open(settings) as store:
        load(store, file)
        with pytest.raises(StoreError, match="one folder per process"):
            ClickHouseStore.open(embedded(tmp_path / "elsewhere"))
