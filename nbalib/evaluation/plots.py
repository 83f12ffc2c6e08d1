"""The figures of the reports.

In: small frames, as `summaries` makes them. Out: matplotlib figures, never shown here. An empty frame
gives a figure that says "No data.". Times are seconds or hours as the names say; axes carry units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nbalib.decisions.channels import CHANNELS
from nbalib.evaluation.axes import (
    HOUR,
    category_axis,
    count_axis,
    date_axis,
    duration,
    known_seconds,
    legend_above,
    mark,
    time_histogram,
)
from nbalib.evaluation.style import (
    ACCENT,
    CHANNEL_COLOURS,
    INK,
    LINE,
    MARK,
    OTHER_COLOUR,
    ROLE_COLOURS,
    SOFT,
    STATUS_COLOURS,
    canvas,
    label,
    no_data,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

BAR_INCHES = 0.3


def volume(frame: pd.DataFrame, *, period: str = "day") -> Figure:
    """Messages a period, stacked by who wrote them; columns `period_at`, `author_role`, `n`."""
    title = f"Messages per {period} (UTC), by who wrote them"
    if frame.empty:
        return no_data(title)
    wide = frame.pivot_table(index="period_at", columns="author_role", values="n", aggfunc="sum").fillna(0)
    roles = [role for role in ROLE_COLOURS if role in wide]
    days = wide.index.to_series().diff().min() / pd.Timedelta(days=1) if len(wide) > 1 else 1.0
    with canvas(title) as (figure, axes):
        base = np.zeros(len(wide))
        for role in roles:
            colour, width = ROLE_COLOURS[role], days * 0.92
            axes.bar(wide.index, wide[role], width, base, align="edge", color=colour, label=words(role))
            base += wide[role].to_numpy()
        date_axis(axes, wide.index)
        count_axis(axes, "messages")
        legend_above(axes, len(roles))
    return figure


def first_response_times(seconds: Sequence[float] | pd.Series) -> Figure:
    """How long customers waited for the first answer, in seconds; median and 90th percentile marked."""
    title = "How long customers waited for the first answer"
    waited = known_seconds(seconds)
    if waited.empty:
        return no_data(title)
    with canvas(title) as (figure, axes):
        time_histogram(axes, {"": waited}, {"": ACCENT})
        middle, late = (float(waited.quantile(share)) for share in (0.5, 0.9))
        mark(axes, middle, f"half within {duration(middle)}", "left")
        mark(axes, late, f"nine in ten within {duration(late)}", "right")
        axes.set_xlabel("from the customer's message to the answer, logarithmic", loc="right")
        count_axis(axes, "conversations")
    return figure


def waiting_times(frame: pd.DataFrame) -> Figure:
    """How long open issues have waited; columns `awaiting` and `hours_since_customer`."""
    title = "How long open issues have waited since the customer's last word"
    known = frame.dropna(subset=["hours_since_customer"])
    if known.empty:
        return no_data(title)
    groups = {
        f"awaiting {who}": HOUR * rows["hours_since_customer"] for who, rows in known.groupby("awaiting")
    }
    colours = {"awaiting agent": MARK, "awaiting customer": ACCENT, "awaiting nobody": OTHER_COLOUR}
    with canvas(title) as (figure, axes):
        time_histogram(axes, groups, colours)
        axes.set_xlabel("waiting time, logarithmic", loc="right")
        count_axis(axes, "open issues")
        legend_above(axes, len(groups))
    return figure


def threads_by_size(frame: pd.DataFrame) -> Figure:
    """How many conversations have how many messages; columns `size` (text), `n`, in order."""
    title = "Conversations by their number of messages"
    if frame.empty:
        return no_data(title)
    total = frame["n"].sum()
    with canvas(title) as (figure, axes):
        bars = axes.bar(frame["size"].astype(str), frame["n"], 0.8, color=ACCENT)
        shares = [f"{n / total:.0%}" if n >= 0.005 * total else "" for n in frame["n"]]
        axes.bar_label(bars, shares, padding=2, color=SOFT, fontsize=8.5)
        axes.tick_params(axis="x", length=0)
        axes.set_xlabel("messages in the conversation", loc="right")
        count_axis(axes, "conversations")
    return figure


def statuses_by_brand(frame: pd.DataFrame) -> Figure:
    """Share of each status by brand; columns `brand`, `resolution_status`, `n`, brands in order."""
    title = "State of the conversations, by brand"
    if frame.empty:
        return no_data(title)
    wide = frame.pivot_table(
        index="brand", columns="resolution_status", values="n", aggfunc="sum", sort=False, fill_value=0
    )
    statuses = [status for status in STATUS_COLOURS if status in wide]
    shares = wide.div(wide.sum(axis=1), axis=0)
    with canvas(title, 1.1 + BAR_INCHES * len(wide)) as (figure, axes):
        left = np.zeros(len(wide))
        for status in statuses:
            bars = axes.barh(
                range(len(wide)),
                shares[status],
                0.74,
                left,
                color=STATUS_COLOURS[status],
                label=words(status),
            )
            inside = [f"{share:.0%}" if share >= 0.07 else "" for share in shares[status]]
            ink = INK if status == "no_issue" else "white"
            axes.bar_label(bars, inside, label_type="center", color=ink, fontsize=8.5)
            left += shares[status].to_numpy()
        category_axis(axes, wide.index, [f"n = {n:,}" for n in wide.sum(axis=1)], at=1.0)
        legend_above(axes, len(statuses))
    return figure


def actions_by_rule(frame: pd.DataFrame) -> Figure:
    """How often each rule decided, coloured by channel; columns `rule`, `channel`, `n`, rules in order."""
    title = "What was decided, by rule"
    if frame.empty:
        return no_data(title)
    wide = frame.pivot_table(
        index="rule", columns="channel", values="n", aggfunc="sum", sort=False, fill_value=0
    )
    channels = _channels(wide)
    with canvas(title, 1.2 + BAR_INCHES * len(wide)) as (figure, axes):
        left = np.zeros(len(wide))
        for channel in channels:
            colour = CHANNEL_COLOURS.get(channel, OTHER_COLOUR)
            axes.barh(
                range(len(wide)), wide[channel], 0.74, left, color=colour, label=_channel_words(channel)
            )
            left += wide[channel].to_numpy()
        category_axis(
            axes, [words(str(rule)) for rule in wide.index], [f"{n:,.0f}" for n in left], at=left.tolist()
        )
        legend_above(axes, len(channels))
    return figure


def send_times(frame: pd.DataFrame, *, zone: str = "UTC") -> Figure:
    """Messages to send by local hour of the day, by channel; columns `hour` (0 to 23), `channel`, `n`."""
    title = "When messages are to be sent"
    if frame.empty:
        return no_data(title)
    wide = frame.pivot_table(index="hour", columns="channel", values="n", aggfunc="sum").fillna(0)
    wide = wide.reindex(range(24), fill_value=0)
    channels = _channels(wide)
    with canvas(title, 2.8) as (figure, axes):
        base = np.zeros(24)
        for channel in channels:
            colour = CHANNEL_COLOURS.get(channel, OTHER_COLOUR)
            axes.bar(
                wide.index,
                wide[channel],
                0.92,
                base,
                align="edge",
                color=colour,
                label=_channel_words(channel),
            )
            base += wide[channel].to_numpy()
        axes.set_xlim(0, 24)
        axes.set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
        axes.set_xlabel(f"hour of the day, {label(zone)}", loc="right")
        count_axis(axes, "messages")
        legend_above(axes, len(channels))
    return figure


def mood_by_status(frame: pd.DataFrame) -> Figure:
    """Mood of conversations by status; columns `resolution_status` and `mood` (-1 to 1)."""
    title = "Mood of the customer's words, by state of the conversation"
    known = frame.dropna(subset=["mood"])
    if known.empty:
        return no_data(title)
    moods = {
        status: known.loc[known["resolution_status"] == status, "mood"]
        for status in STATUS_COLOURS
        if (known["resolution_status"] == status).any()
    }
    with canvas(title, 1.3 + 1.6 * BAR_INCHES * len(moods)) as (figure, axes):
        for place, (status, mood) in enumerate(moods.items()):
            low, first, middle, third, high = mood.quantile([0.1, 0.25, 0.5, 0.75, 0.9])
            axes.plot([low, high], [place, place], color=STATUS_COLOURS[status], linewidth=1.5)
            axes.plot([first, third], [place, place], color=STATUS_COLOURS[status], linewidth=9)
            axes.plot(middle, place, "o", color="white", markeredgecolor=INK, markersize=7)
        axes.axvline(0, color=LINE, linewidth=0.8, zorder=0)
        category_axis(
            axes, [words(name) for name in moods], [f"n = {len(m):,}" for m in moods.values()], at=1.0
        )
        axes.set_ylim(len(moods) - 0.4, -0.6)
        axes.set_xlim(-1, 1)
        axes.spines["bottom"].set_visible(True)
        axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["negative", "-0.5", "0", "0.5", "positive"])
        axes.set_xlabel("dot: median; thick: middle half; thin: 10 to 90 in a hundred", loc="right")
    return figure


def _channels(wide: pd.DataFrame) -> list[str]:
    """Give the channels among the columns: the known ones in their order, then the others."""
    present = [str(channel) for channel in wide.columns]
    known = [channel for channel in CHANNEL_COLOURS if channel in present]
    return known + [channel for channel in present if channel not in known]


def _channel_words(channel: str) -> str:
    return CHANNELS[channel].words if channel in CHANNELS else words(channel)
