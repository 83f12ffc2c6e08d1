"""Send times follow the rule's delay, the channel's hours and the brand's zone, and never lie in the past."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbalib.calendars import next_allowed, next_call
from nbalib.decisions.channels import CHANNELS
from nbalib.decisions.timing import send_times
from nbalib.errors import ParameterError
from nbalib.params import Brand, Brands, Hours

Row: TypeAlias = tuple[str, float, str, str, str | None, str | None]
"""Action, delay in hours, after, as_of, last agent's message, brand."""

INSTANT = pa.timestamp("us", tz="UTC")

BRANDS = Brands(
    default=Brand(hours=Hours(quiet_from=time(21), quiet_until=time(8))),
    brands={
        "berlin": Brand(hours=Hours(zone="Europe/Berlin", workdays=("mon", "tue", "wed", "thu", "fri"))),
        "york": Brand(hours=Hours(zone="America/New_York", workdays=("mon", "tue", "wed", "thu", "fri"))),
    },
)


def at(text: str | None) -> datetime | None:
    """Read an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def sent(*rows: Row, brands: Brands = BRANDS) -> list[Any]:
    """Find the send times of rows."""
    action, delay, after, as_of, last_agent, brand = zip(*rows, strict=True)
    decided = pa.table({"action": action, "delay_hours": pa.array(delay, pa.float64()), "after": after})
    instants = pa.array([at(one) for one in as_of], INSTANT)
    anchors = {
        "as_of": instants,
        "last_agent": pa.array([at(one) for one in last_agent], INSTANT),
        "last_customer": instants,
    }
    found: list[Any] = send_times(decided, anchors, pa.array(brand, pa.string()), brands).to_pylist()
    return found


DM, CALL, NONE = "twitter_dm_reply", "scheduling_phone_call", "no_action"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # A written reply goes at once, or when quiet ends.
        ((DM, 0, "as_of", "2017-10-31T12:00", None, None), "2017-10-31T12:00"),
        ((DM, 0, "as_of", "2017-10-31T22:10", None, None), "2017-11-01T08:00"),
        # The same instant is 18:10 in New York and 23:10 in Berlin.
        ((DM, 0, "as_of", "2017-10-31T22:10", None, "york"), "2017-10-31T22:10"),
        ((DM, 0, "as_of", "2017-10-31T22:10", None, "berlin"), "2017-11-01T07:00"),
        # Saturday: a written reply goes, a call waits for Monday at 08:00 in Berlin.
        ((DM, 0, "as_of", "2017-10-28T12:00", None, "berlin"), "2017-10-28T12:00"),
        ((CALL, 0, "as_of", "2017-10-28T12:00", None, "berlin"), "2017-10-30T07:00"),
        # A follow-up counts from the agent's message, but is never due before the decision.
        ((DM, 24, "last_agent", "2017-10-31T12:00", "2017-10-31T11:00", None), "2017-11-01T11:00"),
        ((DM, 24, "last_agent", "2017-10-31T12:00", "2017-10-20T11:00", None), "2017-10-31T12:00"),
        ((DM, 24, "last_agent", "2017-10-31T12:00", None, None), "2017-11-01T12:00"),
        # The delay ends in the quiet hours.
        ((DM, 1.5, "as_of", "2017-10-31T20:00", None, None), "2017-11-01T08:00"),
        ((DM, 0.5, "as_of", "2017-10-31T20:00:30", None, None), "2017-10-31T20:30:30"),
        # A brand without hours of its own has the default ones.
        ((DM, 0, "as_of", "2017-10-31T22:10", None, "unlisted"), "2017-11-01T08:00"),
        ((NONE, 0, "as_of", "2017-10-31T12:00", None, None), None),
    ],
)
def test_an_action_is_due_when_it_suits(row: Row, expected: str | None) -> None:
    """Delay, anchor, channel, zone and weekday each move the send time as stated."""
    assert sent(row) == [at(expected)]


def test_rows_of_several_brands_keep_their_order() -> None:
    """Each row gets the hours of its own brand and channel."""
    as_of = "2017-10-28T22:10"  # a Saturday
    brands, actions = ("york", "berlin", None), (DM, CALL, NONE)
    rows: list[Row] = [(action, 0.0, "as_of", as_of, None, brand) for brand in brands for action in actions]
    alone = [sent(row)[0] for row in rows]
    assert sent(*rows) == alone
    assert alone[0] == at("2017-10-28T22:10")
    assert alone[4] == at("2017-10-30T07:00")
    assert alone[5] is None


def test_no_rows_have_no_send_times() -> None:
    """An empty table gives an empty column of instants."""
    decided = pa.table({name: pa.array([], pa.string()) for name in ("action", "after")})
    decided = decided.append_column("delay_hours", pa.array([], pa.float64()))
    anchors = dict.fromkeys(("as_of", "last_agent", "last_customer"), pa.array([], INSTANT))
    found = send_times(decided, anchors, pa.array([], pa.string()), BRANDS)
    assert (len(found), found.type) == (0, INSTANT)


def test_what_is_unknown_is_refused() -> None:
    """An action or anchor that nobody knows is an error, with the nearest name."""
    with pytest.raises(ParameterError, match=r"'twitter_dm'; did you mean 'twitter_dm_reply'\?"):
        sent(("twitter_dm", 0, "as_of", "2017-10-31T12:00", None, None))
    with pytest.raises(ParameterError, match=r"'last_agents'; did you mean 'last_agent'\?"):
        sent((DM, 0, "last_agents", "2017-10-31T12:00", None, None))
    decided = pa.table({"action": [DM], "delay_hours": [0.0], "after": ["as_of"]})
    with pytest.raises(ParameterError, match=r"anchors \['last_agent', 'last_customer'\] are missing"):
        send_times(decided, {"as_of": pa.array([at("2017-10-31T12:00")], INSTANT)}, pa.array(["x"]), BRANDS)


def test_a_call_for_a_brand_that_never_opens_is_refused() -> None:
    """Written replies of the same brand are still due."""
    closed = Brands(default=Brand(hours=Hours(workdays=())))
    assert sent((DM, 0, "as_of", "2017-10-31T12:00", None, None), brands=closed) == [at("2017-10-31T12:00")]
    with pytest.raises(ParameterError, match="no workday"):
        sent((CALL, 0, "as_of", "2017-10-31T12:00", None, None), brands=closed)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(CHANNELS)),
            st.floats(0, 100),
            st.sampled_from(["as_of", "last_agent", "last_customer"]),
            st.datetimes(datetime(2017, 1, 1), datetime(2025, 1, 1)).map(datetime.isoformat),  # noqa: DTZ001 - bare, as at() reads it
            st.none() | st.datetimes(datetime(2017, 1, 1), datetime(2025, 1, 1)).map(datetime.isoformat),  # noqa: DTZ001 - as above
            st.sampled_from([None, "berlin", "york"]),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_a_send_time_is_never_past_and_always_suits(
    rows: list[Row],
) -> None:
    """It is neither before the decision nor before the delay is over, and one may send then."""
    for (action, delay, after, as_of, last_agent, brand), due in zip(rows, sent(*rows), strict=True):
        if action == NONE:
            assert due is None
            continue
        start = at(last_agent if after == "last_agent" and last_agent else as_of)
        assert start is not None
        assert due >= at(as_of)
        assert due >= start + timedelta(hours=delay) - timedelta(microseconds=1)
        next_slot = next_call if action == CALL else next_allowed
        moment = pa.array([due], INSTANT).to_numpy(zero_copy_only=False).astype("datetime64[us]")
        assert next_slot(moment, BRANDS.of(brand).hours).tolist() == moment.tolist()
