"""Accounts are told by their bytes just as by expressions; characters are written in their normal forms."""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from nbalib.conversations.accounts import find_accounts, without_accounts
from nbalib.conversations.texts import take_apart

SIGNS = (
    "@",
    "@",
    "@",
    " ",
    " ",
    "a",
    "b",
    "Z",
    "9",
    "_",
    ".",
    "-",
    "é",
    "😀",
    "\n",
    "@shop ",
    "@" + "x" * 19,
    "@42 ",
)
TEXTS = st.lists(st.sampled_from(SIGNS), max_size=14).map("".join)


def lead_of(text: str) -> str:
    """Give what stands before the first word that is no account."""
    end = 0
    while True:
        at = end
        while at < len(text) and text[at] not in "@_" and unicodedata.category(text[at])[0] not in "LN":
            at += 1
        account = re.compile(r"@\w+", re.ASCII).match(text, at)
        if not account:
            return text[:end]
        end = account.end()


@given(st.lists(TEXTS, max_size=6))
@example(["@a @b hello", "@a  @b", "@a"])
@example(["@" + "x" * 20 + " hello @y", "@" + "x" * 40 + " hello"])
def test_accounts_are_those_that_expressions_find(texts: list[str]) -> None:
    """Leading are the accounts before the first other word; all are those at whose @ no word ends."""
    found = find_accounts(pa.array(texts, pa.string()))
    for text, named, leading in zip(texts, found.named.to_pylist(), found.leading.to_pylist(), strict=True):
        lead = lead_of(text)
        assert leading == " ".join(re.findall(r"\w+", lead, re.ASCII))
        more = text.count("@") > lead.count("@")
        assert named == (" ".join(re.findall(r"\B@(\w+)", text, re.ASCII)) if more else leading)


@given(st.lists(TEXTS, max_size=6))
def test_only_leading_accounts_are_cut_off(texts: list[str]) -> None:
    """Cut off are as many accounts as it says, a blank between two; a blank and a word follow."""
    found = find_accounts(pa.array(texts, pa.string()))
    for text, rest, n_cut in zip(texts, found.rest.to_pylist(), found.n_cut.tolist(), strict=True):
        assert text.endswith(rest)
        ahead = text[: len(text) - len(rest)]
        assert len(re.findall(r"@\w+", ahead, re.ASCII)) == n_cut
        assert n_cut == 0 or re.fullmatch(r"@\w+(?: @\w+)*", ahead, re.ASCII)
        assert n_cut == 0 or re.match(r" \w", rest, re.ASCII)


@given(st.lists(TEXTS, max_size=6))
@example(["@" + "x" * 40 + " hello @y", "@a@b @c", "me@example.org"])
def test_accounts_are_taken_out(texts: list[str]) -> None:
    """Each account leaves a blank; an e-mail address stays."""
    without = without_accounts(pa.array(texts, pa.string())).to_pylist()
    assert without == [re.sub(r"\B@\w+", " ", text, flags=re.ASCII) for text in texts]


def test_every_character_is_written_in_its_normal_form() -> None:
    """That most are left alone to save time changes none: words are as Unicode's own tables have them."""
    odd = set("‘’‛ʼ`´＇\ufe0f\u200b\u200c\u200d\u2060\ufeff")  # noqa: RUF001 -- quotes, and what is invisible
    signs = [
        sign
        for sign in map(chr, range(0xA1, 0x20000))
        if unicodedata.category(sign) not in ("Cn", "Cs", "Cc", "Zs") and sign not in odd
    ]
    words = take_apart(pa.array([f"x {sign} 0" for sign in signs])).words.to_pylist()
    wrong = [sign for sign, text in zip(signs, words, strict=True) if text != written(f"x {sign} 0")]
    assert wrong == []


def written(text: str) -> str:
    """Write a text in lower case, without the accents of letters, in the normal form."""
    lower = unicodedata.normalize("NFKC", text).lower()
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", lower))
    return unicodedata.normalize("NFKC", bare) + " "
