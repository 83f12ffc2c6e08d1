"""What a text must hold for an expression to match it: a few short pieces, of which at least one is there.

In: an RE2 expression as patterns are written. Out: pieces, or None where none can be named. Which pieces are
chosen matters for speed only: the rarer, the better.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from nbalib.conversations.patterns.sketches import EDGE, GAP, LETTERS, SIGNS, Reader, Sketches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHORT, LONG = 4, 8
"""Letters of a piece of words."""
END = "\n"
"""What follows a text, after a blank."""

# Frequent words of support messages, the most frequent first: by Zipf's law the rank tells the share of texts
# that hold a word.
_COMMON = (
    "to the you i a and link for we your can this it is on in us my with please have dm that s of t be so"
    " help me are not if thanks our there hi here what at re but out get do no sorry was m will from just"
    " ll up like or an know send when let about look any account as all d they more service now number"
    " phone how thank into would time been email need ve still don back team address why hey see order has"
    " issue check one by happy hear details want take am had assist flight could customer today did hello"
    " got via contact going which new only further able update app go way store after try info again work"
    " good great should them make having follow sure love over call support then some delivery day"
    " information issues getting message right using also off"
)
_SHARE = {word: 2.4 / (rank + 5.5) for rank, word in enumerate(_COMMON.split())}
_RARE = 0.004  # share of texts that hold another word, or a certain character beyond ASCII
_SIGN = 0.05
_NEVER = 9.0  # price of having no piece


@dataclass(frozen=True, order=True)
class _Piece:
    """A piece in all ways in which it may go on, and the share of texts that hold it."""

    share: float
    ways: tuple[str, ...]


def pieces_of(expression: str) -> frozenset[str] | None:
    """Name pieces of which each text that matches holds at least one; None where none can be named.

    A piece is one of `SIGNS`, a character beyond ASCII, or the first `SHORT` or `LONG` letters and blanks of
    two words that follow each other (or of one, where it is long).
    """
    candidates = [_pieces(sketch) for sketch in Reader(expression, _price).read()]
    if not all(candidates):
        return None
    return frozenset(way for piece in _cover(candidates) for way in piece.ways)


def _cover(candidates: Sequence[tuple[_Piece, ...]]) -> Iterator[_Piece]:
    """Choose pieces so that each sketch has one, at every step the one that is rarest for what it covers."""
    covers: dict[_Piece, set[int]] = {}
    for number, pieces in enumerate(candidates):
        for piece in pieces:
            covers.setdefault(piece, set()).add(number)
    left = set(range(len(candidates)))
    queue = [(piece.share / len(numbers), piece) for piece, numbers in covers.items()]
    heapq.heapify(queue)
    while left:
        price, piece = heapq.heappop(queue)
        new = covers[piece] & left
        if new and piece.share / len(new) > price:
            heapq.heappush(queue, (piece.share / len(new), piece))
        elif new:
            left -= new
            yield piece


def _price(sketches: Sketches) -> float:
    """Guess the share of texts that hold a piece of any sketch, if words begin and end where sketches do."""
    edged = (_pieces(f"{EDGE}{sketch}{EDGE}") for sketch in sketches)
    rarest = {min(pieces, default=_Piece(_NEVER, ())) for pieces in edged}
    return sum(piece.share for piece in rarest)


@cache
def _pieces(sketch: str) -> tuple[_Piece, ...]:
    """List the pieces of a sketch."""
    signs = re.findall(rf"[{SIGNS}]|[^\0-\x7f]", sketch)
    found = [_Piece(_SIGN if sign in SIGNS else _RARE, (sign,)) for sign in signs]
    for stretch in _plain(sketch).split(GAP):
        for start in re.finditer(r"(?<= )[0_a-z]", stretch):
            piece = _two_words(stretch[start.start() :])
            if len(piece) >= LONG:
                found.append(_piece(piece[:LONG]))
            if len(piece) >= SHORT - 1:
                found.append(_piece(piece[:SHORT]))
    return tuple(found)


def _plain(sketch: str) -> str:
    """Write edges of words and signs as blanks, and several of them as one."""
    signless = re.sub(rf"[{SIGNS}]|[^\0-\x7f]", " ", sketch)
    edged = re.sub(rf"(?<=[0_a-z]){EDGE}|{EDGE}(?=[0_a-z])", " ", signless).replace(EDGE, "")
    return re.sub(" +", " ", edged)


def _two_words(stretch: str) -> str:
    """Give the first two words with the blanks behind them."""
    words = stretch.split(" ", 2)
    return stretch if len(words) < 3 else f"{words[0]} {words[1]} "


@cache
def _piece(letters: str) -> _Piece:
    """Guess the share of texts that hold a piece; write one that lacks a letter in all ways."""
    *words, last = letters.split(" ")
    share = 1.0
    if last:
        share = _shares_begun().get(last, 0.0) + _RARE * max(1, 2 ** (SHORT + 1 - len(last)))
    for word in words:
        share *= _SHARE.get(word, _RARE)
    ways = (letters,) if len(letters) != SHORT - 1 else tuple(letters + then for then in (*LETTERS, " ", END))
    return _Piece(share, ways)


@cache
def _shares_begun() -> dict[str, float]:
    """Sum up the shares of the frequent words by how they begin."""
    shares: dict[str, float] = {}
    for word, share in _SHARE.items():
        for end in range(1, len(word) + 1):
            shares[word[:end]] = shares.get(word[:end], 0.0) + share
    return shares
