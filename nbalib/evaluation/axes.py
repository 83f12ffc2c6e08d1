"""Axes that people can read: counts, categories, and times on a logarithmic scale.

In: axes and what is to stand on them. Out: the axes, changed. Times are seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from nbalib.evaluation.style import INK, MARK, OTHER_COLOUR, SOFT, label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
TIME_TICKS = {
    1.0: "1 s",
    10.0: "10 s",
    MINUTE: "1 min",
    10 * MINUTE: "10 min",
    HOUR: "1 h",
    6 * HOUR: "6 h",
    DAY: "1 d",
    7 * DAY: "1 week",
    30 * DAY: "30 d",
    365 * DAY: "1 year",
}
N_BINS = 48


def legend_above(axes: Axes, n_columns: int) -> None:
    """Put the legend in one line between title and axes."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=n_columns,
        borderpad=0,
        borderaxespad=0.6,
        handlelength=0.9,
        handleheight=0.9,
        columnspacing=1.4,
        handletextpad=0.5,
    )


def date_axis(axes: Axes, instants: pd.Index) -> None:
    """Name the horizontal axis by dates, as briefly as they can be told apart."""
    if len(instants) == 1:
        axes.set_xticks([instants[0]], [f"{instants[0]:%Y-%m-%d}"])
        return
    locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    years = ["", "%Y", "%Y", "%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d %H:%M"]
    brief = ConciseDateFormatter(locator, offset_formats=years)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(brief)


def duration(seconds: float) -> str:
    """Write a span for a reader: ``45 s``, ``12 min``, ``6.5 h``, ``3 d``."""
    for unit, name, until in ((1.0, "s", MINUTE), (MINUTE, "min", HOUR), (HOUR, "h", 2 * DAY)):
        if seconds < until:
            return f"{seconds / unit:.{1 if name == 'h' and seconds < 10 * HOUR else 0}f} {name}"
    return f"{seconds / DAY:,.0f} d"


def known_seconds(values: Sequence[float] | pd.Series) -> pd.Series:
    """Give the finite values as floats, at least one second each, for a logarithmic axis."""
    numbers = np.asarray(values, dtype="float64")
    return pd.Series(np.maximum(numbers[np.isfinite(numbers)], 1.0))


def time_histogram(axes: Axes, groups: Mapping[str, pd.Series], colours: Mapping[str, str]) -> None:
    """Stack histograms of seconds on a logarithmic axis with ticks that people use."""
    series = {name: known_seconds(values) for name, values in groups.items()}
    every = pd.concat(list(series.values()))
    edges = np.geomspace(every.min() / 1.5, every.max() * 1.5, N_BINS + 1).tolist()
    axes.hist(
        list(series.values()),
        bins=edges,
        stacked=True,
        color=[colours.get(name, OTHER_COLOUR) for name in series],
        label=list(series),
        rwidth=0.94,
    )
    axes.set_xscale("log")
    axes.set_xlim(edges[0], edges[-1])
    ticks = {at: text for at, text in TIME_TICKS.items() if edges[0] <= at <= edges[-1]}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.minorticks_off()


def mark(axes: Axes, at: float, text: str, side: str) -> None:
    """Draw a vertical mark with its words beside it, above what the axes show."""
    axes.axvline(at, color=MARK, linewidth=1.2)
    shift = (4, 2) if side == "right" else (-4, 2)
    place = axes.get_xaxis_transform()
    horizontal = "left" if side == "right" else "right"
    axes.annotate(text, (at, 1), shift, place, "offset points", color=MARK, ha=horizontal, va="bottom")


def count_axis(axes: Axes, what: str) -> None:
    """Let the vertical axis count whole things, with light lines behind."""
    axes.grid(axis="y")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_ylabel(what)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def category_axis(
    axes: Axes, names: Iterable[object], notes: Sequence[str], *, at: float | Sequence[float]
) -> None:
    """Name the rows, first on top, and put a note at the end of each; the other axis is not needed."""
    ends = np.broadcast_to(at, len(notes))
    for place, (note, end) in enumerate(zip(notes, ends, strict=True)):
        axes.annotate(
            note, (end, place), (5, 0), "data", "offset points", color=SOFT, va="center", fontsize=8.5
        )
    axes.set_yticks(range(len(notes)), [label(name) for name in names])
    axes.set_ylim(len(notes) - 0.4, -0.6)
    axes.margins(x=0)
    axes.set_xticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
