"""Take a text apart: accounts named, part number, signature, links, and the words that are left.

In: texts as written, one a row (Arrow strings). Out: `Texts`, columns of the same length.
Row-wise: a row's result depends on its own text only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.accounts import Accounts, find_accounts, without_accounts
from nbalib.conversations.raw import raw
from nbalib.conversations.rows import (
    Rows,
    Truths,
    beyond_ascii,
    matches,
    matching,
    put,
    replaced,
    taken,
    truths,
)

LINK = "<link>"
"""Stands for a web address in the words that are left."""

_ADDRESS = r"(?i)\b(?:https?://|www\.)\S+"
_QUOTES = "[‘’‛ʼ`´＇]"  # noqa: RUF001 -- the ways in which an apostrophe is written
_INVISIBLE = r"[\x{FE0F}\x{200B}-\x{200D}\x{2060}\x{FEFF}]"
_ACCENTS = r"[\x{0300}-\x{036F}]"
# Characters that stay as they are in whatever company: most emoji, punctuation, kana, ideographs.
_FIRM = (
    r"\x{00}-\x{5F}\x{61}-\x{7F}\x{A1}-\x{A7}\x{AB}-\x{AE}\x{2012}-\x{2016}\x{201C}-\x{2023}\x{20A9}-\x{20CF}"
    r"\x{2300}-\x{2328}\x{232B}-\x{245F}\x{24EB}-\x{27FF}\x{3001}-\x{3029}\x{3041}-\x{3096}"
    r"\x{30A0}-\x{30FE}\x{3400}-\x{9FFF}\x{1F300}-\x{1FAFF}"
)
_MAY_CHANGE = rf"[^{_FIRM}]"
_MAY_CHANGE_IN_NFKC = rf"[^{_FIRM}\x{{C0}}-\x{{FF}}]"
_BLANKS = "\t\n\f\r "

# Letters are spelled out: classes such as \pL make these patterns fifty times slower.
_CAPITAL, _LETTER = "[A-ZÀ-Þ]", "[A-Za-zÀ-ɏ]"
_NAME = r"[A-Za-zÀ-ɏ.]{0,20}(?:\s[A-ZÀ-Þ][a-zß-ɏ]{0,15})?\.?"
_SIGNATURE = rf"(?:\^\s?{_LETTER}|\B[*~]\s?{_CAPITAL}|\B[-–—/]{{1,2}}\s?{_CAPITAL}){_NAME}"
_PART = r"[(\[]?\b[1-9]\s?/\s?[2-9][)\]]?\.?"
_NUMBERS = r"[(\[]?\b(?P<n>[1-9])\s?/\s?(?P<m>[2-9])[)\]]?\.?"
_END = rf"\s*(?:{LINK}\s*)*$"

_SIGNED = rf"{_SIGNATURE}\s*(?:{_PART})?{_END}"
_SIGNED_OFF = rf"(?:{_PART}\s*)?(?:{_SIGNATURE}\s*)?(?:{_PART})?\s*"
_PART_AT_START = rf"^\s*{_NUMBERS}(?:[^\d/]|$)"
_PART_AT_END = rf"{_NUMBERS}\s*(?:{_SIGNATURE})?{_END}"
# A date, a mark or a fraction, not the number of a part.
_NO_PART = (
    r"(?i)\b(?:on|by|since|until|till?|from|before|after|dated?|due|the|of|for|rate[ds]?|rating|score[ds]?"
    r"|give|gave|giving|only|got|about|at|was|is)\s+(?:a\s+|it\s+|you\s+|this\s+|my\s+)?[1-9]\s?/\s?[2-9]\b"
    r"|[1-9]/[2-9]\s*(?:price|off|stars?|hours?|hrs?|miles?|way|full|day|pints?|lbs?|inch|cup|size)\b"
)


@dataclass(frozen=True)
class Texts:
    """Texts taken apart; all columns have one length.

    `plain` is what is left without accounts, signature and part number, with straight apostrophes; each
    web address in it reads `LINK`. `words` is the same in lower case and without accents: people leave
    them out, and RE2 knows a word's edge only between plain letters.
    """

    plain: pa.StringArray
    words: pa.StringArray
    mentions: pa.StringArray
    leading_mentions: pa.StringArray
    part: pa.Int64Array
    is_signed: pa.BooleanArray


def take_apart(text: pa.StringArray) -> Texts:
    """Part what a text says from whom it names and how it is signed.

    Parameters
    ----------
    text : StringArray, shape (n,)
        As written, without nulls.
    """
    accounts = find_accounts(text)
    whole = _plain(accounts)
    numbered = matching(whole, raw(whole).rows_with("/"), _PART)
    is_signed = matches(whole, _SIGNED)
    plain = _without_tail(whole, is_signed | truths(numbered, len(text)))
    return Texts(
        plain=plain,
        words=_words(plain),
        mentions=accounts.named,
        leading_mentions=accounts.leading,
        part=_part(whole, numbered),
        is_signed=pa.array(is_signed),
    )


def lower(texts: Texts) -> pa.StringArray:
    """Write what is left in lower case, accents and all."""
    odd = beyond_ascii(texts.plain)
    return put(texts.words, odd, pc.utf8_lower(taken(texts.plain, odd)))


def _plain(accounts: Accounts) -> pa.StringArray:
    """Write alike what is read alike, mark web addresses, and take accounts off."""
    texts = _alike(accounts.rest)
    texts = replaced(texts, raw(texts).rows_with("//", "w.", "W."), _ADDRESS, f" {LINK} ")
    texts = without_accounts(texts)
    # As if each account that was cut had been replaced by a blank, and the blanks between them had stayed.
    blanks = pc.binary_repeat(" ", pa.array(np.maximum(2 * accounts.n_cut - 1, 0)))
    return pc.binary_join_element_wise(blanks, texts, "")


def _alike(texts: pa.StringArray) -> pa.StringArray:
    """Write quotes straight, leave invisible characters out, and write all others in their normal form."""
    odd = beyond_ascii(texts)
    alike = pc.replace_substring(taken(texts, odd), "’", "'")
    rare = np.flatnonzero(matches(alike, _MAY_CHANGE_IN_NFKC))
    rest = replaced(taken(alike, rare), np.arange(len(rare)), _QUOTES, "'")
    rest = pc.utf8_normalize(replaced(rest, np.arange(len(rare)), _INVISIBLE, ""), form="NFKC")
    return put(texts, odd, put(alike, rare, rest))


def _without_tail(whole: pa.StringArray, has_tail: Truths) -> pa.StringArray:
    """Take signature, part number and blanks off the end; web addresses stay."""
    bare = pc.ascii_rtrim(whole, _BLANKS)
    is_linked = pc.ends_with(bare, LINK).to_numpy(zero_copy_only=False)
    tailed, linked = np.flatnonzero(has_tail & ~is_linked), np.flatnonzero(is_linked)
    plain = pc.binary_join_element_wise(replaced(bare, tailed, f"{_SIGNED_OFF}$", ""), "", " ")
    ahead = replaced(taken(whole, linked), np.arange(len(linked)), rf"{_SIGNED_OFF}((?:{LINK}\s*)*)$", r" \1")
    return put(plain, linked, ahead)


def _words(plain: pa.StringArray) -> pa.StringArray:
    """Write all in lower case and without the accents of Latin letters; the marks of other scripts stay."""
    odd = beyond_ascii(plain)
    lowered = pc.utf8_lower(taken(plain, odd))
    marked = np.flatnonzero(matches(lowered, _MAY_CHANGE))
    bare = pc.utf8_normalize(taken(lowered, marked), form="NFKD")
    bare = replaced(bare, np.arange(len(marked)), _ACCENTS, "")
    return put(pc.ascii_lower(plain), odd, put(lowered, marked, pc.utf8_normalize(bare, form="NFKC")))


def _part(plain: pa.StringArray, numbered: Rows) -> pa.Int64Array:
    """Read n of "n/m" at either end, or before the signature; 0 where there is none."""
    part = np.zeros(len(plain), np.int64)
    if len(numbered):
        some = taken(plain, numbered)
        first, last = pc.extract_regex(some, _PART_AT_START), pc.extract_regex(some, _PART_AT_END)
        n, m = (
            pc.cast(
                pc.coalesce(pc.struct_field(first, name), pc.struct_field(last, name), "0"), pa.int64()
            ).to_numpy()
            for name in ("n", "m")
        )
        part[numbered] = np.where((n <= m) & ~matches(some, _NO_PART), n, 0)
    return pa.array(part)
