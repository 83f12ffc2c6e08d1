"""What the texts look like that an expression matches.

In: an RE2 expression as patterns are written. Out: sketches, strings in which letters stand for themselves,
"0" for a digit, a blank for one or more signs that are neither, and `GAP` for anything at all. Whatever the
expression matches looks like one of its sketches; a sketch may also look like what it does not match.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Sketches = frozenset[str]

LETTERS = "0_abcdefghijklmnopqrstuvwxyz"
"""Letters of words, all digits being "0"."""
SIGNS = "?<#@%$"
"""Signs that a sketch shows, as it does every character beyond ASCII; beside them words end, too."""
GAP = "\0"
"""Anything, or nothing."""
EDGE = "\1"
"""The edge of a word or of the text."""

_AT_MOST = 50  # sketches of a sequence: beyond, half of it is forgotten …
_WITH_OUTLINES = 600  # … and beyond this, even whether words began and ended with that half
_COUNTED = 8  # digits in a row


class Reader:
    """Reads an expression from left to right.

    Where a sequence had too many sketches, all is forgotten of the half that says less: `price` is asked how
    many texts look like some sketches.
    """

    def __init__(self, expression: str, price: Callable[[Sketches], float]) -> None:
        self._text = expression
        self._at = 0
        self._price = price

    def read(self) -> Sketches:
        """Give the sketches of the whole expression.

        Raises
        ------
        ValueError
            It is not well formed.
        """
        sketches = self._either()
        if self._at < len(self._text):
            raise ValueError(f"an expression goes on behind its end: {self._text[self._at :][:40]!r}")
        return sketches

    def _take(self, pattern: str) -> re.Match[str] | None:
        """Go behind `pattern` if it stands here."""
        found = _compiled(pattern).match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _either(self) -> Sketches:
        sketches = self._sequence()
        while self._take(r"\|"):
            sketches |= self._sequence()
        return sketches

    def _sequence(self) -> Sketches:
        sketches = frozenset({""})
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            if plain := self._take(r"[a-z]+(?![a-z]*[?*+{])"):
                sketches = frozenset(sketch + plain[0] for sketch in sketches)
            else:
                sketches = self._followed(sketches, self._repeated())
        return sketches

    def _followed(self, first: Sketches, second: Sketches) -> Sketches:
        if len(first) * len(second) <= max(_AT_MOST, len(first), len(second)):
            return frozenset(one + two for one in first for two in second)
        before, behind = _outlines(first, len(second)), _outlines(second, len(first))
        halves = (
            frozenset(one + outline for one in first for outline in behind),
            frozenset(outline + two for outline in before for two in second),
        )
        return min(halves, key=self._price)

    def _repeated(self) -> Sketches:
        one = self._one()
        if self._take(r"\?\??"):
            return one | {""}
        if self._take(r"\*\??"):
            return _several(one) | {""}
        if self._take(r"\+\??"):
            return _several(one)
        if times := self._take(r"\{(\d+)(,?)(\d*)\}"):
            least = int(times[1])
            return _times(one, least, int(times[3]) if times[3] else None if times[2] else least)
        return one

    def _one(self) -> Sketches:
        if self._take(r"\(\?s\)"):
            return frozenset({""})
        if self._take(r"\((?:\?(?:P<\w+>|s?:))?"):
            sketches = self._either()
            if not self._take(r"\)"):
                raise ValueError(f"a group is left open: {self._text[:40]!r}")
            return sketches
        if signs := self._take(r"\[(\^?)((?:\\.|[^\\\]])(?:\\x\{\w+\}|\\.|[^\\\]])*)\]"):
            return _class(signs[2], is_negated=bool(signs[1]))
        return frozenset({self._sign()})

    def _sign(self) -> str:
        if code := self._take(r"\\x\{(\w+)\}"):
            return _letter(chr(int(code[1], 16)))
        if self._take(r"[$^]|\\b"):
            return EDGE
        if self._take(r"\\[sWnrt]"):
            return " "
        if self._take(r"\\d"):
            return "0"
        if self._take(r"\.|\\(?:[wSDB]|[pP](?:\{\w+\}|\w))"):
            return GAP
        if sign := self._take(r"\\[^a-zA-Z0-9]|[^\\*+?{]"):
            return _letter(sign[0][-1])
        raise ValueError(f"an expression cannot be read from here: {self._text[self._at :][:40]!r}")


_compiled = cache(re.compile)


def _letter(sign: str) -> str:
    """Sketch one character."""
    if sign in "0123456789":
        return "0"
    return sign if sign in LETTERS or sign in SIGNS or not sign.isascii() else " "


def _class(inside: str, *, is_negated: bool) -> Sketches:
    """Sketch one character of a class; of a range or a class of letters it may be any."""
    if is_negated or re.search(r"\\[wdSDpP]|[^\\]-.", inside):
        return frozenset({GAP})
    signs = re.findall(r"\\x\{(\w+)\}|\\([sWnrt])|\\?(.)", inside)
    return frozenset(
        _letter(chr(int(code, 16))) if code else " " if blank else _letter(sign)
        for code, blank, sign in signs
    )


def _times(one: Sketches, least: int, most: int | None) -> Sketches:
    """Sketch a repetition; digits are counted."""
    if one == {"0"} and most is not None and most <= _COUNTED:
        return frozenset("0" * times for times in range(least, most + 1))
    return _several(one) if least else _several(one) | {""}


def _several(one: Sketches) -> Sketches:
    """Sketch a repetition, once or more often."""
    if one == {" "}:
        return one
    behind = " " if all(sketch.endswith(" ") for sketch in one) else ""
    return frozenset(sketch + GAP + behind for sketch in one)


def _outlines(sketches: Sketches, times: int) -> Sketches:
    """Forget all of sketches but whether words begin and end with them; even that if there were too many."""
    outlines = frozenset(_border(one[:1]) + GAP + _border(one[-1:]) if one else "" for one in sketches)
    return outlines if len(outlines) * times <= _WITH_OUTLINES else frozenset({GAP})


def _border(sign: str) -> str:
    return sign if sign == EDGE else "" if sign in LETTERS or sign == GAP else " "
