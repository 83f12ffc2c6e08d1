"""What every test may ask for: the repository, the real data, and the certainty that no key is spent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# A shared machine is slow at odd moments, and a property is about values, not about seconds. In CI the
# examples are the same every time, so that a change is judged by itself and not by luck.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

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
    """Hide the developer's own model and key; an empty variable wins over the same name in `.env`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SECRETS:
            patch.setenv(name, "")
        yield
