"""The accounts that texts name.

In: texts as written. Out: their accounts, parted by blanks, and the texts without those that they begin with.

Most texts begin with accounts, a blank behind each, and then a plain letter: these are told by their bytes.
The others are left to expressions, which are slow but know every case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.raw import Raw, between, cut, raw
from nbalib.conversations.rows import put, taken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.conversations.raw import Places
    from nbalib.conversations.rows import Rows, Truths

_HANDLE = r"\B@(\w+)"  # `\B`: the @ inside an e-mail address names no account
_LEADING = r"^(?P<lead>(?:[^\pL\pN_@]*@\w+)+)"
_LONGEST = 20  # letters of an account that is told by its bytes
_NEAR = _LONGEST + 3  # with the @, and the two letters behind
_WORD = np.array([chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) == "_") for byte in range(256)])


@dataclass(frozen=True)
class Accounts:
    """Accounts named in n texts; all columns have one length.

    `named` are all of a text, `leading` those before its first other word; `rest` is the text behind the
    first `n_cut` of them, which are cut off.
    """

    named: pa.StringArray
    leading: pa.StringArray
    rest: pa.StringArray
    n_cut: NDArray[np.intp]


def find_accounts(text: pa.StringArray) -> Accounts:
    """List the accounts named in each text, and those before its first other word."""
    letters = raw(text)
    length, n_cut = _accounts_ahead(letters)
    ahead, rest = cut(text, length)
    leading = pc.replace_substring(pc.utf8_slice_codeunits(ahead, 1), "@", "")
    n_signs = np.bincount(letters.rows_at(letters.places_of("@")), minlength=len(text))
    asked = np.flatnonzero((n_cut == 0) & (n_signs > 0) & ~_begins_with_word(letters))
    lead = _lead(taken(text, asked))
    leading = put(leading, asked, pc.utf8_trim_whitespace(pc.replace_substring_regex(lead, r"\W+", " ")))
    n_leading = n_cut.copy()
    n_leading[asked] = pc.count_substring(lead, "@").to_numpy()
    more = np.flatnonzero(n_signs > n_leading)
    return Accounts(put(leading, more, _handles(taken(text, more))), leading, rest, n_cut)


def _accounts_ahead(letters: Raw) -> tuple[Places, NDArray[np.intp]]:
    """Measure in bytes, and count, the accounts that texts begin with; 0 where they are not plain to see."""
    n_texts = len(letters.bounds) - 1
    length, count = np.zeros(n_texts, np.intp), np.zeros(n_texts, np.intp)
    near = _Near(letters)
    rows, at, number = np.arange(n_texts), letters.bounds[:-1], 0
    while len(rows):
        number += 1
        size, behind, then = near.account_at(at, letters.bounds[rows + 1])
        is_one = (size > 0) & (behind == ord(" "))
        last = is_one & _WORD[then]
        length[rows[last]] = (at + size)[last] - letters.bounds[rows[last]]
        count[rows[last]] = number
        goes_on = is_one & (then == ord("@"))
        rows, at = rows[goes_on], (at + size + 1)[goes_on]
    return length, count


class _Near:
    """The letters behind places."""

    def __init__(self, letters: Raw) -> None:
        padded = np.append(letters.letters, np.zeros(_NEAR, np.uint8))
        self._windows = np.lib.stride_tricks.sliding_window_view(padded, _NEAR)

    def account_at(
        self, at: Places, ends: Places
    ) -> tuple[NDArray[np.intp], NDArray[np.uint8], NDArray[np.uint8]]:
        """Measure the accounts at some places, @ included, and give the two letters behind each.

        0 for no account, `_LONGEST` + 1 for one that is as long or longer; beyond a text's end letters are 0.
        """
        near = self._windows[at]
        is_word = _WORD[near[:, 1 : _LONGEST + 2]]
        is_word[:, -1] = False
        left = ends - at
        size = np.minimum(np.argmin(is_word, axis=1) + 1, left)
        every = np.arange(len(at))
        behind, then = (np.where(size + n < left, near[every, np.maximum(size, 0) + n], 0) for n in (0, 1))
        return np.where((near[:, 0] == ord("@")) & (size > 1), size, 0), behind, then


def _begins_with_word(letters: Raw) -> Truths:
    starts = letters.bounds[:-1]
    begins = np.zeros(len(starts), np.bool_)
    begins[starts < letters.bounds[1:]] = _WORD[letters.letters[starts[starts < letters.bounds[1:]]]]
    return begins


def _lead(text: pa.StringArray) -> pa.StringArray:
    """Cut what stands before the first word that is no account."""
    return pc.fill_null(pc.struct_field(pc.extract_regex(text, _LEADING), "lead"), "") if len(text) else text


def without_accounts(texts: pa.StringArray) -> pa.StringArray:
    """Put a blank for each account."""
    with_sign = raw(texts).rows_with("@")
    return put(texts, with_sign, _blanked(taken(texts, with_sign))) if len(with_sign) else texts


@dataclass(frozen=True)
class _Named:
    """Where accounts stand in texts, @ included; `long` are the texts in which one is too long to tell."""

    rows: Rows
    starts: Places
    ends: Places
    long: Rows


def _named(letters: Raw) -> _Named:
    """Find the accounts whose @ does not end a word."""
    at = letters.places_of("@")
    rows = letters.rows_at(at)
    size, _, _ = _Near(letters).account_at(at, letters.bounds[rows + 1])
    is_one = (size > 0) & ((at == letters.bounds[rows]) | ~_WORD[letters.letters[at - 1]])
    return _Named(rows[is_one], at[is_one], (at + size)[is_one], np.unique(rows[size > _LONGEST]))


def _handles(text: pa.StringArray) -> pa.StringArray:
    """Keep only the accounts named, parted by spaces."""
    if not len(text):
        return text
    letters = raw(text)
    named = _named(letters)
    names = between(letters, named.starts + 1, named.ends)
    found = _joined(names, np.searchsorted(named.rows, np.arange(len(text) + 1)))
    # Up to the next account, or, when there is none, to the end: what is not an account falls away.
    long = pc.replace_substring_regex(taken(text, named.long), rf"(?s).*?{_HANDLE}|.+", r"\1 ")
    return put(found, named.long, pc.utf8_trim_whitespace(long))


def _blanked(text: pa.StringArray) -> pa.StringArray:
    letters = raw(text)
    named = _named(letters)
    # What is between accounts begins with the text or behind one, and ends before one or with the text.
    starts = np.sort(np.concatenate([letters.bounds[:-1], named.ends]))
    ends = np.sort(np.concatenate([named.starts, letters.bounds[1:]]))
    numbers = np.arange(len(text) + 1)
    found = _joined(between(letters, starts, ends), numbers + np.searchsorted(named.rows, numbers))
    return put(found, named.long, pc.replace_substring_regex(taken(text, named.long), _HANDLE, " "))


def _joined(words: pa.StringArray, bounds: NDArray[np.intp]) -> pa.StringArray:
    """Join the words from each bound to the next, a blank between two."""
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), words), " ")
