"""Calendars are exact around clock changes, and agree with a slow look at every quarter of an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbalib.calendars import next_allowed, next_call, next_open, open_seconds
from nbalib.errors import InputError, ParameterError
from nbalib.params import Hours, Weekday

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.calendars import Instants

WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
QUARTER = timedelta(minutes=15)


def at(*texts: str) -> Instants:
    """Instants from ISO texts in UTC."""
    return np.array(texts, dtype="datetime64[us]")


def quiet(zone: str, begin: time, end: time) -> Hours:
    """Hours that only say when not to disturb."""
    return Hours(zone=zone, quiet_from=begin, quiet_until=end)


@pytest.mark.parametrize(
    ("zone", "begin", "end", "given_at", "expected"),
    [
        # 23:30 in Berlin is night; it ends at 08:00, which is 07:00 UTC in winter.
        ("Europe/Berlin", time(21), time(8), "2024-01-10T22:30", "2024-01-11T07:00"),
        ("Europe/Berlin", time(21), time(8), "2024-01-10T12:34:56.789", "2024-01-10T12:34:56.789"),
        # The first quiet microsecond, the last, and the first that is not.
        ("UTC", time(21), time(8), "2024-01-10T21:00", "2024-01-11T08:00"),
        ("UTC", time(21), time(8), "2024-01-10T20:59:59.999999", "2024-01-10T20:59:59.999999"),
        ("UTC", time(21), time(8), "2024-01-11T07:59:59.999999", "2024-01-11T08:00"),
        ("UTC", time(21), time(8), "2024-01-11T08:00", "2024-01-11T08:00"),
        # A rest at noon does not span midnight; equal bounds are no quiet hours.
        ("UTC", time(12), time(14), "2024-01-10T13:00", "2024-01-10T14:00"),
        ("UTC", time(12), time(14), "2024-01-10T23:00", "2024-01-10T23:00"),
        ("UTC", time(9), time(9), "2024-01-10T09:00", "2024-01-10T09:00"),
        # The night of the change to summer time is an hour shorter, the other one an hour longer.
        ("Europe/Berlin", time(21), time(8), "2024-03-30T20:00", "2024-03-31T06:00"),
        ("Europe/Berlin", time(21), time(8), "2024-10-26T19:00", "2024-10-27T07:00"),
        ("America/New_York", time(21), time(8), "2024-03-10T02:00", "2024-03-10T12:00"),
        ("America/New_York", time(21), time(8), "2024-11-03T01:00", "2024-11-03T13:00"),
        # 02:30 does not exist on that night: the clock jumps over it, and with it over the rest of quiet.
        ("Europe/Berlin", time(22), time(2, 30), "2024-03-31T00:30", "2024-03-31T01:00"),
        ("America/New_York", time(22), time(2, 30), "2024-03-10T06:30", "2024-03-10T07:00"),
        # 02:30 comes twice: the first one ends the quiet; from the repeated 02:00 on it is quiet again.
        ("Europe/Berlin", time(22), time(2, 30), "2024-10-26T23:00", "2024-10-27T00:30"),
        ("Europe/Berlin", time(22), time(2, 30), "2024-10-27T00:45", "2024-10-27T00:45"),
        ("Europe/Berlin", time(22), time(2, 30), "2024-10-27T01:10", "2024-10-27T01:30"),
        ("America/New_York", time(22), time(1, 30), "2024-11-03T06:10", "2024-11-03T06:30"),
        # All that is not quiet is skipped by the clock: the next chance is a day later.
        ("Europe/Berlin", time(3), time(2), "2024-03-31T00:30", "2024-04-01T00:00"),
        ("Europe/Berlin", time(2, 45), time(2, 15), "2024-03-31T00:30", "2024-04-01T00:15"),
    ],
)
def test_quiet_hours_are_passed_over(zone: str, begin: time, end: time, given_at: str, expected: str) -> None:
    """The next allowed instant is where the wall clock says so, also when the clock is changed."""
    assert next_allowed(at(given_at), quiet(zone, begin, end)).tolist() == at(expected).tolist()


@pytest.mark.parametrize(
    ("given_at", "expected"),
    [
        ("2024-05-03T17:59:59", "2024-05-03T17:59:59"),  # Friday, a second before closing at 20:00
        ("2024-05-03T18:00", "2024-05-06T06:00"),  # closed: Monday at 08:00
        ("2024-05-08T19:00", "2024-05-10T06:00"),  # the 9th is a holiday
        ("2024-05-09T10:00", "2024-05-10T06:00"),
        ("2024-05-10T03:00", "2024-05-10T06:00"),  # before opening
        ("2024-03-29T20:00", "2024-04-01T06:00"),  # over the weekend of the clock change
    ],
)
def test_the_brand_opens_on_workdays(given_at: str, expected: str) -> None:
    """Weekends and holidays are passed over, in the brand's own time."""
    hours = Hours(zone="Europe/Berlin", workdays=WEEK, holidays=(date(2024, 5, 9),))
    assert next_open(at(given_at), hours).tolist() == at(expected).tolist()


def test_a_shift_over_midnight_belongs_to_the_day_it_began() -> None:
    """Friday's shift runs into Saturday; Sunday's early hours belong to nobody."""
    hours = Hours(workdays=WEEK, opens=time(20), closes=time(4))
    asked = at("2024-05-04T03:00", "2024-05-04T04:00", "2024-05-06T01:00", "2024-05-07T01:00")
    assert next_open(asked, hours).tolist() == [
        datetime(2024, 5, 4, 3),  # noqa: DTZ001 - NumPy's instants are bare
        datetime(2024, 5, 6, 20),  # noqa: DTZ001
        datetime(2024, 5, 6, 20),  # noqa: DTZ001
        datetime(2024, 5, 7, 1),  # noqa: DTZ001
    ]


def test_equal_opening_and_closing_is_round_the_clock() -> None:
    """A workday is then open from its bound to the same bound of the next day."""
    hours = Hours(workdays=WEEK, opens=time(0), closes=time(0))
    assert next_open(at("2024-05-03T23:59", "2024-05-04T00:00"), hours).tolist() == (
        at("2024-05-03T23:59", "2024-05-06T00:00").tolist()
    )


def test_a_call_is_made_while_open_and_not_quiet() -> None:
    """A brand that opens at 06:00 does not call before its quiet hours end at 08:00."""
    hours = Hours(workdays=WEEK, opens=time(6), closes=time(22), quiet_from=time(21), quiet_until=time(8))
    asked = at("2024-05-03T06:30", "2024-05-03T20:59", "2024-05-03T21:30")
    expected = at("2024-05-03T08:00", "2024-05-03T20:59", "2024-05-06T08:00")
    assert next_call(asked, hours).tolist() == expected.tolist()


def test_hours_that_never_hold_are_refused() -> None:
    """No workday, or opening hours that are wholly quiet, are an error and not an endless search."""
    with pytest.raises(ParameterError, match="no workday"):
        next_open(at("2024-05-03T06:30"), Hours(workdays=()))
    hours = Hours(opens=time(22), closes=time(23), quiet_from=time(21), quiet_until=time(8))
    with pytest.raises(ParameterError, match="wholly inside the quiet hours"):
        next_call(at("2024-05-03T06:30"), hours)


@pytest.mark.parametrize(
    ("zone", "opens", "closes", "start", "end", "expected"),
    [
        # Friday 19:00 to Monday 09:00: an hour before closing and an hour after opening.
        ("UTC", time(8), time(20), "2024-05-03T19:00", "2024-05-06T09:00", 2 * 3600),
        ("UTC", time(8), time(20), "2024-05-06T09:00", "2024-05-03T19:00", -2 * 3600),
        ("UTC", time(8), time(20), "2024-05-03T10:00:00", "2024-05-03T10:00:01.5", 1.5),
        ("UTC", time(8), time(20), "2024-05-04T10:00", "2024-05-05T10:00", 0),
    ],
)
def test_open_time_is_counted(
    zone: str, opens: time, closes: time, start: str, end: str, expected: float
) -> None:
    """Only the time in which the brand is open counts; turned round it is negative."""
    hours = Hours(zone=zone, workdays=WEEK, opens=opens, closes=closes)
    assert open_seconds(at(start), at(end), hours).tolist() == [expected]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-03-30T23:00", "2024-03-31T22:00", 7 * 3600),  # 02:00 to 03:00 does not exist
        ("2024-10-26T22:00", "2024-10-27T23:00", 9 * 3600),  # 02:00 to 03:00 comes twice
        ("2024-03-29T23:00", "2024-03-30T23:00", 8 * 3600),
    ],
)
def test_a_shift_over_a_clock_change_has_its_true_length(start: str, end: str, expected: float) -> None:
    """A shift from 00:00 to 08:00 lasts 7 hours in the spring night and 9 in the autumn one."""
    hours = Hours(zone="Europe/Berlin", opens=time(0), closes=time(8))
    assert open_seconds(at(start), at(end), hours).tolist() == [expected]


def test_no_instant_stays_none() -> None:
    """NaT gives NaT, and no open time, beside rows that have an instant."""
    hours = Hours()
    assert np.isnat(next_allowed(at("NaT", "2024-05-03T12:00"), hours)).tolist() == [True, False]
    spent = open_seconds(at("NaT", "2024-05-03T12:00"), at("2024-05-03T12:00", "2024-05-03T13:00"), hours)
    assert np.isnan(spent).tolist() == [True, False]
    assert spent[1] == 3600


@pytest.mark.parametrize("text", ["1989-12-31T23:59:59", "2100-01-01"])
def test_instants_beyond_the_tables_are_refused(text: str) -> None:
    """An instant that the tables do not reach is an error that shows it, not a wrong answer."""
    with pytest.raises(InputError, match=f"1 instants are outside .* for example {text}"):
        next_allowed(at("2024-05-03T12:00", text), Hours())


# From here on: against a slow reference that asks zoneinfo for every quarter of an hour.

quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
zones = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",  # changes by half an hour
        "Asia/Kathmandu",
        "America/St_Johns",
        "Africa/Casablanca",  # changes twice around Ramadan
        "Pacific/Apia",  # skipped a whole day at the end of 2011
        "America/Boa_Vista",  # changed for a week in 2000
    ]
)
changes = [
    datetime(2024, 3, 30, tzinfo=UTC),
    datetime(2024, 10, 26, tzinfo=UTC),
    datetime(2024, 3, 9, tzinfo=UTC),
    datetime(2024, 11, 2, tzinfo=UTC),
    datetime(2024, 4, 6, tzinfo=UTC),
    datetime(2011, 12, 29, tzinfo=UTC),
    datetime(2000, 10, 7, tzinfo=UTC),
]
moments = st.builds(
    lambda day, quarter: day + quarter * QUARTER,
    st.sampled_from(changes)
    | st.datetimes(datetime(1991, 1, 1), datetime(2098, 1, 1)).map(  # noqa: DTZ001
        lambda day: day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    ),
    st.integers(0, 4 * 96),
)
all_hours = st.builds(
    Hours,
    zone=zones,
    workdays=st.sets(st.sampled_from(get_args(Weekday)), min_size=1).map(tuple),
    opens=quarters,
    closes=quarters,
    quiet_from=quarters,
    quiet_until=quarters,
    holidays=st.lists(st.sampled_from([day.date() + timedelta(days=1) for day in changes]), max_size=2).map(
        tuple
    ),
)


def within(wall: time, begin: time, end: time) -> bool:
    """Whether a wall time lies from `begin` to `end`, perhaps over midnight."""
    return begin <= wall < end if begin < end else wall >= begin or wall < end


def is_quiet(moment: datetime, hours: Hours) -> bool:
    """Look at the wall clock."""
    wall = moment.astimezone(ZoneInfo(hours.zone)).time()
    return hours.quiet_from != hours.quiet_until and within(wall, hours.quiet_from, hours.quiet_until)


def is_open(moment: datetime, hours: Hours) -> bool:
    """Look at the wall clock and at the day on which the shift began."""
    local = moment.astimezone(ZoneInfo(hours.zone))
    began = local.date()
    if hours.opens >= hours.closes and local.time() < hours.opens:
        began -= timedelta(days=1)
    workday = get_args(Weekday)[began.weekday()] in hours.workdays and began not in hours.holidays
    if hours.opens == hours.closes:
        return workday
    return workday and within(local.time(), hours.opens, hours.closes)


def searched(moment: datetime, holds: Callable[[datetime], bool]) -> datetime:
    """Go on by quarters until it holds."""
    while not holds(moment):
        moment += QUARTER
    return moment


def plain(moment: datetime) -> Instants:
    """One instant as an array."""
    return np.array([moment.replace(tzinfo=None)], dtype="datetime64[us]")


def utc(instants: Instants) -> datetime:
    """Read one instant of an array."""
    found = instants[0].item()
    assert isinstance(found, datetime)
    return found.replace(tzinfo=UTC)


@settings(max_examples=300)
@given(moments, all_hours)
def test_next_allowed_agrees_with_the_wall_clock(moment: datetime, hours: Hours) -> None:
    """Looking at every quarter of an hour finds the same end of quiet."""
    assert utc(next_allowed(plain(moment), hours)) == searched(moment, lambda one: not is_quiet(one, hours))


@settings(max_examples=300)
@given(moments, all_hours)
def test_next_open_agrees_with_the_wall_clock(moment: datetime, hours: Hours) -> None:
    """Looking at every quarter of an hour finds the same opening."""
    assert utc(next_open(plain(moment), hours)) == searched(moment, lambda one: is_open(one, hours))


@settings(max_examples=150)
@given(moments, all_hours)
def test_next_call_agrees_with_the_wall_clock(moment: datetime, hours: Hours) -> None:
    """Looking at every quarter of an hour finds the same chance to call, or none within two weeks."""
    try:
        found = utc(next_call(plain(moment), hours))
    except ParameterError:
        day = [moment + n * QUARTER for n in range(14 * 96)]
        assert not any(is_open(one, hours) and not is_quiet(one, hours) for one in day)
        return
    assert found == searched(moment, lambda one: is_open(one, hours) and not is_quiet(one, hours))


@settings(max_examples=150)
@given(moments, st.integers(0, 5 * 96), all_hours)
def test_open_time_agrees_with_the_wall_clock(moment: datetime, n_quarters: int, hours: Hours) -> None:
    """Counting every open quarter of an hour gives the same time."""
    counted = sum(is_open(moment + n * QUARTER, hours) for n in range(n_quarters))
    spent = open_seconds(plain(moment), plain(moment + n_quarters * QUARTER), hours)
    assert spent.tolist() == [counted * QUARTER.total_seconds()]


@settings(max_examples=50)
@given(st.lists(moments, min_size=2, max_size=20), all_hours)
def test_many_instants_are_answered_as_each_alone(several: list[datetime], hours: Hours) -> None:
    """A batch gives what its rows give, and asking again from an answer changes nothing."""
    batch = np.concatenate([plain(one) for one in several])
    answers = next_open(batch, hours)
    assert answers.tolist() == [next_open(plain(one), hours).tolist()[0] for one in several]
    assert next_open(answers, hours).tolist() == answers.tolist()
