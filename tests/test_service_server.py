"""`nba serve` in a process of its own: it starts, stops, dies and comes back as it should."""

from __future__ import annotations

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest
from served import PATIENCE_SECONDS, ServeCommand, wait_until
from tweets import Tweet, store_of

from nbalib.stores.snapshots import folder_of

if TYPE_CHECKING:
    from pathlib import Path

TALK = (Tweet(1, "1001", "@Brand no signal since noon, please help!", 0),)
QUESTION = {"customer_id": "1001", "as_of": "2017-11-02T09:00Z"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store that holds TALK."""
    store_of(tmp_path, TALK).close()
    return tmp_path / "nba.duckdb"


def ask(url: str) -> httpx.Response:
    """Ask about the customer of TALK."""
    return httpx.post(f"{url}/predict_nba", json=QUESTION, timeout=PATIENCE_SECONDS)


def test_killed_and_started_again(store: Path) -> None:
    """Killed at work and started again, the service answers as before, from the same snapshot."""
    service = ServeCommand(store)
    first = ask(service.url).json()
    before = sorted(folder_of(store).iterdir())
    assert service.end(signal.SIGKILL) == -signal.SIGKILL
    again = ServeCommand(store)
    assert ask(again.url).json() == first
    assert again.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    assert sorted(folder_of(store).iterdir()) == before
    assert "Traceback" not in "".join(service.said + again.said)


def test_told_to_stop_it_finishes_what_it_answers(store: Path) -> None:
    """Requests under way when the process is told to stop are answered; then it ends in good order."""
    service = ServeCommand(store)
    url = service.url
    with ThreadPoolExecutor(6) as threads:
        sent = [socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) for _ in range(6)]
        body = b'{"customer_id": "1001", "as_of": "2017-11-02T09:00Z"}'
        head = b"POST /predict_nba HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: "
        for one in sent:
            one.sendall(head + str(len(body)).encode() + b"\r\n\r\n" + body[:20])
        wait_until(lambda: httpx.get(f"{url}/health").status_code == 200, "a sign of life")
        ended = threads.submit(service.end, signal.SIGTERM)
        wait_until(lambda: "Shutting down" in "".join(service.said), "the end's begin")
        for one in sent:
            one.sendall(body[20:])
        for one in sent:
            with one:
                one.settimeout(PATIENCE_SECONDS)
                assert one.recv(100).startswith(b"HTTP/1.1 200 ")
        assert ended.result() in (0, -signal.SIGTERM)
    assert "Application shutdown complete" in "".join(service.said)


def test_several_processes(store: Path) -> None:
    """With two workers both are ready, answer alike, say nothing of each request, and end together."""
    service = ServeCommand(store, "--workers", "2")
    url = service.url
    wait_until(lambda: "".join(service.said).count("Application startup complete") == 2, "both workers")
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: ask(url), range(12)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert service.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    assert "predict_nba" not in "".join(service.said)
    with pytest.raises(httpx.ConnectError):
        ask(url)


def test_workers_end_with_their_parent(store: Path) -> None:
    """When the process that keeps the workers is killed, they end, and the port is free again."""
    service = ServeCommand(store, "--workers", "2")
    url = service.url
    wait_until(lambda: "".join(service.said).count("Application startup complete") == 2, "both workers")
    assert service.end(signal.SIGKILL) == -signal.SIGKILL
    again = ServeCommand(store, "--port", url.rpartition(":")[2])
    assert ask(again.url).status_code == 200
    again.end(signal.SIGTERM)


def test_it_listens_on_loopback_unless_told(store: Path) -> None:
    """By default only this machine can ask, and nothing is said; open to others, the log warns."""
    alone, opened = ServeCommand(store), ServeCommand(store, "--host", "0.0.0.0")
    assert alone.url.startswith("http://127.0.0.1:")
    assert opened.url.startswith("http://0.0.0.0:")
    for service in (alone, opened):
        service.end(signal.SIGTERM)
    said = "can ask about every customer"
    assert (said in "".join(alone.said), said in "".join(opened.said)) == (False, True)


def test_a_head_too_long_is_refused(store: Path) -> None:
    """A request whose head does not end is cut off, and the service goes on."""
    service = ServeCommand(store)
    url = service.url
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as one:
        one.settimeout(PATIENCE_SECONDS)
        one.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\nx-long: " + b"a" * 30_000)
        assert one.recv(100).startswith(b"HTTP/1.1 400 ")
    assert ask(url).status_code == 200
    service.end(signal.SIGTERM)


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (("--db", "clickhose"), {}, "nba: there is no store 'clickhose'"),
        ((), {"NBA_PARAMS_DIR": "nowhere"}, "nba: the parameter folder nowhere does not exist"),
    ],
)
def test_what_cannot_be_served_is_said(
    store: Path, words: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    """What is wrong is said in a line before anything starts, and the command exits with 2."""
    service = ServeCommand(store, *words, **environment)
    assert service.process.wait(PATIENCE_SECONDS) == 2
    wait_until(lambda: said in "".join(service.said), said)
    assert "Traceback" not in "".join(service.said)


def test_a_taken_port_is_said(store: Path) -> None:
    """On a port that somebody else has, the command says so and exits with 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        service = ServeCommand(store, "--port", str(taken.getsockname()[1]))
        assert service.process.wait(PATIENCE_SECONDS) == 1
    wait_until(lambda: "address already in use" in "".join(service.said), "the reason")
    assert "Traceback" not in "".join(service.said)


def test_the_name_of_earlier_users(store: Path) -> None:
    """The earlier name of the command, run_nba_api, serves as well."""
    service = ServeCommand(store, command="run_nba_api")
    assert ask(service.url).status_code == 200
    service.end(signal.SIGTERM)
