"""The door to a language model: settings checked first, the right address called, nothing private sent."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from fault_server import GOOD, FaultServer
from test_llm_masks import GONE
from test_templates import BRANDS, TEMPLATES, rows

from nbalib.errors import MessageError, ParameterError
from nbalib.messages.breaker import OUTAGE_SECONDS, PATIENCE, REFUSAL_SECONDS, Breaker
from nbalib.messages.cache import AnswerCache, Written
from nbalib.messages.doors import open_writer
from nbalib.messages.failures import retry_after
from nbalib.messages.prompts import Prompt
from nbalib.messages.writer import write_with_llm
from nbalib.settings import LlmSettings, Settings

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-made-up-for-a-test"
QUICK = LlmSettings(
    openai_api_key=KEY, azure_api_key=KEY, timeout_seconds=5, deadline_seconds=5, concurrency=4
)
PROMPT = Prompt("Be kind.", "Where is my parcel?")


def to(server: FaultServer, **changes: object) -> LlmSettings:
    """Give settings that lead to the server."""
    return replace(QUICK, openai_base_url=f"{server.url}/v1", **changes)


@pytest.mark.parametrize(
    ("provider", "settings", "said"),
    [
        ("openai", LlmSettings(), "--llm openai needs OPENAI_API_KEY"),
        (
            "azure",
            LlmSettings(openai_api_key=KEY),
            "needs AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME",
        ),
        ("azure", LlmSettings(azure_api_key=KEY, azure_deployment="d"), "needs AZURE_OPENAI_ENDPOINT in"),
        ("openai", replace(QUICK, openai_api_key=KEY + "\n"), "OPENAI_API_KEY holds a space or a character"),
        ("openai", replace(QUICK, openai_api_key=KEY + "é"), "OPENAI_API_KEY holds a space or a character"),
        ("openai", replace(QUICK, openai_base_url="localhost:8000"), "OPENAI_BASE_URL does not begin with"),
        ("openai", replace(QUICK, deadline_seconds=0.0), "deadline_seconds must be above 0, not 0.0"),
        ("openai", replace(QUICK, timeout_seconds=float("nan")), "timeout_seconds must be above 0"),
    ],
)
def test_impossible_settings_are_refused_before_anything_starts(
    provider: str, settings: LlmSettings, said: str
) -> None:
    """What is missing or cannot be is named by its variable, without showing a key."""
    with pytest.raises(ParameterError) as caught:
        open_writer(provider, settings)
    assert said in str(caught.value)
    assert KEY not in str(caught.value)


def test_settings_come_from_the_environment() -> None:
    """The variables of the contract fill the settings, and no repr shows a key."""
    settings = Settings.from_environment(
        {"OPENAI_API_KEY": KEY, "AZURE_OPENAI_API_KEY": KEY, "AZURE_OPENAI_API_VERSION": "2024-10-21"}
    )
    assert (settings.llm.openai_api_key, settings.llm.azure_api_version) == (KEY, "2024-10-21")
    assert KEY not in repr(settings)


def test_without_the_package_the_error_says_what_to_install() -> None:
    """Where `openai` is not installed, opening names the extra; templates need it not at all."""
    code = (
        "import sys; sys.modules['openai'] = None\n"
        "import nbalib.messages.templates, nbalib.messages.writer\n"
        "from nbalib.messages.doors import open_writer\n"
        "from nbalib.settings import LlmSettings\n"
        "open_writer('openai', LlmSettings(openai_api_key='k'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (
        "MissingPackageError: the package 'openai' is needed; install it with: pip install 'nbalib[llm]'"
        in done.stderr
    )


WAYS = [
    ("openai", {"model": "small"}, "/v1/chat/completions", "Authorization", f"Bearer {KEY}", "small"),
    (
        "azure",
        {"azure_deployment": "d1"},
        "/openai/v1/chat/completions",
        "Authorization",
        f"Bearer {KEY}",
        "d1",
    ),
    (
        "azure",
        {"azure_deployment": "d1", "azure_api_version": "2024-10-21"},
        "/openai/deployments/d1/chat/completions?api-version=2024-10-21",
        "Api-Key",
        KEY,
        "d1",
    ),
    (
        "azure",
        {"path": "/openai/deployments/d2/chat/completions?api-version=2023-05-15"},
        "/openai/deployments/d2/chat/completions?api-version=2024-10-21",
        "Api-Key",
        KEY,
        "d2",
    ),
    (
        "azure",
        {"azure_deployment": "d1", "path": "/openai/v1/"},
        "/openai/v1/chat/completions",
        "Authorization",
        f"Bearer {KEY}",
        "d1",
    ),
]


@pytest.mark.parametrize(("provider", "changes", "path", "header", "value", "model"), WAYS)
def test_each_way_calls_its_own_address(
    provider: str, changes: dict[str, str], path: str, header: str, value: str, model: str
) -> None:
    """OpenAI, Azure's v1 path and a deployment's path get their address, key and strict form of answer."""
    changes = dict(changes)
    with FaultServer(("good",)) as server:
        endpoint = server.url + changes.pop("path", "/")
        settings = to(server, azure_endpoint=endpoint, max_output_tokens=321, **changes)
        with open_writer(provider, settings) as writer:
            assert writer.ask(PROMPT).written == Written(message=GOOD, reasoning="Asks for the order number.")
    (request,) = server.requests
    sent = json.loads(request["body"])
    headers = {name.title(): text for name, text in request["headers"].items()}
    assert (request["path"], headers[header]) == (path, value)
    assert (sent["model"], sent["max_completion_tokens"]) == (model, 321)
    assert [m["content"] for m in sent["messages"]] == [PROMPT.system, PROMPT.user]
    form = sent["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["additionalProperties"] is False
    assert (
        sorted(form["schema"]["properties"]) == sorted(form["schema"]["required"]) == ["message", "reasoning"]
    )


def test_a_connection_is_given_three_seconds() -> None:
    """Whatever a call may take in all, a server that does not even answer the door is not waited for."""
    for seconds, connect in ((15.0, 3.0), (1.0, 1.0)):
        with open_writer("openai", replace(QUICK, timeout_seconds=seconds)) as writer:
            assert (writer._client.timeout.connect, writer._client.timeout.read) == (connect, seconds)
            assert writer._client.max_retries == 0


def test_nothing_private_leaves_the_house() -> None:
    """Of conversations full of addresses, numbers and accounts the server receives not one."""
    texts = list(GONE)
    decisions = rows(*({"conversation_id": f"twitter:77001122:99{i:04}55"} for i in range(len(texts))))
    logs = pa.array([f"[2017-10-31 22:10 UTC] Customer 99{i:04}55: {text}" for i, text in enumerate(texts)])
    with FaultServer(("good",)) as server, open_writer("openai", to(server)) as writer:
        write_with_llm(decisions, logs, writer, brands=BRANDS, templates=TEMPLATES)
        received = json.dumps([json.loads(request["body"])["messages"] for request in server.requests])
    assert len(server.requests) == len(texts)
    private = [
        "jane",
        "example.com",
        "@JaneDoe",
        "t.co",
        "77001122",
        "9900",
        "1111 1111",
        "555-867",
        "DE89",
        "7946",
    ]
    assert [word for word in private if word in received.replace("jane dot [email]", "")] == []


def test_each_prompt_holds_its_own_conversation_only() -> None:
    """Two brands' conversations go out in two requests, and no word of one stands in the other."""
    decisions = rows({"brand": "sprintcare"}, {"brand": "SpotifyCares"}, {"channel": "no_action"})
    logs = pa.array(
        [f"[2017-10-31 22:10 UTC] Customer 1: my {word}" for word in ("handset", "playlist", "secret")]
    )
    with FaultServer(("good",)) as server, open_writer("openai", to(server)) as writer:
        written = write_with_llm(decisions, logs, writer, brands=BRANDS, templates=TEMPLATES)
        bodies = [request["body"] for request in server.requests]
    assert sorted(("handset" in b, "Sprint" in b, "playlist" in b, "Spotify" in b) for b in bodies) == [
        (False, False, True, True),
        (True, True, False, False),
    ]
    assert written["message_source"].to_pylist() == ["llm", "llm", "none"]
    assert written["message"].to_pylist()[2] == ""


def test_where_nobody_is_contacted_nobody_is_asked() -> None:
    """Decisions without contact, or none at all, need no call and keep their empty words."""
    quiet = rows({"channel": "no_action"}, {"channel": "no_action"})
    with FaultServer(("good",)) as server, open_writer("openai", to(server)) as writer:
        for n in (2, 0):
            logs = pa.array(["a"] * n, pa.string())
            written = write_with_llm(quiet.slice(0, n), logs, writer, brands=BRANDS, templates=TEMPLATES)
            assert written.to_pydict() == {
                "message": [""] * n,
                "message_source": ["none"] * n,
                "llm_reasoning": [None] * n,
            }
    assert server.requests == []


def test_a_notebook_and_many_threads_may_ask() -> None:
    """One writer serves a running event loop and eight threads at a time, within its bound of four calls."""

    async def notebook() -> str:
        return writer.ask(PROMPT).written.message

    with FaultServer(("good",)) as server, open_writer("openai", to(server)) as writer:
        assert asyncio.run(notebook()) == GOOD
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda i: writer.ask(Prompt("Be kind.", str(i))), range(40)))
        assert [answer.failure for answer in answers] == [None] * 40
        assert server.most_under_way <= 4


def test_closing_ends_what_is_under_way() -> None:
    """Closing a writer with a call that hangs takes no longer than a moment, and leaves no thread."""
    with FaultServer(("hang",)) as server, ThreadPoolExecutor(1) as pool:
        writer = open_writer("openai", to(server))
        asking = pool.submit(writer.ask, PROMPT)
        while not server.requests:
            time.sleep(0.01)
        begun = time.monotonic()
        writer.close()
        writer.close()
        with pytest.raises(MessageError, match="closed while it was asked"):
            asking.result(2)
        assert time.monotonic() - begun < 2
        with pytest.raises(MessageError, match="the writer is closed"):
            writer.ask(PROMPT)
    assert "llm-writer" not in [thread.name for thread in threading.enumerate()]


def test_an_interrupt_leaves_nothing_behind() -> None:
    """Ctrl-C during a batch ends its calls at once, and the writer still closes cleanly."""
    with FaultServer(("hang",)) as server, open_writer("openai", to(server)) as writer:
        interrupt = threading.Timer(0.3, signal.pthread_kill, [threading.get_ident(), signal.SIGINT])
        interrupt.start()
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            writer.ask_all([PROMPT] * 50)
        interrupt.join()
        assert time.monotonic() - begun < 2
    assert len(server.requests) == QUICK.concurrency


def test_progress_counts_to_the_end() -> None:
    """The last report is all of all."""
    seen: list[tuple[str, int, int]] = []
    with FaultServer(("good", "refusal")) as server, open_writer("openai", to(server)) as writer:
        writer.ask_all([PROMPT, Prompt("a", "b"), Prompt("c", "d")], lambda *told: seen.append(told))
    assert seen == [("messages", 1, 3), ("messages", 2, 3), ("messages", 3, 3)]


def test_a_breaker_opens_for_a_while() -> None:
    """It opens at once for a refusal for all, after five failures in a row otherwise; time closes it."""
    breaker = Breaker()
    for n in range(PATIENCE):
        assert breaker.refusal(10.0) is None
        breaker.failed("llm_timeout", 10.0 + n, for_all=False)
    assert breaker.refusal(14.0 + OUTAGE_SECONDS - 0.1) == "llm_timeout"
    assert breaker.refusal(14.0 + OUTAGE_SECONDS) is None
    breaker.failed("llm_unavailable", 100.0, for_all=False)
    assert breaker.refusal(101.0) == "llm_unavailable"
    breaker.answered()
    breaker.failed("llm_timeout", 500.0, for_all=False)
    assert breaker.refusal(501.0) is None
    breaker.failed("llm_auth", 600.0, for_all=True)
    assert breaker.refusal(600.0 + REFUSAL_SECONDS - 0.1) == "llm_auth"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after-ms": "inf"}, None),
        ({}, None),
    ],
)
def test_what_a_server_asks_to_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, milliseconds and a date against the server's own clock are understood; nonsense is nothing."""
    assert retry_after(headers) == seconds


def test_processes_share_a_cache(tmp_path: Path) -> None:
    """Four processes that keep the same hundred keys at once leave whole files and nothing else."""
    code = (
        "import sys; from pathlib import Path; from nbalib.messages.cache import *\n"
        "cache = AnswerCache(Path(sys.argv[1]))\n"
        "for n in range(100): cache.keep(f'{n:064}', Written(message='x' * 5000, reasoning=str(n)))\n"
        "for n in range(100): assert cache.find(f'{n:064}').reasoning == str(n)"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 100


def test_a_cache_that_cannot_be_made_is_an_error_and_a_full_one_is_not(tmp_path: Path) -> None:
    """A file in the folder's place is named before the start; a key that cannot be written is asked again."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(MessageError, match="cannot be made"):
        AnswerCache(tmp_path / "taken")
    cache = AnswerCache(tmp_path / "answers")
    (tmp_path / "answers" / "ab").write_text("")
    cache.keep("ab" + "0" * 62, Written(message="m", reasoning="r"))
    assert cache.find("ab" + "0" * 62) is None
