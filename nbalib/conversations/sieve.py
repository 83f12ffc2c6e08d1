"""Find the texts that match an expression, by looking only at those that may.

In: words as `texts.take_apart` leaves them. Out: which of them match.

To look for one expression in a text costs as much as to look up half of its words. A sieve looks all words up
once, for up to 64 expressions, each of which needs some of them (`patterns.pieces`); only what passes is then
matched in earnest. A sieve saves time and never changes a result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nbalib.conversations.patterns.pieces import END, LONG, pieces_of
from nbalib.conversations.patterns.sketches import LETTERS, SIGNS
from nbalib.conversations.raw import raw
from nbalib.conversations.rows import Rows, Truths, matching

if TYPE_CHECKING:
    from collections.abc import Iterable

Marks = NDArray[np.uint64]
"""One bit for each expression."""

_MOST = 64
_CHUNK = 16_384  # texts
_SLOTS = 16  # bits of the number of a slot
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2 ** 64 divided by the golden ratio
_BREAK = b"\xff"  # between two texts: no byte of UTF-8
_BLANK = ord(" ")
_SIMPLE = bytes(
    ord(END)
    if byte == _BREAK[0]
    else ord("0")
    if 48 <= byte <= 57
    else byte
    if chr(byte) in LETTERS
    else _BLANK
    for byte in range(256)
)
# By the length of a word, `LONG` for longer ones: the bytes that are its own, the blank behind it, and the
# factor that puts the next word behind the blank.
_OWN = np.array([2 ** (8 * n) - 1 for n in range(LONG + 1)], np.uint64)
_BEHIND = np.array([_BLANK << 8 * n if n < LONG else 0 for n in range(LONG + 1)], np.uint64)
_NEXT = np.array([1 << 8 * (n + 1) if n + 1 < LONG else 0 for n in range(LONG + 1)], np.uint64)
_SHORT_ONLY = np.uint64(2**32 - 1)
# By the first byte of a character beyond ASCII: the bytes that are its own.
_CHARACTER = np.array(
    [2**32 - 1 if byte >= 0xF0 else 2**24 - 1 if byte >= 0xE0 else 2**16 - 1 for byte in range(256)],
    np.uint64,
)


class Words:
    """Some texts, and what sieves look up of them."""

    def __init__(self, texts: pa.StringArray) -> None:
        self.texts = texts
        self.chunks = [_Chunk(texts.slice(start, _CHUNK)) for start in range(0, len(texts), _CHUNK)]

    def __len__(self) -> int:
        return len(self.texts)


class _Chunk:
    """As many texts as have room in the processor's cache."""

    def __init__(self, texts: pa.StringArray) -> None:
        self._texts = texts
        self._raw = raw(texts)

    @cached_property
    def pairs(self) -> tuple[Marks, NDArray[np.intp]]:
        """Give the first letters of each word and its successor as one number, and where each text begins."""
        simple = self._in_a_row().translate(_SIMPLE)
        letters = np.frombuffer(simple, np.uint8)[:-LONG]
        is_word = letters != _BLANK
        edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
        starts, ends = edges[::2], edges[1::2]
        length = np.minimum(ends - starts, LONG)
        eight = np.ndarray((len(letters),), "<u8", simple, 0, (1,))[starts]
        word = (eight & _OWN[length]) | _BEHIND[length]
        pairs = word + np.append(word[1:], np.uint64(0)) * _NEXT[length]
        breaks = np.flatnonzero(letters[starts] == ord(END))
        return pairs, np.append(0, breaks[:-1] + 1)

    def _in_a_row(self) -> bytes:
        """Give the bytes of all texts, parted by breaks."""
        one = pa.ListArray.from_arrays(
            pa.array([0, len(self._texts)], pa.int32()), self._texts.cast(pa.binary())
        )
        joined: bytes = pc.binary_join(one, b" " + _BREAK + b" ")[0].as_buffer().to_pybytes()
        return b" " + joined + b" " + _BREAK + b" " + bytes(LONG)

    def rows_with(self, sign: str) -> Rows:
        """Name the texts that hold a sign."""
        return self._raw.rows_with(sign)

    @cached_property
    def characters(self) -> tuple[Marks, Rows]:
        """Give the characters beyond ASCII as numbers, and name the texts in which they stand."""
        at = np.flatnonzero(self._raw.letters >= 0xC0)
        padded = np.append(self._raw.letters, np.zeros(4, np.uint8))
        four = np.ndarray((len(padded) - 3,), "<u4", padded, 0, (1,))[at]
        return four & _CHARACTER[self._raw.letters[at]], self._raw.rows_at(at)


class Sieve:
    """Lets pass the texts that may match some expressions."""

    def __init__(self, expressions: Iterable[str]) -> None:
        different = list(dict.fromkeys(expressions))
        if len(different) > _MOST:
            raise ValueError(f"a sieve is made for {_MOST} expressions, not for {len(different)}")
        self._bits = {one: np.uint64(1 << number) for number, one in enumerate(different)}

    def sift(self, words: Words) -> Sifted:
        """Look up which texts may match which expressions."""
        return Sifted(self, words.texts, self.marks(words))

    def bit(self, expression: str) -> np.uint64:
        """Give the bit that stands for an expression."""
        return self._bits[expression]

    def marks(self, words: Words) -> Marks:
        """Mark each text with the bits of the expressions that it may match."""
        return np.concatenate([np.zeros(0, np.uint64), *map(self._marks, words.chunks)])

    def _marks(self, words: _Chunk) -> Marks:
        tables = self._tables
        pairs, first = words.pairs
        found = tables.long[_slot(pairs)] | tables.short[_slot(pairs & _SHORT_ONLY)]
        marks: Marks = np.bitwise_or.reduceat(found, first) | tables.always
        for sign, bits in tables.signs.items():
            marks[words.rows_with(sign)] |= bits
        characters, rows = words.characters
        foreign = tables.foreign[_slot(characters)]
        np.bitwise_or.at(marks, rows[foreign > 0], foreign[foreign > 0])
        return marks

    @cached_property
    def _tables(self) -> _Tables:
        tables = _Tables()
        for expression, bit in self._bits.items():
            tables.add(pieces_of(expression), bit)
        return tables


@dataclass
class _Tables:
    """The bits of the expressions that need a piece, by the slot of the piece."""

    short: Marks = field(default_factory=lambda: np.zeros(1 << _SLOTS, np.uint64))
    long: Marks = field(default_factory=lambda: np.zeros(1 << _SLOTS, np.uint64))
    foreign: Marks = field(default_factory=lambda: np.zeros(1 << _SLOTS, np.uint64))
    signs: dict[str, np.uint64] = field(default_factory=dict)
    always: np.uint64 = field(default_factory=np.uint64)

    def add(self, pieces: frozenset[str] | None, bit: np.uint64) -> None:
        """Write down what an expression needs; None for nothing in particular."""
        if pieces is None:
            self.always |= bit
        for piece in pieces or ():
            if piece in SIGNS:
                self.signs[piece] = self.signs.get(piece, np.uint64(0)) | bit
            else:
                table = self.long if len(piece) == LONG else self.short if piece.isascii() else self.foreign
                key = np.array(int.from_bytes(piece.encode()[:LONG], "little"), np.uint64)
                if table is self.foreign:
                    key &= _CHARACTER[piece.encode()[0]]
                table[_slot(key)] |= bit


@dataclass(frozen=True)
class Sifted:
    """Texts, with marks of what they may match."""

    sieve: Sieve
    texts: pa.StringArray
    marks: Marks

    def __len__(self) -> int:
        return len(self.texts)

    def may_match(self, expression: str) -> Rows:
        """Name the texts that perhaps match an expression of the sieve; no other does."""
        return np.flatnonzero(self.marks & self.sieve.bit(expression))

    def matching(self, expression: str, among: Truths | None = None) -> Rows:
        """Name the texts that match an expression of the sieve."""
        rows = self.may_match(expression)
        if among is not None:
            rows = rows[among[rows]]
        return matching(self.texts, rows, expression)


def _slot(keys: Marks) -> Marks:
    slots: Marks = (keys * _SPREAD) >> np.uint64(64 - _SLOTS)
    return slots
