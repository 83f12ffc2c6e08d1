"""What is said of a measurement: one line of JSON.

In: runs of ours and of a baseline. Out: medians, their ratio, the largest memory, and under which conditions.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

from nbalib import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbalib.bench.jobs import Measured

PACKAGES = ("duckdb", "pyarrow", "numpy", "pandas")
DIGITS = 6


@dataclass(frozen=True)
class Line:
    """One measurement.

    Attributes
    ----------
    name, rows
        What was measured, and of how many rows of a file.
    ours, baseline : sequence of Measured
        The runs, in the order in which they took turns.
    against : str
        What the baseline is.
    load : float
        Of the machine when the first run began: processes that wanted a core, over the last minute.
    counts : str
        What `counted` of a run counts.
    ratio_of : str
        What the ratio compares.
    facts : mapping
        Whatever else is worth knowing.
    """

    name: str
    rows: int
    ours: Sequence[Measured]
    baseline: Sequence[Measured]
    against: str
    load: float
    counts: str
    ratio_of: Literal["seconds", "peak_rss_mb"] = "seconds"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Median of our runs."""
        return median(run.seconds for run in self.ours)

    @property
    def baseline_seconds(self) -> float:
        """Median of the baseline's runs."""
        return median(run.seconds for run in self.baseline)

    @property
    def ratio(self) -> float:
        """Ours over the baseline's."""
        if self.ratio_of == "peak_rss_mb":
            return _peak(self.ours) / _peak(self.baseline)
        return self.seconds / self.baseline_seconds

    def as_dict(self) -> dict[str, Any]:
        """Give the line as it is printed."""
        counted = self.ours[-1].counted
        return {
            "name": self.name,
            "rows": self.rows,
            "seconds": round(self.seconds, DIGITS),
            "baseline_seconds": round(self.baseline_seconds, DIGITS),
            "ratio": round(self.ratio, DIGITS),
            "peak_rss_mb": round(_peak(self.ours), 1),
            "baseline_peak_rss_mb": round(_peak(self.baseline), 1),
            **_cpu("cpu_seconds", self.ours),
            **_cpu("baseline_cpu_seconds", self.baseline),
            "baseline": self.against,
            "ratio_of": self.ratio_of,
            "counts": self.counts,
            "counted": counted,
            "baseline_counted": self.baseline[-1].counted,
            "per_second": round(counted / self.seconds, 1),
            **self.facts,
            "all_seconds": [round(run.seconds, DIGITS) for run in self.ours],
            "all_baseline_seconds": [round(run.seconds, DIGITS) for run in self.baseline],
            "load": round(self.load, 2),
            "cores": os.cpu_count(),
            "versions": versions(),
        }


def versions() -> dict[str, str]:
    """Name the versions that numbers depend on."""
    return {
        "nbalib": __version__,
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def load_now() -> float:
    """Give the machine's load over the last minute."""
    return os.getloadavg()[0]


def _cpu(name: str, runs: Sequence[Measured]) -> dict[str, float]:
    """Give the median of the runs' CPU seconds, where they are known."""
    known = [run.cpu_seconds for run in runs if run.cpu_seconds is not None]
    return {name: round(median(known), DIGITS)} if known else {}


def _peak(runs: Sequence[Measured]) -> float:
    return max(run.peak_rss_mb for run in runs)
