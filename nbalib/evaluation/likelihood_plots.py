"""The figures of a trained likelihood.

In: frames as `likelihood_summaries` makes them. Out: matplotlib figures, never shown here. An empty frame
gives a figure that says "No data.". Shares and likelihoods are shown in percent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import PercentFormatter

from nbalib.evaluation.axes import category_axis, legend_above
from nbalib.evaluation.style import ACCENT, INK, LINE, MARK, OTHER_COLOUR, SOFT, canvas, no_data

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAR_INCHES = 0.32
ROOM = 1.1


def reliability(frame: pd.DataFrame) -> Figure:
    """Draw what was said against what came true; columns `said`, `seen`, `low`, `high`, `n`."""
    title = "What was said, and how often it came true"
    if frame.empty:
        return no_data(title)
    with canvas(title, 4.0) as (figure, axes):
        top = max(float(frame[["said", "high"]].max().max()) * ROOM, 0.01)
        axes.plot([0, top], [0, top], color=LINE, linewidth=1, zorder=0)
        axes.annotate("as said", (top, top), (-4, -14), "data", "offset points", color=SOFT, ha="right")
        below, above = frame["seen"] - frame["low"], frame["high"] - frame["seen"]
        ends = np.clip(np.vstack([below, above]), 0, None)
        axes.errorbar(frame["said"], frame["seen"], ends, fmt="none", ecolor=ACCENT, elinewidth=1.2)
        axes.plot(frame["said"], frame["seen"], "o", color=ACCENT, markersize=6)
        axes.set_xlim(0, top)
        axes.set_ylim(0, top)
        _percent(axes, "xy")
        axes.set_xlabel("likelihood that was said, mean of a tenth of the rows", loc="right")
        axes.set_ylabel("resolved in time")
    return figure


def lift(frame: pd.DataFrame) -> Figure:
    """Share of all resolutions among the likeliest rows; columns `way`, `share_of_rows`, `share_found`."""
    title = "Resolutions found among the likeliest issues"
    if frame.empty:
        return no_data(title)
    with canvas(title, 3.6) as (figure, axes):
        axes.plot([0, 1], [0, 1], color=LINE, linewidth=1, label="by lot")
        for (way, rows), colour in zip(
            frame.groupby("way", sort=False), (OTHER_COLOUR, ACCENT, MARK), strict=False
        ):
            axes.plot([0, *rows["share_of_rows"]], [0, *rows["share_found"]], color=colour, label=str(way))
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        _percent(axes, "xy")
        axes.set_xlabel("issues, from the likeliest on", loc="right")
        axes.set_ylabel("of all resolutions")
        legend_above(axes, 3)
    return figure


def ways(frame: pd.DataFrame) -> Figure:
    """AUC of each way with its interval; columns `way`, `is_chosen`, `auc`, `auc_low`, `auc_high`."""
    title = "How well each way tells resolved from unresolved"
    if frame.empty:
        return no_data(title)
    with canvas(title, 1.2 + BAR_INCHES * len(frame)) as (figure, axes):
        values = frame[["auc", "auc_low", "auc_high"]].to_numpy(dtype=float)
        for place, (middle, low, high) in enumerate(values):
            colour = MARK if frame["is_chosen"].iloc[place] else ACCENT
            axes.plot([low, high], [place, place], color=colour, linewidth=1.6)
            axes.plot(middle, place, "o", color=colour, markersize=6)
        axes.axvline(0.5, color=LINE, linewidth=1, zorder=0)
        notes = [f"{middle:.2f}" for middle in values[:, 0]]
        most = max(float(frame["auc_high"].max()), 0.6)
        category_axis(axes, frame["way"], notes, at=most)
        axes.set_xlim(min(0.45, float(frame["auc_low"].min()) - 0.02), most + 0.01)
        _scale_below(axes, np.arange(0.5, most + 0.001, 0.1))
        axes.set_xlabel("AUC: 0.5 is a coin, 1 is never wrong; orange: chosen", loc="right")
    return figure


def slices(frame: pd.DataFrame) -> Figure:
    """Said and seen in parts of the rows; columns `slice`, `n`, `share_said`, `share_seen`."""
    title = "Said and seen, part by part"
    if frame.empty:
        return no_data(title)
    with canvas(title, 1.2 + BAR_INCHES * len(frame)) as (figure, axes):
        for place, ends in enumerate(frame[["share_said", "share_seen"]].to_numpy(dtype=float)):
            axes.plot(ends, [place, place], color=LINE, linewidth=2, zorder=0)
        axes.plot(
            frame["share_seen"], range(len(frame)), "o", color=INK, markersize=6, label="resolved in time"
        )
        axes.plot(frame["share_said"], range(len(frame)), "D", color=ACCENT, markersize=5, label="said")
        top = float(frame[["share_said", "share_seen"]].max().max())
        category_axis(axes, frame["slice"], [f"n = {n:,}" for n in frame["n"]], at=top * 1.08 + 0.005)
        axes.set_xlim(0, top * 1.1 + 0.01)
        _scale_below(axes, None)
        _percent(axes, "x")
        legend_above(axes, 2)
    return figure


def _percent(axes: Axes, which: str) -> None:
    """Write an axis in percent, with light lines behind."""
    for name in which:
        axis = axes.xaxis if name == "x" else axes.yaxis
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(axis="both" if which == "xy" else "x")


def _scale_below(axes: Axes, ticks: np.ndarray | None) -> None:
    """Bring back the horizontal scale, which rows of categories go without."""
    axes.spines["bottom"].set_visible(True)
    if ticks is None:
        low, high = axes.get_xlim()
        step = next(size for size in (0.01, 0.02, 0.05, 0.1, 0.2) if (high - low) / size <= 8)
        ticks = np.arange(0, high, step)
    axes.set_xticks(ticks.tolist())
