"""Take a text apart: accounts named, part number, signature, links, and the words that are left.

In: texts as written, one a row (Arrow strings). Out: `Texts`, columns of the same length.
Row-wise: a row's result depends on its own text only.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

LINK = "<link>"
"""Stands for a web address in the words that are left."""

_HANDLE = r"\B@(\w+)"  # `\B`: the @ inside an e-mail address names no account
_LEADING = r"^(?P<lead>(?:[^\pL\pN_@]*@\w+)+)"
_ADDRESS = r"(?i)\b(?:https?://|www\.)\S+"
_QUOTES = "[‘’‛ʼ`´＇]"  # noqa: RUF001 -- the ways in which an apostrophe is written
_INVISIBLE = r"[\x{FE0F}\x{200B}-\x{200D}\x{2060}\x{FEFF}]"
_ACCENTS = r"[\x{0300}-\x{036F}]"

# Letters are spelled out: classes such as \pL make these patterns fifty times slower.
_CAPITAL, _LETTER = "[A-ZÀ-Þ]", "[A-Za-zÀ-ɏ]"
_NAME = r"[A-Za-zÀ-ɏ.]{0,20}(?:\s[A-ZÀ-Þ][a-zß-ɏ]{0,15})?\.?"
_SIGNATURE = rf"(?:\^\s?{_LETTER}|\B[*~]\s?{_CAPITAL}|\B[-–—/]{{1,2}}\s?{_CAPITAL}){_NAME}"
_PART = r"[(\[]?\b[1-9]\s?/\s?[2-9][)\]]?\.?"
_NUMBERS = r"[(\[]?\b(?P<n>[1-9])\s?/\s?(?P<m>[2-9])[)\]]?\.?"
_END = rf"\s*(?:{LINK}\s*)*$"

_SIGNED = rf"{_SIGNATURE}\s*(?:{_PART})?{_END}"
_TAIL = rf"(?:{_PART}\s*)?(?:{_SIGNATURE}\s*)?(?:{_PART})?\s*((?:{LINK}\s*)*)$"
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
    mentions, leading = _accounts(text)
    whole = _plain(text)
    plain = pc.replace_substring_regex(whole, _TAIL, r" \1")
    return Texts(
        plain=plain,
        words=_without_accents(pc.utf8_lower(plain)),
        mentions=mentions,
        leading_mentions=leading,
        part=_part(whole),
        is_signed=pc.match_substring_regex(whole, _SIGNED),
    )


def replace_where(values: pa.Array, where: pa.BooleanArray, by: pa.Array) -> pa.Array:
    """Put the values `by`, in order, where `where` holds."""
    return pc.replace_with_mask(values, where, by) if len(by) else values


def _accounts(text: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """List the accounts named in each text, and those before its first other word."""
    lead = pc.fill_null(pc.struct_field(pc.extract_regex(text, _LEADING), "lead"), "")
    leading = pc.utf8_trim_whitespace(pc.replace_substring_regex(lead, r"\W+", " "))
    more = pc.greater(pc.count_substring(text, "@"), pc.count_substring(lead, "@"))
    return replace_where(leading, more, _handles(text.filter(more))), leading


def _handles(text: pa.StringArray) -> pa.StringArray:
    """Keep only the accounts named, parted by spaces."""
    # Up to the next account, or, when there is none, to the end: what is not an account falls away.
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(text, rf"(?s).*?{_HANDLE}|.+", r"\1 "))


def _plain(text: pa.StringArray) -> pa.StringArray:
    """Write alike what is read alike, mark web addresses, and take accounts off."""
    odd = pc.invert(pc.string_is_ascii(text))
    alike = text.filter(odd)
    alike = pc.replace_substring_regex(alike, _QUOTES, "'")
    alike = pc.utf8_normalize(pc.replace_substring_regex(alike, _INVISIBLE, ""), form="NFKC")
    plain = replace_where(text, odd, alike)
    plain = pc.replace_substring_regex(plain, _ADDRESS, f" {LINK} ")
    return pc.replace_substring_regex(plain, _HANDLE, " ")


def _without_accents(texts: pa.StringArray) -> pa.StringArray:
    """Take the accents off Latin letters; the marks of other scripts stay."""
    odd = pc.invert(pc.string_is_ascii(texts))
    bare = pc.replace_substring_regex(pc.utf8_normalize(texts.filter(odd), form="NFKD"), _ACCENTS, "")
    return replace_where(texts, odd, pc.utf8_normalize(bare, form="NFKC"))


def _part(plain: pa.StringArray) -> pa.Int64Array:
    """Read n of "n/m" at either end, or before the signature; 0 where there is none."""
    part = pa.repeat(pa.scalar(0, pa.int64()), len(plain))
    numbered = pc.match_substring_regex(plain, _PART)
    some = plain.filter(numbered)
    first = pc.extract_regex(some, _PART_AT_START)
    last = pc.extract_regex(some, _PART_AT_END)
    n, m = (
        pc.cast(pc.coalesce(pc.struct_field(first, name), pc.struct_field(last, name), "0"), pa.int64())
        for name in ("n", "m")
    )
    counts = pc.and_(pc.less_equal(n, m), pc.invert(pc.match_substring_regex(some, _NO_PART)))
    return replace_where(part, numbered, pc.if_else(counts, n, 0))
