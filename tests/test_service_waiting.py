"""Those who wait, for a model or for a slow neighbour, hold nobody else up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from fault_server import GOOD, FaultServer
from served import served, wait_until
from test_service import AT, TALK, ask, clock
from tweets import store_of

from nbalib.settings import LlmSettings, Settings
from service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give settings whose store holds TALK."""
    folder = tmp_path_factory.mktemp("waiting")
    store_of(folder, TALK).close()
    return Settings(duckdb_path=folder / "nba.duckdb", outputs_dir=folder)


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    """Give a client of the running service, whose clock stands at AT."""
    with TestClient(create_app(settings, clock=clock)) as client:
        yield client


def with_model(settings: Settings, server: FaultServer, folder: Path) -> Settings:
    """Give settings that lead to a model's server, and keep its answers in `folder`."""
    llm = LlmSettings(
        openai_api_key="made-up",
        openai_base_url=f"{server.url}/v1",
        timeout_seconds=0.5,
        deadline_seconds=0.5,
        concurrency=1,
    )
    return replace(settings, llm=llm, outputs_dir=folder)


@pytest.mark.parametrize(
    ("fault", "source"),
    [("good", "llm"), ("hang", "template:llm_timeout"), ("phone", "template:llm_unsafe")],
)
def test_the_model_words_and_never_acts(
    settings: Settings, client: TestClient, tmp_path: Path, fault: str, source: str
) -> None:
    """The model's words go out if they pass, else the template's; everything else stays as decided."""
    plain = ask(client)
    with FaultServer((fault,)) as server:
        app = create_app(with_model(settings, server, tmp_path), clock=clock)
        with TestClient(app) as other:
            answer = other.post("/predict_nba?message=llm", json={"customer_id": "1001"}).json()
            quiet = other.post("/predict_nba?message=llm", json={"customer_id": "1002"}).json()
    words = GOOD if source == "llm" else plain["message"]
    assert answer == {**plain, "message": words, "message_source": source}
    assert (quiet["message"], quiet["message_source"]) == ("", "none")
    assert len(server.requests) == 1


def test_without_a_model_the_template_says_so(client: TestClient) -> None:
    """Where no model is configured the template goes out, and the source names why."""
    answer = client.post("/predict_nba?message=llm", json={"customer_id": "1001"}).json()
    assert answer == {**ask(client), "message_source": "template:llm_not_configured"}


def test_a_busy_model_holds_nobody_up(settings: Settings, tmp_path: Path) -> None:
    """While as many wait for the model as may, the next gets the template at once."""
    with FaultServer(("hang",)) as server:
        slow = with_model(settings, server, tmp_path)
        slow = replace(slow, llm=replace(slow.llm, timeout_seconds=15, deadline_seconds=15))
        with TestClient(create_app(slow, clock=clock)) as client, ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(client.post, "/predict_nba?message=llm", json={"customer_id": "1001"})
            wait_until(lambda: server.under_way == 1, "the call of the model")
            answer = client.post("/predict_nba?message=llm", json={"customer_id": "1001"}).json()
            assert answer["message_source"] == "template:llm_busy"
            assert not waiting.done()
            server.ended.set()
            assert waiting.result().json()["message_source"].startswith("template:llm_")


def test_a_slow_answer_holds_nobody_up(settings: Settings) -> None:
    """While one request is held, others are answered side by side, and the process says that it lives."""
    gate, held = threading.Event(), threading.Event()

    def first_is_slow() -> datetime:
        if not held.is_set():
            held.set()
            gate.wait(60)
        return AT

    question = {"customer_id": "1001"}
    with served(settings, clock=first_is_slow) as client, ThreadPoolExecutor(9) as threads:
        slow = threads.submit(client.post, "/predict_nba", json=question)
        assert held.wait(60)
        others = [threads.submit(client.post, "/predict_nba", json=question) for _ in range(8)]
        assert {other.result().status_code for other in others} == {200}
        assert client.get("/health").status_code == 200
        assert not slow.done()
        gate.set()
        assert slow.result().json() == others[0].result().json()


def test_health_needs_no_thread(settings: Settings) -> None:
    """With every thread of the pool held, the process still says that it lives."""
    gate, arrived = threading.Event(), threading.Semaphore(0)

    def slow() -> datetime:
        arrived.release()
        gate.wait(60)
        return AT

    with served(settings, clock=slow) as client, ThreadPoolExecutor(50) as threads:
        waiting = [
            threads.submit(client.post, "/predict_nba", json={"customer_id": "1002"}) for _ in range(50)
        ]
        assert all(arrived.acquire(timeout=60) for _ in range(40))
        assert not arrived.acquire(timeout=0.3)
        assert client.get("/health").json()["status"] == "healthy"
        gate.set()
        assert {one.result().status_code for one in waiting} == {200}


def test_answers_side_by_side_are_ones_own(client: TestClient) -> None:
    """Sixty requests at a time for three customers, and each gets the answer of its own."""
    customers = ("1001", "1002", "1003")
    alone = {customer: ask(client, customer) for customer in customers}
    with ThreadPoolExecutor(20) as threads:
        together = list(threads.map(lambda place: (place, ask(client, customers[place % 3])), range(60)))
    assert all(answer == alone[customers[place % 3]] for place, answer in together)
