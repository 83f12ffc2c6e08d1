"""The small aggregates behind a figure or a sentence.

In: tables as the store gives them (Arrow), or predictions. Out: small pandas frames in the order in
which they are to be shown. Instants are UTC, times hours or seconds as named, shares from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

DAY = pd.Timedelta(days=1)
OUTSIDE_SHARE = 0.01
NO_BRAND = "no known brand"
OTHER_BRANDS = "all others"


@dataclass(frozen=True)
class Volume:
    """Messages per period and role.

    `frame` has `period_at`, `author_role`, `n`; `n_outside` counts the few messages that an archive has
    years before or after all others, which would make the rest unreadable, and which `frame` leaves out.
    `latest_at` is the latest of all messages; NaT where there are none.
    """

    frame: pd.DataFrame
    period: str
    latest_at: pd.Timestamp
    n_outside: int


def volume(interactions: pa.Table) -> Volume:
    """Count messages per period, from columns `author_role` and `interaction_timestamp`.

    The period (hour, day, week or month) suits the span; periods without messages are rows of zero.
    """
    frame = interactions.select(["author_role", "interaction_timestamp"]).to_pandas()
    empty = pd.DataFrame({"period_at": [], "author_role": [], "n": []})
    if frame.empty:
        return Volume(empty, "day", pd.Timestamp("NaT"), 0)
    written = frame["interaction_timestamp"]
    ends = _ends(written)
    period, frequency = _period(pd.Timedelta(ends.max() - ends.min()))
    begun, (first, last) = _floor(written, frequency), _floor(ends, frequency)
    kept = begun.between(first, last)
    wide = pd.crosstab(begun[kept].rename("period_at"), frame.loc[kept, "author_role"])
    every = pd.date_range(first, last, freq={"M": "MS", "W": "W-MON"}.get(frequency, frequency))
    filled = wide.reindex(every, fill_value=0).rename_axis("period_at").reset_index()
    counted = filled.melt("period_at", var_name="author_role", value_name="n")
    return Volume(counted, period, written.max(), int((~kept).sum()))


def message_lengths(interactions: pa.Table) -> pd.DataFrame:
    """Characters of a message by role: number, median, 90th percentile, longest."""
    frame = interactions.select(["author_role", "content_text"]).to_pandas()
    lengths = frame["content_text"].str.len().groupby(frame["author_role"])
    return pd.DataFrame(
        {
            "n_messages": lengths.size(),
            "median_characters": lengths.median(),
            "p90_characters": lengths.quantile(0.9),
            "longest_characters": lengths.max(),
        }
    ).reset_index()


def sizes(conversations: pa.Table, *, largest: int = 12) -> pd.DataFrame:
    """Count conversations by their number of messages; those above `largest` are one row."""
    counted = conversations["total_interactions"].to_pandas().clip(upper=largest + 1).value_counts()
    if counted.empty:
        return pd.DataFrame({"size": [], "n": []})
    every = counted.reindex(range(1, largest + 2), fill_value=0)
    every = every.iloc[:-1] if every.iloc[-1] == 0 else every
    return pd.DataFrame(
        {"size": [str(n) if n <= largest else f"{n}+" for n in every.index], "n": every.to_numpy()}
    )


def statuses(conversations: pa.Table, *, n_brands: int = 12) -> pd.DataFrame:
    """Count conversations by brand and status, largest brand first; brands beyond `n_brands` are one."""
    frame = conversations.select(["brand_account_id", "resolution_status"]).to_pandas()
    brand = frame["brand_account_id"].fillna(NO_BRAND)
    largest = brand.value_counts().index[:n_brands]
    order = [*largest, OTHER_BRANDS]
    frame["brand"] = pd.Categorical(brand.where(brand.isin(largest), OTHER_BRANDS), order, ordered=True)
    counted = frame.groupby(["brand", "resolution_status"], observed=True).size()
    shown: pd.DataFrame = counted.to_frame("n").reset_index().astype({"brand": "str"})
    return shown


def shares(values: pa.ChunkedArray | pd.Series, name: str, *, unknown: str = "none known") -> pd.DataFrame:
    """Count the values of a column, most frequent first: `name`, `n`, `share`."""
    series = values if isinstance(values, pd.Series) else values.to_pandas()
    counted = series.fillna(unknown).value_counts().rename_axis(name).rename("n").reset_index()
    counted["share"] = counted["n"] / max(len(series), 1)
    ordered = counted.sort_values(["n", name], ascending=[False, True])
    shown: pd.DataFrame = ordered.reset_index(drop=True)
    return shown


def busiest_customers(profiles: pa.Table, *, n: int = 10) -> pd.DataFrame:
    """Give the customers with most open issues, by `n_open`, then `total_conversations`, then id."""
    columns = ["customer_id", "n_open", "n_resolved", "total_conversations", "last_interaction_timestamp"]
    frame = profiles.select(columns).to_pandas()
    order = ["n_open", "total_conversations", "customer_id"]
    most: pd.DataFrame = frame.sort_values(order, ascending=[False, False, True]).head(n)
    return pd.DataFrame(most.reset_index(drop=True))


def _ends(written: pd.Series) -> pd.Series:
    """Give the first and last instant to show: all, or all but a few at both ends if that shows more."""
    outer = written.quantile([0, 1])
    inner = written.quantile([OUTSIDE_SHARE, 1 - OUTSIDE_SHARE], interpolation="nearest")
    periods = [_period(pd.Timedelta(ends.max() - ends.min())) for ends in (inner, outer)]
    return outer if periods[0] == periods[1] else inner


def _period(span: pd.Timedelta) -> tuple[str, str]:
    """Choose a period that makes some dozens of bars of `span`."""
    for until, name, frequency in ((3 * DAY, "hour", "h"), (120 * DAY, "day", "D"), (720 * DAY, "week", "W")):
        if span <= until:
            return name, frequency
    return "month", "M"


def _floor(instants: pd.Series, frequency: str) -> pd.Series:
    """Give the begin of the period that each instant lies in, UTC."""
    if frequency in ("h", "D"):
        return pd.Series(instants.dt.floor(frequency))
    begun = instants.dt.tz_convert(None).dt.to_period(frequency).dt.start_time
    return pd.Series(begun.dt.tz_localize("UTC"))
