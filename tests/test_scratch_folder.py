"""A scratch folder goes with its block, or, where its process was killed, with the next one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from nbalib.stores.scratch_folder import scratch_folder

if TYPE_CHECKING:
    from pathlib import Path

DIE = """
import os, signal
from nbalib.stores.scratch_folder import scratch_folder
with scratch_folder() as folder:
    (folder / "large").touch()
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system's folder for temporary files be one of the test's own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_what_a_killed_process_left_goes_with_the_next_and_what_is_held_stays(tmp_path: Path) -> None:
    """A folder in use is not touched, whoever comes; at the end none is left."""
    with scratch_folder() as held:
        (held / "mine").touch()
        run = subprocess.run([sys.executable, "-c", DIE], capture_output=True, text=True, check=False)
        left = tmp_path / held.parent.name / run.stdout.strip().rpartition("/")[2]
        assert (left / "large").exists()
        with scratch_folder() as second:
            assert second not in (held, left)
            assert not left.exists()
            assert (held / "mine").exists()
    assert list(held.parent.iterdir()) == []
