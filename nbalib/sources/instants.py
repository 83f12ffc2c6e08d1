"""Read instants from text, a column at a time.

In: a column of strings. Out: microseconds since 1970 UTC, and which rows held an instant.
Read are the form of Twitter's dumps, ``Tue Oct 31 22:10:47 +0000 2017``, and ISO 8601 with an offset,
``2017-10-31T22:10:47Z``. The name of the weekday must be one, but is not checked against the date.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WIDTH = 30
_DIGITS_AT = np.array([8, 9, 11, 12, 14, 15, 17, 18, 26, 27, 28, 29])
_SIGNS_AT = np.array([3, 7, 10, 13, 16, 19, 20, 21, 22, 23, 24, 25])
_SIGNS = np.frombuffer(b"   :: +0000 ", dtype=np.uint8)
_DAYS_IN_MONTH = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_DAYS_BEFORE_MONTH = np.concatenate([[0], np.cumsum(_DAYS_IN_MONTH)[:-1]])
_DAYS_TO_1970 = (EPOCH.date() - date(1, 1, 1)).days
_TWITTER = re.compile(
    r"(?P<weekday>[a-z]{3}) (?P<month>[a-z]{3}) (?P<day>\d{1,2}) "
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) "
    r"(?P<sign>[+-])(?P<off_h>\d\d):?(?P<off_m>\d\d) (?P<year>\d{4})",
    re.IGNORECASE | re.ASCII,
)


def read_instants(column: pa.ChunkedArray | pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Read a column of strings without nulls, shape (n,).

    Returns
    -------
    micros : NDArray[np.int64], shape (n,)
        Microseconds since 1970 UTC; 0 where no instant was found.
    is_read : NDArray[np.bool_], shape (n,)
        False for what is no instant, or lies before 1970.
    """
    micros = np.zeros(len(column), np.int64)
    is_read = np.zeros(len(column), np.bool_)
    fixed = np.flatnonzero(np.asarray(pc.equal(pc.binary_length(column), _WIDTH)))
    if len(fixed):
        taken = column if len(fixed) == len(column) else column.take(pa.array(fixed))
        micros[fixed], is_read[fixed] = _read_fixed(_bytes_of(taken))
    odd = np.flatnonzero(~is_read)
    for row, text in zip(odd, column.take(pa.array(odd)).to_pylist(), strict=True):
        if (instant := read_instant(text)) is not None:
            micros[row], is_read[row] = (instant - EPOCH) // timedelta(microseconds=1), True
    return micros, is_read


def read_instant(text: str) -> datetime | None:
    """Read one instant; None if `text` is none, or lies before 1970."""
    found = _TWITTER.fullmatch(text.strip())
    try:
        instant = _from_twitter(found) if found else datetime.fromisoformat(text.strip())
        if instant is None or instant.tzinfo is None:
            return None
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant >= EPOCH else None


def _from_twitter(found: re.Match[str]) -> datetime | None:
    part = found.groupdict()
    month, weekday = part["month"].lower(), part["weekday"].lower()
    if month not in _MONTHS or weekday not in _DAYS:
        return None
    offset = timedelta(hours=int(part["off_h"]), minutes=int(part["off_m"]))
    return datetime(
        int(part["year"]),
        _MONTHS.index(month) + 1,
        int(part["day"]),
        int(part["hour"]),
        int(part["minute"]),
        int(part["second"]),
        tzinfo=timezone(offset if part["sign"] == "+" else -offset),
    )


def _bytes_of(column: pa.ChunkedArray | pa.Array) -> NDArray[np.uint8]:
    """Lay the bytes of strings of `_WIDTH` bytes out as a matrix, shape (n, _WIDTH)."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    begin = int(np.frombuffer(array.buffers()[1], np.int32)[array.offset])
    laid = np.frombuffer(array.buffers()[2], np.uint8)[begin : begin + len(array) * _WIDTH]
    return laid.reshape(len(array), _WIDTH)


def _read_fixed(laid: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Read ``Tue Oct 31 22:10:47 +0000 2017`` at fixed places, shape (n, _WIDTH)."""
    digits = laid[:, _DIGITS_AT].astype(np.int32) - ord("0")
    day, hour, minute, second = (digits[:, at] * 10 + digits[:, at + 1] for at in (0, 2, 4, 6))
    year = digits[:, 8:12] @ np.array([1000, 100, 10, 1], np.int32)
    month, is_month = _named(laid[:, 4:7], _MONTHS)
    _, is_weekday = _named(laid[:, 0:3], _DAYS)
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    in_month = _DAYS_IN_MONTH[month] + (is_leap & (month == 1))
    is_read = (laid[:, _SIGNS_AT] == _SIGNS).all(axis=1) & ((digits >= 0) & (digits <= 9)).all(axis=1)
    is_read &= is_month & is_weekday & (year >= EPOCH.year) & (day >= 1) & (day <= in_month)
    is_read &= (hour < 24) & (minute < 60) & (second < 60)
    before = year.astype(np.int64) - 1
    leap_days = before // 4 - before // 100 + before // 400
    days = before * 365 + leap_days + _DAYS_BEFORE_MONTH[month] + (is_leap & (month > 1)) + day - 1
    seconds = (days - _DAYS_TO_1970) * 86_400 + hour * 3600 + minute * 60 + second
    return np.where(is_read, seconds * 1_000_000, 0), is_read


def _named(letters: NDArray[np.uint8], names: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Find which of `names` (three letters, first one capital) each row spells, shape (n, 3)."""
    weights = np.array([1 << 16, 1 << 8, 1])
    known = np.array([list(name.title().encode()) for name in names]) @ weights
    order = np.argsort(known)
    code = letters.astype(np.int64) @ weights
    place = np.minimum(np.searchsorted(known[order], code), len(names) - 1)
    found = order[place]
    return found, known[found] == code
