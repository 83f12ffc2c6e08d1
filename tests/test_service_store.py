"""The service and whoever writes the store: neither waits for the other, and what is served is whole."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from commands import done, run
from fastapi.testclient import TestClient
from served import served, wait_until
from tweets import LOADED, Tweet, store_of, write_tweets

from nbalib.conversations.process import process
from nbalib.errors import StoreError
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.settings import Settings
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.snapshots import folder_of, latest, publish, publish_if_behind
from service.app import create_app
from service.snapshot import Snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST = (Tweet(1, "1001", "@Brand no signal since noon, please help!", 0),)
LATER = (Tweet(2, "1002", "@Brand why was my bill doubled?", 5),)
AWAY = {"detail": "The store is away; try again"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings whose store holds FIRST."""
    store_of(tmp_path, FIRST).close()
    return Settings(duckdb_path=tmp_path / "nba.duckdb", outputs_dir=tmp_path)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """Give a client of the running service."""
    with TestClient(create_app(settings)) as client:
        yield client


def status(client: Any, customer: str = "1001") -> int:
    """Ask about a customer, and give the status of the answer."""
    code: int = client.post("/predict_nba", json={"customer_id": customer}).status_code
    return code


def add(store: DuckDBStore, folder: Path, tweets: tuple[Tweet, ...]) -> None:
    """Ingest more tweets, process all, and publish."""
    path = write_tweets(folder / f"{tweets[0].id}.csv", tweets)
    ingest(store, "twitter", [path], accounts=Params().accounts, now=LOADED)
    process(store, Params(), now=LOADED)
    publish(store)


def done_or_not(store: Path) -> str:
    """Run `nba process`; give what it complained of."""
    return run(store, "process").error


def another(folder: Path, tweets: tuple[Tweet, ...]) -> Path:
    """Make another store, elsewhere."""
    folder.mkdir()
    store_of(folder, tweets).close()
    return folder / "nba.duckdb"


def test_what_is_written_is_served_soon(settings: Settings, client: TestClient, tmp_path: Path) -> None:
    """A customer who was ingested while the service runs is found without a restart."""
    assert status(client, "1002") == 404
    with DuckDBStore.open(settings.duckdb_path) as store:
        add(store, tmp_path, LATER)
    wait_until(lambda: status(client, "1002") == 200, "the new customer")
    assert status(client) == 200


def test_a_writer_is_never_in_the_way(settings: Settings, client: TestClient, tmp_path: Path) -> None:
    """While a process holds the store for writing, the service answers, and what it commits is served."""
    with DuckDBStore.open(settings.duckdb_path) as store:
        assert status(client) == 200
        add(store, tmp_path, LATER)
        wait_until(lambda: status(client, "1002") == 200, "the new customer, from under the writer")


def test_the_service_is_never_in_the_way(settings: Settings) -> None:
    """Forty times another process opens the store for writing under load, and never finds it held."""
    writer = (
        "import sys, pathlib; from nbalib.stores.duckdb_store import DuckDBStore\n"
        "for turn in range(40):\n"
        "    with DuckDBStore.open(pathlib.Path(sys.argv[1])) as store:\n"
        "        store.connection.execute('DELETE FROM rejected_rows')\n"
    )
    with served(settings) as client, ThreadPoolExecutor(2) as threads:
        writing = subprocess.Popen([sys.executable, "-c", writer, str(settings.duckdb_path)])
        codes = set()
        while writing.poll() is None:
            codes |= set(threads.map(lambda _: status(client), range(4)))
    assert (writing.returncode, codes) == (0, {200})


def test_a_writer_and_readers_at_once(settings: Settings, tmp_path: Path) -> None:
    """While `nba ingest` and `nba process` add customers, every request is answered, and each comes to be."""
    more = [
        write_tweets(tmp_path / f"{n}.csv", [Tweet(n, str(1000 + n), "@Brand help me please!", n)])
        for n in range(2, 6)
    ]
    ended = threading.Event()
    codes: list[int] = []

    def load(client: Any) -> None:
        while not ended.is_set():
            codes.append(status(client))

    with served(settings) as client, ThreadPoolExecutor(3) as threads:
        loads = [threads.submit(load, client) for _ in range(3)]
        for number, file in enumerate(more, start=1002):
            done(settings.duckdb_path, "ingest", "--input", str(file))
            assert status(client, str(number)) == 404
            done(settings.duckdb_path, "process")
            wait_until(lambda number=number: status(client, str(number)) == 200, "the new customer")
        ended.set()
        for one in loads:
            one.result()
    assert set(codes) == {200}
    assert len(codes) > 20
    assert len(list(folder_of(settings.duckdb_path).glob("*.duckdb"))) == 1


def test_without_a_store_the_process_lives(tmp_path: Path) -> None:
    """Where there is no store yet, the service is healthy but not ready, and says no more; then it comes."""
    settings = Settings(duckdb_path=tmp_path / "nba.duckdb")
    with TestClient(create_app(settings)) as client:
        for answer in (client.get("/ready"), client.post("/predict_nba", json={"customer_id": "1001"})):
            assert (answer.status_code, answer.json()) == (503, AWAY)
            assert answer.headers["retry-after"] == "2"
        assert client.get("/health").json()["status"] == "healthy"
        with store_of(tmp_path, FIRST) as store:
            publish(store)
        wait_until(lambda: client.get("/ready").status_code == 200, "readiness")
        assert status(client) == 200


def test_a_store_that_is_gone_is_not_served(settings: Settings, client: TestClient) -> None:
    """Once the store is deleted, nothing of it is answered any more; once it is back, it is."""
    kept = settings.duckdb_path.with_name("kept")
    settings.duckdb_path.rename(kept)
    wait_until(lambda: client.get("/ready").status_code == 503, "the end of readiness")
    assert status(client) == 503
    assert client.get("/health").status_code == 200
    kept.rename(settings.duckdb_path)
    wait_until(lambda: status(client) == 200, "the store")


def test_one_snapshot_is_kept(settings: Settings, tmp_path: Path) -> None:
    """Beside the store lie one snapshot and the manifest that names it, whatever was left there before."""
    folder = folder_of(settings.duckdb_path)
    folder.mkdir()
    (folder / "half.duckdb").write_bytes(b"words of a publisher that was killed")
    (folder / "half.duckdb.wal").write_bytes(b"its log")
    names = set()
    with TestClient(create_app(settings)) as client:
        for tweets in ((LATER[0],), (Tweet(3, "1003", "@Brand hello?", 9),)):
            with DuckDBStore.open(settings.duckdb_path) as store:
                add(store, tmp_path, tweets)
            wait_until(lambda who=tweets[0].author: status(client, who) == 200, "the new customer")
            published = latest(settings.duckdb_path)
            assert published is not None
            assert sorted(folder.iterdir()) == sorted([published, folder / "manifest.json"])
            names.add(published)
    assert len(names) == 2


def test_a_store_is_published_once(settings: Settings, tmp_path: Path) -> None:
    """A store that was not published is, when the service starts; one that has not changed since is not."""
    publish_if_behind(settings.duckdb_path)
    first = latest(settings.duckdb_path)
    publish_if_behind(settings.duckdb_path)
    assert latest(settings.duckdb_path) == first
    with DuckDBStore.open(settings.duckdb_path) as store:
        add(store, tmp_path, LATER)
    second = latest(settings.duckdb_path)
    publish_if_behind(settings.duckdb_path)
    assert first is not None
    assert second is not None
    assert latest(settings.duckdb_path) == second != first
    with DuckDBStore.open(second, read_only=True) as snapshot:
        indexed = snapshot.connection.execute("SELECT table_name FROM duckdb_indexes()").fetchall()
    assert {"customer_profiles", "interactions", "turns"} <= {name for (name,) in indexed}


def test_a_publisher_that_is_killed_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    """Killed while it publishes, a process leaves the snapshot before; the next publisher cleans up."""
    publish_if_behind(settings.duckdb_path)
    before = latest(settings.duckdb_path)
    killed = (
        "import sys, os, signal, pathlib; from nbalib.stores import snapshots\n"
        "from nbalib.stores.duckdb_store import DuckDBStore\n"
        "snapshots._point_at = lambda folder, draft: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with DuckDBStore.open(pathlib.Path(sys.argv[1])) as store:\n"
        "    snapshots.publish(store)\n"
    )
    ended = subprocess.run([sys.executable, "-c", killed, str(settings.duckdb_path)], check=False)
    assert ended.returncode == -9
    assert latest(settings.duckdb_path) == before
    with TestClient(create_app(settings)) as client:
        assert status(client) == 200
        with DuckDBStore.open(settings.duckdb_path) as store:
            add(store, tmp_path, LATER)
        wait_until(lambda: status(client, "1002") == 200, "the new customer")
    assert len(list(folder_of(settings.duckdb_path).iterdir())) == 2


def test_publishing_keeps_others_out_of_the_store(settings: Settings) -> None:
    """A store that has just been published is still locked by whoever has it open for writing."""
    with DuckDBStore.open(settings.duckdb_path) as store:
        publish(store)
        refused = done_or_not(settings.duckdb_path)
        assert "in use by another process" in refused


@pytest.mark.parametrize("kind", ["text", "empty", "half", "other program", "folder"])
def test_what_is_no_store_of_ours_is_not_served(settings: Settings, tmp_path: Path, kind: str) -> None:
    """A file that is damaged or of another program is 503, and its name stays untold."""
    whole = settings.duckdb_path.read_bytes()
    settings.duckdb_path.unlink()
    if kind == "other program":
        with duckdb.connect(str(settings.duckdb_path)) as other:
            other.execute("CREATE TABLE turns (customer_id VARCHAR)")
    elif kind == "folder":
        settings.duckdb_path.mkdir()
    else:
        content = {"text": b"not a store " * 9, "empty": b"", "half": whole[: len(whole) // 2]}
        settings.duckdb_path.write_bytes(content[kind])
    with TestClient(create_app(settings)) as client:
        for answer in (client.get("/ready"), client.post("/predict_nba", json={"customer_id": "1001"})):
            assert (answer.status_code, answer.json()) == (503, AWAY)
        assert client.get("/health").status_code == 200


def test_a_store_as_a_crash_leaves_it_is_served(tmp_path: Path) -> None:
    """Of a writer that was killed in the middle, what was committed is served, and nothing else."""
    path = another(tmp_path / "crashed", FIRST)
    killed = (
        "import sys, os, signal, duckdb\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "connection.execute('SET checkpoint_threshold = \"1GB\"')\n"
        "copy = 'INSERT INTO contacts SELECT i::VARCHAR, NULL, i::VARCHAR, i::VARCHAR, NULL, '\n"
        "copy += \"'email_reply', TIMESTAMP '2018-01-01', TIMESTAMP '2018-01-01' FROM range({}) r(i)\"\n"
        "connection.execute(copy.format(1000))\n"
        "connection.execute('BEGIN')\n"
        "connection.execute(copy.format(500000))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", killed, str(path)], check=False)
    assert path.with_name("nba.duckdb.wal").exists()
    publish_if_behind(path)
    published = latest(path)
    assert published is not None
    with DuckDBStore.open(published, read_only=True) as snapshot:
        assert (snapshot.count("contacts"), snapshot.count("interactions")) == (1000, 1)


def test_readers_keep_their_snapshot(settings: Settings, tmp_path: Path) -> None:
    """Who reads when the store changes reads on in the old snapshot, which is closed after the last."""
    snapshots = Snapshots(settings.duckdb_path, look_seconds=0.05)
    snapshots.open()
    count = "SELECT count(*) FROM customer_profiles"

    def customers() -> int:
        with snapshots.connection() as connection:
            [(n,)] = connection.execute(count).fetchall()
        return int(n)

    with snapshots.connection() as connection:
        with DuckDBStore.open(settings.duckdb_path) as store:
            add(store, tmp_path, LATER)
        wait_until(lambda: customers() == 2, "the second customer")
        assert connection.execute(count).fetchall() == [(1,)]
    with pytest.raises(duckdb.ConnectionException):
        connection.execute(count)
    snapshots.close()
    with pytest.raises(StoreError, match="there is no snapshot"), snapshots.connection():
        pass


def test_no_room_for_a_snapshot_keeps_the_one_before(settings: Settings, tmp_path: Path) -> None:
    """Where none can be published, it is said why, and the one before goes on answering."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with TestClient(create_app(settings)) as client, DuckDBStore.open(settings.duckdb_path) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            with pytest.raises(StoreError, match=r"no snapshot of .* can be published: .*File too large"):
                publish(store)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert status(client) == 200
        add(store, tmp_path, LATER)
        wait_until(lambda: status(client, "1002") == 200, "the new customer")
