"""Read ids of messages from text, a column at a time, never through a floating-point number.

In: a column of strings. Out: ids in plain decimal, null where the text is not certainly one id.
Repaired are the traces of spreadsheets and data frames: blanks around it, ``192625.0``, and digits
grouped by commas (``1,55,157`` or ``155,157``) where the column holds single ids. Such a number came
through a float, so it is believed up to 15 digits only, which a float holds exactly.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

_ID = "(?:[1-9][0-9]{0,17}|[1-8][0-9]{18})"
_PLAIN = f"^{_ID}$"
_FLOAT = r"^\s*([1-9][0-9]{0,14})\.0+\s*$"
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
_LAKHS = re.compile(r"\d{1,2}(,\d{2})*,\d{3}")
_LIST = f"^{_ID}(?:,{_ID})*$"
_SHORT_LIST = f"^{_ID}(?:,{_ID})?$|^$"
_LONG_LAKHS = r"^\d{1,2}(?:,\d{2})+,\d{3}$"
_ACCOUNT = r"^[A-Za-z0-9_.-]{1,100}$"
_MAX_EXACT_DIGITS = 15


def are_ids(column: pa.Array, *, or_empty: bool = False) -> bool:
    """Say whether every string is plainly an id, or (`or_empty`) is ''; nulls are passed over."""
    pattern = f"^(?:{_ID})?$" if or_empty else _PLAIN
    return pc.all(pc.match_substring_regex(column, pattern)).as_py() in (True, None)


def read_ids(column: pa.Array) -> pa.Array:
    """Read a column of strings as ids, shape (n,); null where there is no certain id."""
    if are_ids(column):
        return column
    shorn = pc.replace_substring_regex(column, _FLOAT, r"\1")
    if are_ids(shorn):
        return shorn
    odd = pc.fill_null(pc.invert(pc.match_substring_regex(shorn, _PLAIN)), False)
    mended = pa.array([mended_id(text) for text in shorn.filter(odd).to_pylist()], pa.string())
    return pc.replace_with_mask(shorn, odd, mended)


def mended_id(text: str) -> str | None:
    """Read one id that is not written plainly; None if it is not certain.

    Examples
    --------
    >>> mended_id(" 1,55,157 "), mended_id("9.1E+17"), mended_id("-3")
    ('155157', None, None)
    """
    bare = text.strip()
    if _THOUSANDS.fullmatch(bare) or _LAKHS.fullmatch(bare):
        bare = bare.replace(",", "")
        if len(bare) > _MAX_EXACT_DIGITS:
            return None
    return bare if re.fullmatch(_PLAIN, bare) else None


def are_lists(column: pa.Array) -> pa.Array:
    """Say which strings are certainly a list of ids parted by commas, or '', shape (n,).

    A spreadsheet writes the list ``155,157`` as the number ``1,55,157``: what may be such a number
    (groups of two digits before a last one of three) is not certainly a list.
    """
    is_short = pc.match_substring_regex(column, _SHORT_LIST)
    is_long = pc.invert(is_short)
    long = column.filter(is_long)
    is_long_list = pc.and_not(
        pc.match_substring_regex(long, _LIST), pc.match_substring_regex(long, _LONG_LAKHS)
    )
    return pc.replace_with_mask(is_short, is_long, is_long_list)


def read_authors(column: pa.Array) -> pa.Array:
    """Read a column of strings without nulls as accounts, shape (n,); null where there is no certain one.

    An account is a name or a number of letters, digits, `_`, `.` and `-`; its case is kept.
    """
    if pc.all(pc.match_substring_regex(column, r"^[A-Za-z0-9_-]{1,100}$")).as_py():
        return column
    shorn = pc.replace_substring_regex(pc.utf8_trim_whitespace(column), _FLOAT, r"\1")
    is_account = pc.match_substring_regex(shorn, _ACCOUNT)
    odd = pc.invert(is_account)
    mended = pa.array([mended_id(text) for text in shorn.filter(odd).to_pylist()], pa.string())
    return pc.replace_with_mask(shorn, odd, mended)
