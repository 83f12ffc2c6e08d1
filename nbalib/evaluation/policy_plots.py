"""The figures of policy evaluation.

In: small frames, as `policy` makes them. Out: matplotlib figures, never shown here. Values and chances are
shares from 0 to 1 and are shown in percent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator, PercentFormatter

from nbalib.decisions.channels import CHANNELS
from nbalib.evaluation.axes import category_axis, legend_above
from nbalib.evaluation.style import (
    ACCENT,
    CHANNEL_COLOURS,
    INK,
    LINE,
    MARK,
    OTHER_COLOUR,
    QUIET,
    SOFT,
    canvas,
    no_data,
    words,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW_INCHES = 0.36
METHOD_COLOURS = {
    "replay": QUIET,
    "direct": "#e69f00",
    "ips": "#56b4e9",
    "snips": "#009e73",
    "doubly_robust": ACCENT,
}
METHOD_WORDS = {
    "replay": "replay",
    "direct": "direct method",
    "ips": "IPS",
    "snips": "SNIPS",
    "doubly_robust": "doubly robust",
}
LEVEL, DEVIATIONS = 0.95, 2.576
"""A right interval's coverage, and between how many standard errors 99 of 100 simulated ones lie."""


def policy_values(frame: pd.DataFrame, *, practice: float) -> Figure:
    """Value of each policy with its interval, beside the truth and what plain averages say.

    Columns `policy`, `value`, `low`, `high`, `truth`, `plain` (null where there is none) and `n_effective`; a
    null value is a refusal. `practice` is the mean reward of the log.
    """
    title = "Issues resolved within the horizon, by policy"
    if frame.empty:
        return no_data(title)
    places = np.arange(len(frame))
    with canvas(title, 1.5 + ROW_INCHES * len(frame)) as (figure, axes):
        axes.axvline(practice, color=LINE, linewidth=1, zorder=0)
        axes.hlines(places, frame["low"], frame["high"], color=ACCENT, linewidth=2.5)
        axes.plot(frame["value"], places, "o", color=ACCENT, markersize=6, label="estimate, 95 % interval")
        axes.plot(
            frame["truth"], places, "D", color=MARK, markersize=5.5, markerfacecolor="none", label="truth"
        )
        axes.plot(
            frame["plain"],
            places,
            "x",
            color=SOFT,
            markersize=6,
            label="plain average where the team did the same",
        )
        note = ("the team's practice", (practice, -0.45), (4, 0), "data", "offset points")
        axes.annotate(*note, color=SOFT, fontsize=8.5)
        sizes = frame["n_effective"].map("n = {:,.0f}".format).where(frame["value"].notna(), "refused")
        _rows(axes, frame["policy"], sizes)
        legend_above(axes, 3)
    return figure


def coverage(frame: pd.DataFrame) -> Figure:
    """How often 95 % intervals hold the truth; columns `scenario`, `method`, `coverage`, `n_simulations`."""
    title = "How often a 95 % interval holds the truth"
    if frame.empty:
        return no_data(title)
    wide = frame.pivot_table(index="scenario", columns="method", values="coverage", sort=False)
    with canvas(title, 1.5 + ROW_INCHES * len(wide)) as (figure, axes):
        n = int(frame["n_simulations"].min())
        around = DEVIATIONS * np.sqrt(LEVEL * (1 - LEVEL) / n)
        axes.axvspan(LEVEL - around, min(1, LEVEL + around), color="#e6e9ee", zorder=0)
        for place, method in enumerate(method for method in METHOD_COLOURS if method in wide):
            shift = (place - (len(METHOD_COLOURS) - 1) / 2) * 0.13
            colour, name = METHOD_COLOURS[method], METHOD_WORDS[method]
            axes.plot(wide[method], np.arange(len(wide)) + shift, "o", color=colour, markersize=6, label=name)
        _rows(axes, [words(str(name)) for name in wide.index], [""] * len(wide))
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel(f"of {n:,} made logs; grey: where a right interval's dot lies", loc="right")
        legend_above(axes, wide.shape[1])
    return figure


def propensities(frame: pd.DataFrame) -> Figure:
    """Compare logged chances with deeds, per band; columns `action`, `n`, `propensity`, `share_done`."""
    title = "Were the channels chosen as often as the log says?"
    if frame.empty:
        return no_data(title)
    with canvas(title, 3.6) as (figure, axes):
        axes.plot([0, 1], [0, 1], color=LINE, linewidth=1, zorder=0)
        for action, rows in frame.groupby("action", sort=False):
            colour = CHANNEL_COLOURS.get(str(action), OTHER_COLOUR)
            area = 12 + 200 * rows["n"] / frame["n"].max()
            name = CHANNELS[str(action)].words if action in CHANNELS else words(str(action))
            axes.scatter(rows["propensity"], rows["share_done"], area, color=colour, label=name, alpha=0.85)
        for axis, text in ((axes.xaxis, "chance in the log"), (axes.yaxis, "share done")):
            axis.set_major_formatter(PercentFormatter(1))
            axis.set_label_text(text)
        legend_above(axes, frame["action"].nunique())
    return figure


def _rows(axes: Axes, names: pd.Series | list[str], notes: pd.Series | list[str]) -> None:
    """Name the rows, keep the axis of shares, and put each row's note at its end."""
    start, end = axes.get_xlim()
    category_axis(axes, names, list(notes), at=end)
    axes.set_xlim(start, end)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.spines["bottom"].set_visible(True)
    axes.tick_params(axis="x", colors=LINE, labelcolor=INK)
    axes.grid(axis="x")
