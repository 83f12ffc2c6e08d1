"""Cut the bytes of a CSV file into whole records, and isolate what is damaged.

In: bytes, piece by piece. Out: `Piece`s in the file's order: runs of sound records, runs of blank lines,
and single damaged neighbourhoods. What comes out does not depend on where the input was cut.

A sound record follows RFC 4180: cells between commas, a quoted cell with doubled quotes inside, and
as many cells as the header. It ends with a line feed, with or without a carriage return before it;
a carriage return alone is a character like any other. From a record that is not sound, everything up
to the next line that begins like a record is one damaged neighbourhood: one broken quote costs one row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

MAX_RECORD_BYTES = 1 << 24
"""A record is never longer: a quote that is not closed cannot swallow the file."""

CELL = rb'(?>"[^"]*+(?:""[^"]*+)*+"|[^",\n]*+)'
_ONE_CELL = re.compile(CELL)
_END = rb"\r?\n"
ONE_RECORD = re.compile(CELL + rb"(?:," + CELL + rb")*+" + _END)
_BLANK = re.compile(rb"(?>[ \t,]*+\r?\n)++")
_UNFINISHED = re.compile(rb"(?>" + CELL + rb",)*+(?:" + CELL + rb'\r?\Z|"[^"]*+(?:""[^"]*+)*+"?\Z)')

_QUOTE = ord('"')
_MAY_PRECEDE = np.isin(np.arange(256), [ord(sign) for sign in ',\n"'])
_MAY_FOLLOW = np.isin(np.arange(256), [ord(sign) for sign in ',\n\r"'])

WRONG_CELL_COUNT = "wrong_cell_count"
BROKEN_QUOTES = "broken_quotes"
RECORD_TOO_LONG = "record_too_long"


@dataclass(frozen=True)
class Piece:
    """A stretch of the file.

    Attributes
    ----------
    kind : {'records', 'blank', 'damaged'}
    data : bytes
        The bytes, line ends included.
    reason, detail : str
        Of a damaged one: its named reason, and what was found.
    """

    kind: Literal["records", "blank", "damaged"]
    data: bytes
    reason: str = ""
    detail: str = ""


class Splitter:
    """Cuts the bytes of one file.

    Parameters
    ----------
    n_cells : int
        Cells of the header.
    start : bytes
        Pattern of how a record begins (see `begins_like`): where reading resumes after damage.
    """

    def __init__(self, n_cells: int, start: bytes) -> None:
        record = rb"(?>" + CELL + rb"(?:," + CELL + rb"){%d}%b)" % (n_cells - 1, _END)
        blank = rb",{%d}%b" % (n_cells - 1, _END)
        self._n_cells = n_cells
        self._records = re.compile(record + rb"++")
        self._start = re.compile(rb"^(?:" + start + rb"|" + blank + rb")", re.MULTILINE)

    def split(self, data: bytes, *, last: bool) -> tuple[list[Piece], bytes]:
        """Cut `data`, which begins where a record begins.

        Returns
        -------
        tuple
            The pieces, and the bytes that cannot be judged before more follow (none if `last`).
        """
        if last:
            data = whole_lines(data)
        pieces: list[Piece] = []
        at = 0
        while at < len(data):
            piece = self._piece(data, at, last=last)
            if piece is None:
                break
            pieces.append(piece)
            at += len(piece.data)
        return pieces, data[at:]

    def _piece(self, data: bytes, at: int, *, last: bool) -> Piece | None:
        if found := self._records.match(data, at):
            return Piece("records", found.group())
        if found := _BLANK.match(data, at):
            return Piece("blank", found.group())
        return self._damaged(data, at, last=last)

    def _damaged(self, data: bytes, at: int, *, last: bool) -> Piece | None:
        """Give the damaged neighbourhood that begins `at`; None if more bytes may mend or end it."""
        limit = at + MAX_RECORD_BYTES
        is_all_here = last or len(data) >= limit
        whole = ONE_RECORD.match(data, at)
        if whole is None and not is_all_here and _UNFINISHED.match(data, at):
            return None
        line_end = data.find(b"\n", at)
        following = self._start.search(data, line_end + 1, limit) if line_end >= 0 else None
        if following is None and not is_all_here:
            return None
        damaged = data[at : following.start() if following else _last_line_end(data, at, limit)]
        if whole is not None:
            n_found = len(cells_of(whole.group()))
            return Piece("damaged", damaged, WRONG_CELL_COUNT, f"{n_found} cells, not {self._n_cells}")
        is_long = len(damaged) > MAX_RECORD_BYTES // 2 and following is None
        reason = RECORD_TOO_LONG if is_long else BROKEN_QUOTES
        return Piece("damaged", damaged, reason, damaged[:1000].split(b"\n")[0].decode(errors="replace"))


def whole_lines(data: bytes) -> bytes:
    """End the last line, if it has no end."""
    return data + b"\n" if data and not data.endswith(b"\n") else data


def sound_until(data: bytes) -> int:
    """Give how far `data` surely holds whole records, if each has its number of cells.

    Up to there every quote stands where RFC 4180 puts one. A quick look, for the many stretches
    of a file where nothing is wrong; 0 says that `Splitter` must look closely.
    """
    laid = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(laid == _QUOTE)
    until = data.rfind(b"\n") + 1
    n_quotes = int(np.searchsorted(quotes, until))
    while n_quotes % 2:  # the line ends inside quotes: take the line before the one that opened them
        until = data.rfind(b"\n", 0, int(quotes[n_quotes - 1])) + 1
        n_quotes = int(np.searchsorted(quotes, until))
    opening, closing = quotes[0:n_quotes:2], quotes[1:n_quotes:2]
    is_sound = _MAY_PRECEDE[laid[opening[opening > 0] - 1]].all() and _MAY_FOLLOW[laid[closing + 1]].all()
    before_return = closing[laid[closing + 1] == ord("\r")]
    is_sound &= (laid[before_return + 2] == ord("\n")).all()
    return until if is_sound else 0


def cells_of(record: bytes) -> list[bytes]:
    """Give the cells of one sound record."""
    cells = []
    at = 0
    body = record[:-1].removesuffix(b"\r") if record.endswith(b"\n") else record
    while found := _ONE_CELL.match(body, at):
        cell = found.group()
        cells.append(cell[1:-1].replace(b'""', b'"') if cell.startswith(b'"') else cell)
        at = found.end() + 1
        if found.end() == len(body):
            break
    return cells


def _last_line_end(data: bytes, at: int, limit: int) -> int:
    """Give where the last line before `limit` ends; `limit` itself when no line does."""
    end = data.rfind(b"\n", at, limit) + 1
    return end if end > at else min(limit, len(data))
