"""Whatever a language model or its server does: a safe message goes out, its source is named, in time."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from fault_server import FAULTS, GOOD, FaultServer
from test_templates import BRANDS, TEMPLATES, rows

from nbalib.messages.doors import open_writer
from nbalib.messages.templates import write_messages
from nbalib.messages.writer import write_with_llm
from nbalib.settings import LlmSettings

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "sk-do-not-show-0123456789abcdef"
QUICK = LlmSettings(openai_api_key=SECRET, timeout_seconds=0.6, deadline_seconds=2.0, concurrency=4)
LOG = "[2017-10-31 22:10 UTC] Customer 115712: Where is my parcel?"

ENDS = {
    "good": ("llm", 1),
    "limit": ("template:llm_rate_limit", None),
    "limit_long": ("template:llm_rate_limit", 1),
    "quota": ("template:llm_quota", 1),
    "broken": ("template:llm_unavailable", 3),
    "overloaded": ("template:llm_unavailable", 3),
    "reset": ("template:llm_unavailable", 3),
    "cut": ("template:llm_unavailable", 3),
    "hang": ("template:llm_timeout", None),
    "trickle": ("template:llm_timeout", None),
    "key": ("template:llm_auth", 1),
    "forbidden": ("template:llm_auth", 1),
    "absent": ("template:llm_not_found", 1),
    "bad_request": ("template:llm_rejected", 1),
    "filtered_request": ("template:llm_content_filter", 1),
    "not_json": ("template:llm_invalid", 1),
    "html": ("template:llm_invalid", 1),
    "list": ("template:llm_invalid", 1),
    "null": ("template:llm_invalid", 1),
    "deep": ("template:llm_invalid", 1),
    "null_choices": ("template:llm_invalid", 1),
    "odd_choices": ("template:llm_invalid", 1),
    "no_choices": ("template:llm_empty", 1),
    "no_content": ("template:llm_empty", 1),
    "blank": ("template:llm_empty", 1),
    "prose": ("template:llm_invalid", 1),
    "fenced": ("template:llm_invalid", 1),
    "wrong_type": ("template:llm_invalid", 1),
    "missing_field": ("template:llm_invalid", 1),
    "acts": ("template:llm_invalid", 1),
    "half_a_sign": ("template:llm_invalid", 1),
    "length": ("template:llm_length", 1),
    "filter": ("template:llm_content_filter", 1),
    "refusal": ("template:llm_refusal", 1),
    "too_long": ("template:llm_too_long", 1),
    "phone": ("template:llm_unsafe", 1),
    "link": ("template:llm_unsafe", 1),
    "mask": ("template:llm_unsafe", 1),
    "internal": ("template:llm_unsafe", 1),
    "account": ("template:llm_unsafe", 1),
    "unseen": ("template:llm_unsafe", 1),
}
"""Each fault, the source it ends in, and how often the server is asked; None: as often as the time allows."""


def ask(
    server: FaultServer, n: int = 1, settings: LlmSettings = QUICK, kept: Path | None = None
) -> dict[str, list[str]]:
    """Write `n` messages against the server."""
    decisions = rows(*({"conversation_id": f"twitter:1:{i}", "topic": "delivery"} for i in range(n)))
    logs = pa.array([f"{LOG} It is the {i}th time I ask." for i in range(n)])
    settings = replace(settings, openai_base_url=f"{server.url}/v1")
    with open_writer("openai", settings, kept) as writer:
        written = write_with_llm(decisions, logs, writer, brands=BRANDS, templates=TEMPLATES)
    drafted = write_messages(decisions, BRANDS, TEMPLATES)["message"]
    return {**written.to_pydict(), "drafted": drafted.to_pylist()}


@pytest.mark.parametrize("fault", ENDS)
def test_each_fault_ends_in_its_named_source_in_time(fault: str) -> None:
    """The template goes out, the failure is named, and no message takes longer than its deadline."""
    source, n_requests = ENDS[fault]
    with FaultServer((fault,)) as server:
        begun = time.monotonic()
        answer = ask(server)
        spent = time.monotonic() - begun
        asked = len(server.requests)
    assert answer["message_source"] == [source]
    assert spent < QUICK.deadline_seconds + 1.5
    assert asked == n_requests or (n_requests is None and asked > 1)
    if source == "llm":
        assert (answer["message"], answer["llm_reasoning"]) == ([GOOD], ["Asks for the order number."])
    else:
        assert (answer["message"], answer["llm_reasoning"]) == (answer["drafted"], [None])


def test_every_fault_of_the_server_is_tried() -> None:
    """No fault stands in the server without an end that is known for it."""
    assert sorted(FAULTS) == sorted(ENDS)


@pytest.mark.parametrize("fault", ["limit", "broken", "reset", "hang", "cut"])
def test_what_passes_is_tried_again(fault: str) -> None:
    """After one passing failure the model's words go out, and what the server asked to wait was waited."""
    with FaultServer((fault, "good")) as server:
        begun = time.monotonic()
        answer = ask(server)
        spent = time.monotonic() - begun
    assert answer["message_source"] == ["llm"]
    assert len(server.requests) == 2
    assert spent >= 0.2


def test_a_server_that_is_not_there_costs_no_deadline() -> None:
    """Nobody listens: refused connections end in a named source after three quick tries."""
    with FaultServer(("good",)) as server:
        nobody = FaultServer(("good",))
        nobody.listening = server.listening
    # A busy machine may take its time to begin: the deadline is far off, and must not be what ends it.
    patient = replace(QUICK, deadline_seconds=60.0)
    begun = time.monotonic()
    assert ask(nobody, settings=patient)["message_source"] == ["template:llm_unavailable"]
    assert time.monotonic() - begun < patient.deadline_seconds / 2


@pytest.mark.parametrize(
    ("fault", "source"), [("key", "llm_auth"), ("absent", "llm_not_found"), ("quota", "llm_quota")]
)
def test_a_refusal_for_all_is_not_asked_for_each(fault: str, source: str) -> None:
    """A wrong key is tried by those under way when it is found out, and by nobody after."""
    with FaultServer((fault,)) as server:
        answer = ask(server, n=200)
        asked = len(server.requests)
    assert answer["message_source"] == [f"template:{source}"] * 200
    assert asked <= QUICK.concurrency


def test_an_outage_does_not_hold_up_a_batch() -> None:
    """Two hundred customers against a dead server take no longer than a few of them."""
    with FaultServer(("hang",)) as server:
        begun = time.monotonic()
        answer = ask(server, n=200)
        spent = time.monotonic() - begun
    assert answer["message_source"] == ["template:llm_timeout"] * 200
    assert spent < 3 * QUICK.deadline_seconds + 2


def test_useless_answers_do_not_stop_the_calling() -> None:
    """Refusals, filters and unsafe words are one customer's matter: the next one is asked all the same."""
    with FaultServer((*["refusal", "filter", "no_choices", "phone", "acts"] * 3, "good")) as server:
        sources = ask(server, n=16, settings=replace(QUICK, concurrency=1))["message_source"]
    assert sources.count("llm") == 1
    assert len(server.requests) == 16


def test_no_more_calls_at_a_time_than_allowed() -> None:
    """Sixty prompts never have more than four calls under way, and all are answered."""
    with FaultServer(("good",)) as server:
        answer = ask(server, n=60)
        most = server.most_under_way
    assert answer["message_source"] == ["llm"] * 60
    assert most <= QUICK.concurrency


def test_an_answer_is_paid_for_once(tmp_path: Path) -> None:
    """A second run asks nothing, reads the same words, and what failed is asked again."""
    with FaultServer(("good", "refusal", "good")) as server:
        one_by_one = replace(QUICK, concurrency=1)
        first = ask(server, n=3, settings=one_by_one, kept=tmp_path)
        assert len(server.requests) == 3
        second = ask(server, n=3, settings=one_by_one, kept=tmp_path)
    assert sorted(first["message_source"]) == ["llm", "llm", "template:llm_refusal"]
    assert second["message_source"] == ["llm"] * 3
    assert len(server.requests) == 4


def test_a_damaged_kept_answer_is_asked_for_again(tmp_path: Path) -> None:
    """Half a file, or another's content, counts as nothing kept."""
    with FaultServer(("good",)) as server:
        ask(server, kept=tmp_path)
        (path,) = tmp_path.rglob("*.json")
        for content in ('{"message": "hel', "[]", '{"message": 7, "reasoning": null}', ""):
            path.write_text(content, encoding="utf-8")
            assert ask(server, kept=tmp_path)["message"] == [GOOD]
    assert len(server.requests) == 5


def test_the_key_is_shown_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A server that quotes the key in its errors, and logs of every level, do not bring it to light."""
    caplog.set_level(logging.DEBUG)
    shown = [repr(QUICK)]
    for fault in ("key", "good", "broken", "not_json"):
        with FaultServer((fault,)) as server:
            shown.append(repr(ask(server, kept=tmp_path)))
    kept = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file())
    logged = "".join(record.getMessage() + str(record.args) for record in caplog.records)
    assert SECRET not in "".join([*shown, kept, logged])
    assert "llm" in "".join(shown)
