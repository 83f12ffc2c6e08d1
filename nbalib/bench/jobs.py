"""What a measured process is told, and what it tells.

In and out: JSON. Times are seconds, memory is megabytes of 1,000,000 bytes.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from types import TracebackType

STORE = "nba.duckdb"
"""Name of the store that a step leaves in its folder."""

Side = Literal["ours", "bare"]


@dataclass(frozen=True)
class Job:
    """One step to run.

    Attributes
    ----------
    side, step : str
        Whose step, and which.
    source : Path
        The file or the store that it begins with; it is left as it is.
    folder : Path
        Where it writes; there, and empty.
    params_dir : Path
        Parameters of our steps.
    now : datetime
        Instant of the run (UTC).
    onto : Path, optional
        A store that the step adds to, in a copy.
    rows, seed : int
        How many rows to make or to copy, and from which seed.
    db : str
        The store in which it is done.
    spark : str
        The master of the Spark that does it, if any does.
    """

    side: Side
    step: str
    source: Path
    folder: Path
    params_dir: Path
    now: datetime
    onto: Path | None = None
    rows: int = 0
    seed: int = 0
    db: str = "duckdb"
    spark: str = ""

    def as_json(self) -> str:
        """Write the job as one line."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Read what `as_json` wrote."""
        given = json.loads(text)
        for name in ("source", "folder", "params_dir", "onto"):
            given[name] = None if given[name] is None else Path(given[name])
        given["now"] = datetime.fromisoformat(given["now"])
        return cls(**given)


@dataclass(frozen=True)
class Measured:
    """One run of a step.

    Attributes
    ----------
    seconds : float
        Of the work alone: starting Python, imports and copies of stores are left out.
    peak_rss_mb : float
        Largest resident memory of the process.
    counted : int
        What the step says it made, so that no step is quick by doing nothing.
    cpu_seconds : float, optional
        Of all cores together during the work; steadier than `seconds` where other programs run, too.
    memory : tuple of (float, float)
        Seconds since the process began, and resident megabytes then; empty where that cannot be read.
    """

    seconds: float
    peak_rss_mb: float
    counted: int
    cpu_seconds: float | None = None
    memory: tuple[tuple[float, float], ...] = ()

    @classmethod
    def from_json(cls, text: str, memory: tuple[tuple[float, float], ...]) -> Measured:
        """Read what a measured process said, and add what was seen of it from outside."""
        return cls(**json.loads(text), memory=memory)


class Stopwatch:
    """Counts the seconds inside its `with` blocks, on the wall and on all cores."""

    def __init__(self) -> None:
        self.seconds = self.cpu_seconds = 0.0
        self._begun = self._cpu_begun = 0.0

    def __enter__(self) -> None:
        self._begun, self._cpu_begun = time.perf_counter(), time.process_time()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds += time.perf_counter() - self._begun
        self.cpu_seconds += time.process_time() - self._cpu_begun
