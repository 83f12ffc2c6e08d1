"""Definitions of resolution side by side: each counts what its name says, and none counts praise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tweets import Tweet, store_of

from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import InputError
from nbalib.params import shipped_status
from nbalib.resolution.definitions import resolution_rates

if TYPE_CHECKING:
    from pathlib import Path

DAY = 24
TALK = (
    Tweet(1, "1001", "@Brand my parcel is missing"),
    Tweet(2, "Brand", "@1001 Sorry! Please DM us your order number.", 1, 1),
    Tweet(3, "1002", "@Brand the app crashes when I open it"),
    Tweet(4, "Brand", "@1002 Please reinstall it and let us know.", 1, 3),
    Tweet(5, "1002", "@Brand that fixed it, thank you!", 5 * DAY, 4),
    Tweet(6, "1003", "@Brand love your new shop!"),
    Tweet(7, "Brand", "@1003 Thanks for the kind words!", 1, 6),
    Tweet(8, "1004", "@Brand no signal for two days, fix this", 5 * DAY),
)


def test_each_definition_counts_what_it_names(tmp_path: Path) -> None:
    """One customer confirms, one was left by an agent four days ago, one waits; the praise is no issue."""
    with store_of(tmp_path, TALK) as store:
        found = resolution_rates(PandasEngine(store.connection), shipped_status(), [3, 7])
    assert found["n_issues"].tolist() == [3] * 5
    counted = dict(zip(found["definition"], found["n_resolved"], strict=True))
    assert counted == {
        "weighed": 1,
        "customer says so": 1,
        "agent says so": 0,
        "silence of 3 days": 1,
        "silence of 7 days": 0,
    }
    assert found["rate"].tolist() == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3, 0])


def test_a_silence_of_no_days_is_refused(tmp_path: Path) -> None:
    """A definition that would count everything is no definition."""
    with store_of(tmp_path, TALK) as store, pytest.raises(InputError, match="a silence of 0 days is none"):
        resolution_rates(PandasEngine(store.connection), shipped_status(), [0])
