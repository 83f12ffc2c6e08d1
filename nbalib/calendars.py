"""Opening hours, quiet hours and time zones: one arithmetic for clocks, rules and send times.

In: UTC instants (NumPy ``datetime64[us]``, any shape of one dimension, ``NaT`` for none) and the
`Hours` of a brand. Out: instants of the same kind, or seconds.

A brand's `Hours` become sorted, disjoint stretches of UTC time once; every question is then a binary
search in them, for a million instants as for one. They are exact across clock changes: a wall time
that a change skips is passed over, one that it repeats counts twice.

What is decided here:

- *Quiet hours* hold on every day, holidays included. Written replies go out in any other hour.
- *Open* is a shift that begins on a workday which is no holiday. Closing before opening spans midnight,
  and the small hours belong to the day on which the shift began; equal ones mean open day and night.
- *Calls* are made only while open and not quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias, get_args
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from nbalib.errors import InputError, ParameterError
from nbalib.params import Weekday

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.params import Hours

Instants: TypeAlias = NDArray[np.datetime64]
Micros: TypeAlias = NDArray[np.int64]

FIRST = datetime(1990, 1, 1, tzinfo=UTC)
LAST = datetime(2100, 1, 1, tzinfo=UTC)
"""Instants from FIRST up to LAST can be asked for."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _MICRO
_BEGIN = (FIRST - _EPOCH) // _MICRO
_LAST = (LAST - _EPOCH) // _MICRO
_END = _LAST + 400 * _DAY  # so that the last instants find their next slot
_NAT, _NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Slots:
    """Stretches of time in which something may be done: from `begins` (inclusive) to `ends` (exclusive).

    Both are microseconds since 1970 UTC, shape (n_slots,), sorted and disjoint.
    """

    begins: Micros
    ends: Micros

    def earliest(self, instants: Instants) -> Instants:
        """Give for each instant the earliest one, not before it, that lies in a slot."""
        moments = _moments(instants)
        begins = self._entered[self._place(moments)]
        if (begins == _NEVER).any():
            raise InputError(f"no slot begins after {instants[begins == _NEVER][0]}")
        found = np.maximum(moments, begins)
        return np.where(moments == _NAT, _NAT, found).view("datetime64[us]")

    def seconds(self, start: Instants, end: Instants) -> NDArray[np.float64]:
        """Measure the time inside slots from `start` to `end`, in seconds; NaN where either is NaT."""
        starts, ends = _moments(start), _moments(end)
        spent = (self._elapsed(ends) - self._elapsed(starts)) / 1e6
        return np.where((starts == _NAT) | (ends == _NAT), np.nan, spent)

    def holds(self, moments: Micros) -> NDArray[np.bool_]:
        """Say which moments lie in a slot."""
        return np.asarray(self._entered[self._place(moments)] <= moments)

    def _elapsed(self, moments: Micros) -> Micros:
        """Sum up the slots' time before each moment, in microseconds."""
        place = self._place(moments)
        return np.asarray(self._before[place] + np.maximum(moments - self._entered[place], 0))

    def _place(self, moments: Micros) -> NDArray[np.intp]:
        """Find the first slot that ends after each moment."""
        return np.searchsorted(self.ends, moments, side="right")

    @cached_property
    def _entered(self) -> Micros:
        """Begin of each slot, and never for the one after the last."""
        return np.append(self.begins, _NEVER)

    @cached_property
    def _before(self) -> Micros:
        """Time in slots before each slot begins, and in all of them."""
        return np.concatenate(([0], np.cumsum(self.ends - self.begins)))


def next_allowed(instants: Instants, hours: Hours) -> Instants:
    """Find the earliest instant, not before each given one, that is outside the quiet hours.

    Parameters
    ----------
    instants : array of datetime64[us], shape (n,)
        UTC; NaT stays NaT.
    hours : Hours
        The brand's hours.

    Returns
    -------
    array of datetime64[us], shape (n,)

    Raises
    ------
    InputError
        An instant lies outside FIRST to LAST.
    """
    return _allowed(hours).earliest(instants)


def next_open(instants: Instants, hours: Hours) -> Instants:
    """Find the earliest instant, not before each given one, at which the brand is open.

    Shapes and errors as in `next_allowed`; `ParameterError` if the brand has no workday.
    """
    return _open(hours).earliest(instants)


def next_call(instants: Instants, hours: Hours) -> Instants:
    """Find the earliest instant, not before each given one, that is open and not quiet.

    Shapes and errors as in `next_allowed`; `ParameterError` if the two never meet.
    """
    return _callable(hours).earliest(instants)


def open_seconds(start: Instants, end: Instants, hours: Hours) -> NDArray[np.float64]:
    """Measure how long the brand was open from `start` to `end`.

    Parameters
    ----------
    start, end : arrays of datetime64[us], shape (n,)
        UTC.
    hours : Hours
        The brand's hours.

    Returns
    -------
    array of float64, shape (n,)
        Seconds; negative where `end` is before `start`, NaN where either is NaT.
    """
    return _open(hours).seconds(start, end)


@lru_cache(maxsize=64)
def _allowed(hours: Hours) -> Slots:
    """Lay out all of time but the quiet hours."""
    length = (_wall(hours.quiet_from) - _wall(hours.quiet_until)) % _DAY or _DAY
    return _daily(hours.zone, _wall(hours.quiet_until), length)


@lru_cache(maxsize=64)
def _open(hours: Hours) -> Slots:
    """Lay out the shifts that begin on workdays which are no holidays."""
    if not hours.workdays:
        raise ParameterError(f"hours in {hours.zone}: there is no workday, so the brand is never open")
    length = (_wall(hours.closes) - _wall(hours.opens)) % _DAY or _DAY
    return _daily(hours.zone, _wall(hours.opens), length, hours.workdays, hours.holidays)


@lru_cache(maxsize=64)
def _callable(hours: Hours) -> Slots:
    """Lay out what is both open and not quiet."""
    opened, allowed = _open(hours), _allowed(hours)
    edges = np.unique(np.concatenate((opened.begins, opened.ends, allowed.begins, allowed.ends)))
    begins, ends = edges[:-1], edges[1:]
    both = opened.holds(begins) & allowed.holds(begins)
    if not both.any():
        raise ParameterError(
            f"hours in {hours.zone}: open {hours.opens} to {hours.closes} is wholly inside the quiet hours "
            f"{hours.quiet_from} to {hours.quiet_until}, so no call is ever possible"
        )
    return Slots(begins[both], ends[both])


def _daily(
    zone: str,
    start: int,
    length: int,
    workdays: tuple[Weekday, ...] = get_args(Weekday),
    holidays: tuple[date, ...] = (),
) -> Slots:
    """Lay out, in UTC, `length` microseconds from wall time `start` of every workday that is no holiday.

    Within one stretch of constant offset, wall time is UTC plus that offset; each stretch gets the days
    that touch it, cut at its ends.
    """
    since, offsets = _offsets(zone)
    until = np.append(since[1:], _END)
    first = (since + offsets - start) // _DAY  # the shift under way, or the last one
    counts = (until + offsets - start) // _DAY - first + 1
    stretch = np.repeat(np.arange(len(since)), counts)
    days = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[stretch]
    begins = np.maximum(days * _DAY + start - offsets[stretch], since[stretch])
    ends = np.minimum(days * _DAY + start + length - offsets[stretch], until[stretch])
    kept = (begins < ends) & _working(days, workdays, holidays)
    return Slots(begins[kept], ends[kept])


def _working(days: Micros, workdays: tuple[Weekday, ...], holidays: tuple[date, ...]) -> NDArray[np.bool_]:
    """Say which days (counted from 1970-01-01, a Thursday) are workdays and no holidays."""
    week = np.array([name in workdays for name in get_args(Weekday)])
    closed = [day.toordinal() - _EPOCH.toordinal() for day in holidays]
    return np.asarray(week[(days + 3) % 7] & ~np.isin(days, closed))


@lru_cache(maxsize=64)
def _offsets(zone: str) -> tuple[Micros, Micros]:
    """Tell when a zone's offset changes.

    Returns
    -------
    since, offsets : arrays of int64, shape (n_stretches,)
        From microsecond `since` on, wall time is UTC plus `offsets` microseconds.
    """
    info = ZoneInfo(zone)

    def offset(second: int) -> int:
        there = datetime.fromtimestamp(second, info).utcoffset()
        return 0 if there is None else there // _MICRO

    day = 86_400  # no zone changes its offset twice within a day
    seconds = range(_BEGIN // 1_000_000 - day, _END // 1_000_000, day)
    daily = [offset(second) for second in seconds]
    since, offsets = [_BEGIN - _DAY], [daily[0]]
    for index in range(1, len(daily)):
        if daily[index] != daily[index - 1]:
            since.append(_change(offset, seconds[index - 1], seconds[index]) * 1_000_000)
            offsets.append(daily[index])
    return np.array(since), np.array(offsets)


def _change(offset: Callable[[int], int], low: int, high: int) -> int:
    """Find the first second in (low, high] with the offset that holds at `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if offset(middle) == offset(high) else (middle, high)
    return high


def _wall(clock: time) -> int:
    """Microseconds since midnight."""
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def _moments(instants: Instants) -> Micros:
    """Check the span of instants, and count them in microseconds; NaT becomes the least number."""
    moments = instants.astype("datetime64[us]").view(np.int64)
    outside = (moments != _NAT) & ((moments < _BEGIN) | (moments >= _LAST))
    if outside.any():
        raise InputError(
            f"{int(outside.sum())} instants are outside {FIRST:%Y-%m-%d} to {LAST:%Y-%m-%d}, "
            f"for example {instants[outside][0]}"
        )
    return moments
