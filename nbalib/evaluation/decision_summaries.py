"""The small aggregates behind the report of decisions.

In: rows of predictions (Arrow), one per conversation. Out: small pandas frames in the order in which
they are to be shown, and the rows worth reading. Waiting times are hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.decisions.channels import NO_ACTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbalib.params import Brands

WAITING = (
    "customer_id",
    "brand_account_id",
    "hours_since_customer",
    "hours_open",
    "channel",
    "rule",
)


def open_issues(rows: pa.Table) -> pa.Table:
    """Keep the open issues."""
    return rows.filter(pc.equal(rows["resolution_status"], "open"))


def actions(rows: pa.Table, rules: Sequence[str]) -> pd.DataFrame:
    """Count decisions by rule and channel: `rule`, `channel`, `n`, in the order of `rules`."""
    frame = rows.select(["rule", "channel"]).to_pandas()
    place = {rule: number for number, rule in enumerate(rules)}
    counted = frame.groupby(["rule", "channel"]).size().to_frame("n").reset_index()
    order = counted["rule"].map(place).fillna(len(place)).to_numpy()
    return pd.DataFrame(counted.iloc[np.argsort(order, kind="stable")].reset_index(drop=True))


def waiting(rows: pa.Table, *, n: int = 10) -> pd.DataFrame:
    """Give the open issues that have waited longest for an agent, longest first."""
    for_agent = rows.filter(pc.equal(rows["awaiting"], "agent"))
    order = [("hours_since_customer", "descending"), ("conversation_id", "ascending")]
    longest: pd.DataFrame = for_agent.sort_by(order).slice(0, n).select(list(WAITING)).to_pandas()
    return longest.rename(columns={"brand_account_id": "brand"})


def send_hours(rows: pa.Table, brands: Brands) -> pd.DataFrame:
    """Count messages to send by hour of the day in the brand's own zone: `hour`, `channel`, `n`."""
    frame = rows.select(["brand_account_id", "channel", "send_time"]).to_pandas().dropna(subset=["send_time"])
    hours = [
        pd.Series(part["send_time"].dt.tz_convert(brands.of(str(brand)).hours.zone).dt.hour, index=part.index)
        for brand, part in frame.groupby(frame["brand_account_id"].fillna(""))
    ]
    frame["hour"] = pd.concat(hours) if hours else pd.Series(dtype="int64")
    return pd.DataFrame(frame.groupby(["hour", "channel"]).size().to_frame("n").reset_index())


def examples(rows: pa.Table, rules: Sequence[str], *, n: int = 8) -> pa.Table:
    """Choose `n` conversations worth reading: one of each rule first, actions before no_action.

    Of each rule it takes the one whose decision id is lowest, which is as good as any and always the same.
    """
    place = {rule: number for number, rule in enumerate(rules)}
    frame = rows.select(["rule", "channel", "decision_id"]).to_pandas()
    frame["rank"] = frame.sort_values("decision_id").groupby("rule").cumcount()
    frame["is_idle"] = frame["channel"] == NO_ACTION
    frame["place"] = frame["rule"].map(place).fillna(len(place))
    best = frame.sort_values(["rank", "is_idle", "place"]).head(n)
    shown = best.sort_values(["place", "rank"]).index.to_numpy()
    return rows.take(pa.array(shown, pa.int64()))
