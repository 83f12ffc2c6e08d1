"""Run a job in a fresh process, and watch its memory from outside.

In: a job and a bound. Out: `Measured`; a process that fails, is killed or takes too long is an error.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from nbalib.bench.jobs import Measured
from nbalib.bench.resident import resident_mb
from nbalib.errors import NbaError

if TYPE_CHECKING:
    from nbalib.bench.jobs import Job

SAMPLE_SECONDS = 0.1
CHILD = "nbalib.bench.child"


def run_child(job: Job, limit_seconds: float) -> Measured:
    """Run `job` to its end.

    Raises
    ------
    NbaError
        The process failed, was killed, or ran for longer than `limit_seconds`.
    """
    with subprocess.Popen(  # noqa: S603  our own module and our own job
        [sys.executable, "-m", CHILD, job.as_json()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            said, complaint, memory = _followed(process, job, limit_seconds)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise NbaError(f"{job.side} {job.step}: {_ending(process.returncode, complaint)}")
    return Measured.from_json(said, tuple(memory))


def _followed(
    process: subprocess.Popen[str], job: Job, limit_seconds: float
) -> tuple[str, str, list[tuple[float, float]]]:
    """Wait for the end of `process`; give stdout, stderr and its memory at each look."""
    begun, memory = time.monotonic(), []
    while True:
        passed = time.monotonic() - begun
        held = resident_mb(process.pid)
        if held:  # a process that has ended, and was not yet waited for, holds nothing
            memory.append((passed, held))
        if passed > limit_seconds:
            raise NbaError(f"{job.side} {job.step}: not done after {limit_seconds:,.0f} s, and stopped")
        try:
            said, complaint = process.communicate(timeout=SAMPLE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return said, complaint, memory


def _ending(code: int, complaint: str) -> str:
    """Say how a process ended that did not end well."""
    lines = [line for line in complaint.splitlines() if line.strip()]
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit {code}: {lines[-1] if lines else 'it said nothing'}"
