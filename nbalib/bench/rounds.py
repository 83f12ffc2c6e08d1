"""Run jobs in turn, several times over, so that whatever else the machine does falls on all of them alike.

In: jobs. Out: what was measured of each, round by round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from nbalib.bench.children import run_child
from nbalib.bench.jobs import Job, Measured, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

LEAST_LIMIT_SECONDS = 120.0
SLOWEST_ROWS_PER_SECOND = 2000.0


@dataclass(frozen=True)
class Bench:
    """How to measure.

    Attributes
    ----------
    rows : int
        Of the file that everything begins with.
    rounds : int
        How often each job is run.
    seed : int
        Of the file.
    params_dir, cache, scratch : Path
        Parameters; where files are kept from one day to the next; where nothing is kept.
    now : datetime
        Instant of the run (UTC).
    tell : callable
        Is told what is done, line by line.
    """

    rows: int
    rounds: int
    seed: int
    params_dir: Path
    cache: Path
    scratch: Path
    now: datetime
    tell: Callable[[str], None]

    @property
    def limit_seconds(self) -> float:
        """Longest time that one run may take: it may have twice the rows, and the machine may be slow."""
        return LEAST_LIMIT_SECONDS + 2 * self.rows / SLOWEST_ROWS_PER_SECOND

    def job(self, side: Side, step: str, source: Path, **more: Any) -> Job:
        """Describe a job; where it writes is chosen when it runs."""
        return Job(side, step, source, self.scratch, self.params_dir, self.now, **more)

    def in_turn(self, jobs: Mapping[str, Job]) -> dict[str, list[Measured]]:
        """Run each of the named jobs once a round, each in an empty folder that goes when it is done."""
        taken: dict[str, list[Measured]] = {name: [] for name in jobs}
        for place in range(1, self.rounds + 1):
            for name, job in jobs.items():
                with TemporaryDirectory(dir=self.scratch) as folder:
                    measured = self._run(replace(job, folder=Path(folder)))
                taken[name].append(measured)
                self.tell(f"{name}, round {place} of {self.rounds}: {measured.seconds:.3f} s")
        return taken

    def kept(self, job: Job, name: str) -> Path:
        """Run a job that prepares something; give the folder it wrote to."""
        folder = self.scratch / name
        folder.mkdir()
        self.tell(f"preparing {name}")
        self._run(replace(job, folder=folder))
        return folder

    def _run(self, job: Job) -> Measured:
        return run_child(job, self.limit_seconds)


def together(parts: list[list[Measured]]) -> list[Measured]:
    """Add up several steps, round by round: seconds in all, the largest memory, the last's count."""
    return [
        Measured(
            sum(run.seconds for run in runs),
            max(run.peak_rss_mb for run in runs),
            runs[-1].counted,
            sum(run.cpu_seconds or 0.0 for run in runs),
        )
        for runs in zip(*parts, strict=True)
    ]
