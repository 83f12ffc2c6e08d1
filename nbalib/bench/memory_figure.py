"""The memory of each step over time, as a figure.

In: lines. Out: a matplotlib figure, one row a step: ours and its baseline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from nbalib.evaluation.axes import count_axis, legend_above
from nbalib.evaluation.style import ACCENT, OTHER_COLOUR, RULES, WIDTH_INCHES, no_data, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbalib.bench.jobs import Measured
    from nbalib.bench.lines import Line

ROW_INCHES = 2.0


def memory_figure(lines: Sequence[Line]) -> Figure:
    """Draw the last run of each line: resident megabytes against seconds since its process began."""
    title = "Memory over time"
    drawn = [line for line in lines if line.ours[-1].memory]
    if not drawn:
        return no_data(title)
    with mpl.rc_context(RULES):  # type: ignore[arg-type]  # the stubs name each key
        figure = Figure(figsize=(WIDTH_INCHES, ROW_INCHES * len(drawn) + 0.6), layout="constrained")
        figure.suptitle(title, x=0.005, ha="left")
        for line, axes in zip(drawn, figure.subplots(len(drawn), squeeze=False)[:, 0], strict=True):
            for runs, name, colour in (
                (line.ours, f"{words(line.name)} of {line.rows:,} rows", ACCENT),
                (line.baseline, "bare", OTHER_COLOUR),
            ):
                seconds, held = _course(runs[-1])
                axes.plot(seconds, held, color=colour, label=name)
            axes.set_ylim(bottom=0)
            count_axis(axes, "MB")
            legend_above(axes, 2)
        axes.set_xlabel("seconds since the process began")
    return figure


def _course(run: Measured) -> tuple[list[float], list[float]]:
    return [seconds for seconds, _ in run.memory], [held for _, held in run.memory]
