"""Figures and the aggregates behind them: true counts, and a picture for any data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbalib.evaluation import plots, summaries
from nbalib.evaluation.axes import duration
from nbalib.runs.shown import picture

START = datetime(2017, 10, 1, 23, 30, tzinfo=UTC)


def interactions(*rows: tuple[str, datetime]) -> pa.Table:
    """Give a table of messages: who wrote, and when."""
    roles, instants = zip(*rows, strict=True) if rows else ((), ())
    return pa.table(
        {
            "author_role": pa.array(roles, pa.string()),
            "interaction_timestamp": pa.array(instants, pa.timestamp("us", tz="UTC")),
            "content_text": pa.array(["x" * (n + 1) for n in range(len(roles))], pa.string()),
        }
    )


FRAMES = {
    "volume": pd.DataFrame(
        {
            "period_at": pd.to_datetime(["2017-10-01", "2017-10-02", "2017-10-02"], utc=True),
            "author_role": ["customer", "customer", "agent"],
            "n": [3, 2, 1],
        }
    ),
    "first_response_times": pd.Series([0.0, 30.0, 900.0, 86400.0]),
    "waiting_times": pd.DataFrame({"awaiting": ["agent", "customer"], "hours_since_customer": [0.0, 30.0]}),
    "threads_by_size": pd.DataFrame({"size": ["1", "2", "3+"], "n": [5, 0, 2]}),
    "statuses_by_brand": pd.DataFrame(
        {
            "brand": ["$\\frac$", "日本 🚀", "b" * 80],
            "resolution_status": ["open", "resolved", "no_issue"],
            "n": [3, 2, 1],
        }
    ),
    "actions_by_rule": pd.DataFrame(
        {"rule": ["a", "a", "b"], "channel": ["no_action", "new_one", "email_reply"], "n": [1, 2, 3]}
    ),
    "send_times": pd.DataFrame(
        {"hour": [8, 23], "channel": ["email_reply", "twitter_dm_reply"], "n": [1, 4]}
    ),
    "mood_by_status": pd.DataFrame({"resolution_status": ["open", "resolved"], "mood": [-0.5, 0.5]}),
}


@pytest.mark.parametrize("rows", [3, 1, 0])
@pytest.mark.parametrize("name", sorted(FRAMES))
def test_every_figure_draws_any_number_of_rows(name, rows):
    """Several rows, one and none give a picture without a warning; odd brand names do not break it."""
    drawn = picture(getattr(plots, name)(FRAMES[name].head(rows)))
    assert drawn.png[:4] == b"\x89PNG"
    assert len(drawn.alt) > 10


@pytest.mark.parametrize("name", sorted(FRAMES))
def test_an_empty_figure_says_so(name):
    """Where there is nothing to show, the figure says so under its title."""
    figure = getattr(plots, name)(FRAMES[name].head(0))
    assert [text.get_text() for text in figure.axes[0].texts] == ["No data."]
    assert figure.get_suptitle()


def test_unknown_moods_and_times_are_left_out():
    """Nulls are not counted as zero: nothing known is no data."""
    mood = pd.DataFrame({"resolution_status": ["open"], "mood": [np.nan]})
    waits = pd.DataFrame({"awaiting": ["agent"], "hours_since_customer": [np.nan]})
    for figure in (
        plots.mood_by_status(mood),
        plots.waiting_times(waits),
        plots.first_response_times([np.nan]),
    ):
        assert figure.axes[0].texts[0].get_text() == "No data."


def test_the_marks_of_first_responses_are_median_and_ninth_decile():
    """Of the times 1 to 11 minutes half are within 6 minutes and nine in ten within 10."""
    figure = plots.first_response_times([60.0 * n for n in range(1, 12)])
    assert [text.get_text() for text in figure.axes[0].texts] == [
        "half within 6 min",
        "nine in ten within 10 min",
    ]


def test_a_brand_bar_adds_up_to_its_conversations():
    """The bars of a brand are shares of it; its count stands at the end."""
    frame = pd.DataFrame(
        {"brand": ["a", "a", "b"], "resolution_status": ["open", "resolved", "open"], "n": [1, 3, 5]}
    )
    axes = plots.statuses_by_brand(frame).axes[0]
    widths = {bars.get_label(): [bar.get_width() for bar in bars] for bars in axes.containers}
    assert widths == {"open": [0.25, 1.0], "resolved": [0.75, 0.0]}
    assert [text.get_text() for text in axes.texts if text.get_text().startswith("n =")] == ["n = 4", "n = 5"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (45, "45 s"),
        (59.9, "60 s"),
        (90, "2 min"),
        (3600 * 2.5, "2.5 h"),
        (3600 * 47, "47 h"),
        (86400 * 1200, "1,200 d"),
    ],
)
def test_durations_are_written_for_a_reader(seconds, text):
    """A span is named in the unit in which people would say it."""
    assert duration(seconds) == text


def test_volume_counts_per_day_with_empty_days():
    """Days are UTC days; a day without messages is a row of zero."""
    table = interactions(
        ("customer", START), ("agent", START + timedelta(hours=1)), ("customer", START + timedelta(days=4))
    )
    found = summaries.volume(table)
    counts = found.frame.pivot_table(index="period_at", columns="author_role", values="n")
    assert found.period == "day"
    assert found.n_outside == 0
    assert counts["customer"].tolist() == [1, 0, 0, 0, 1]
    assert counts["agent"].tolist() == [0, 1, 0, 0, 0]


def test_volume_leaves_out_a_few_far_messages_and_counts_them():
    """Messages ten years before and after all others do not stretch the axis, and are not forgotten."""
    table = interactions(
        ("customer", START - timedelta(days=3650)),
        *(("customer", START + timedelta(hours=1, minutes=n)) for n in range(200)),
    )
    found = summaries.volume(table)
    assert (found.period, found.n_outside) == ("hour", 1)
    assert found.frame["n"].sum() == 200


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["customer", "agent", "bot"]),
            st.integers(0, 20 * 365 * 24 * 60),
        ),
        max_size=40,
    )
)
def test_volume_counts_every_message_once(rows):
    """Whatever the span, what is shown and what lies before add up to all messages."""
    found = summaries.volume(interactions(*((role, START + timedelta(minutes=n)) for role, n in rows)))
    assert found.frame["n"].sum() + found.n_outside == len(rows)


def test_sizes_gather_the_long_ones():
    """Conversations above the largest size share one row; a size that does not occur is zero."""
    table = pa.table({"total_interactions": [1, 1, 3, 9, 20]})
    assert summaries.sizes(table, largest=4).to_dict("list") == {
        "size": ["1", "2", "3", "4", "5+"],
        "n": [2, 0, 1, 0, 2],
    }


def test_statuses_gather_the_small_brands():
    """Brands come largest first; those beyond the number asked for are one row; no brand is named so."""
    table = pa.table(
        {
            "brand_account_id": ["a", "b", "b", "b", None, None, "c"],
            "resolution_status": ["open", "open", "open", "resolved", "open", "open", "no_issue"],
        }
    )
    rows = summaries.statuses(table, n_brands=2).to_dict("split")["data"]
    assert rows == [
        ["b", "open", 2],
        ["b", "resolved", 1],
        ["no known brand", "open", 2],
        ["all others", "no_issue", 1],
        ["all others", "open", 1],
    ]


def test_message_lengths_are_counted_by_role():
    """Lengths are characters; the table has one row a role."""
    table = interactions(("agent", START), ("customer", START), ("customer", START))
    assert summaries.message_lengths(table).to_dict("list") == {
        "author_role": ["agent", "customer"],
        "n_messages": [1, 2],
        "median_characters": [1.0, 2.5],
        "p90_characters": [1.0, 2.9],
        "longest_characters": [1, 3],
    }


def test_shares_name_what_is_unknown():
    """Nulls are a row of their own, and shares are of all rows."""
    found = summaries.shares(pa.chunked_array([["en", None, "en", "es"]]), "language")
    assert found.to_dict("list") == {
        "language": ["en", "es", "none known"],
        "n": [2, 1, 1],
        "share": [0.5, 0.25, 0.25],
    }
