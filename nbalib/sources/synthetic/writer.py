"""Write made conversations to a file in the format of twcs.csv, and what is true of them.

In: how many rows, a seed, where to. Out: the file, the truth as Parquet, and a report.
The same rows and seed make the same bytes everywhere. Memory does not grow with the rows, but for two
bytes a customer.
"""

from __future__ import annotations

import heapq
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

import pyarrow.parquet as pq

from nbalib.errors import ParameterError
from nbalib.sources.synthetic.dice import Dice
from nbalib.sources.synthetic.layout import COLUMNS, laid_out
from nbalib.sources.synthetic.threads import Threads
from nbalib.sources.synthetic.truth import TRUTH, Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from nbalib.sources.synthetic.layout import Row

REPEATED = 0.003
"""Share of rows that occur a second time, as they are."""
EDITED = 0.003
"""Share of rows that occur a second time with another text that says the same."""
LATE = 0.006
"""Share of rows that stand far behind their thread."""
LATE_BY = (50, 3_000)
"""How many rows later a repeated, edited or late row comes."""

EDITS = (("'", "’"), (". ", "! "), (" please", " kindly"), ("!", "!!"))
"""What an edit changes, the first that can be: never a mention, a signature or the sense."""

TRUTH_ROWS = 50_000
"""Rows of one group of the Parquet file."""


@dataclass(frozen=True)
class SynthReport:
    """What was written; `rows` counts repeated and edited ones, too."""

    rows: int
    threads: int
    conversations: int
    customers: int
    repeated: int
    edited: int
    late: int


def write_synthetic(
    out: Path,
    *,
    rows: int,
    seed: int,
    truth: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> SynthReport:
    """Write `rows` rows of made messages to `out`, and their truth to `truth`.

    Parameters
    ----------
    progress : callable, optional
        Is told, thread by thread, how many rows are written.

    Raises
    ------
    ParameterError
        `rows` is below 1, or `seed` is negative.
    """
    if rows < 1 or seed < 0:
        raise ParameterError(f"rows must be 1 or more and seed 0 or more, not {rows} and {seed}")
    with ExitStack() as open_files:
        draft = open_files.enter_context(_draft_of(out))
        file = open_files.enter_context(draft.open("w", encoding="utf-8", newline=""))
        parquet = None
        if truth is not None:
            truth_draft = open_files.enter_context(_draft_of(truth))
            parquet = open_files.enter_context(pq.ParquetWriter(truth_draft, TRUTH))
        return _write(_Pen(file, rows), Dice(seed), parquet, progress)


def _write(
    pen: _Pen,
    dice: Dice,
    parquet: pq.ParquetWriter | None,
    progress: Callable[[int], None] | None,
) -> SynthReport:
    """Make threads until the file is full; the last one is cut to what is left."""
    threads, known = Threads(dice), Truth()
    number, n_threads, n_conversations = 1, 0, 0
    while pen.room > 0:
        thread = threads.next()
        thread.cut(pen.room)
        lines, number = laid_out(thread, number, dice)
        pen.add(lines, dice)
        customers = known.add(thread)
        threads.crowd.note(customers)
        n_conversations += len(customers)
        n_threads += 1
        if parquet is not None and len(known) >= TRUTH_ROWS:
            parquet.write_table(known.table())
        if progress is not None:
            progress(pen.n_written)
    pen.finish()
    if parquet is not None:
        parquet.write_table(known.table())
    return SynthReport(
        pen.n_written,
        n_threads,
        n_conversations,
        threads.crowd.n_in_file,
        pen.n_repeated,
        pen.n_edited,
        pen.n_late,
    )


class _Pen:
    """Writes rows up to a number, some of them later than their thread and some twice."""

    def __init__(self, file: TextIO, n_rows: int) -> None:
        self.file = file
        self.n_rows = n_rows
        self.waiting: list[tuple[int, int, str]] = []
        self.n_written = self.n_kept = self.n_repeated = self.n_edited = self.n_late = 0
        file.write(",".join(COLUMNS) + "\n")

    @property
    def room(self) -> int:
        """Rows that are not spoken for."""
        return self.n_rows - self.n_written - len(self.waiting)

    def add(self, rows: list[Row], dice: Dice) -> None:
        """Write a thread's rows, and what is due by now."""
        spare = self.room - len(rows)
        now = []
        for row in rows:
            unit = dice.unit()
            if unit < LATE:
                self.n_late += 1
                self._keep(row.line(), dice)
            else:
                now.append(row.line())
            if unit > 1 - REPEATED - EDITED and spare > 0:
                spare -= 1
                self._repeat(row, dice, is_edited=unit > 1 - EDITED)
        self._put(now)
        while self.waiting and self.waiting[0][0] <= self.n_written:
            self._put([heapq.heappop(self.waiting)[2]])

    def finish(self) -> None:
        """Write what is left."""
        self._put([line for _, _, line in sorted(self.waiting)])
        self.waiting = []

    def _repeat(self, row: Row, dice: Dice, *, is_edited: bool) -> None:
        again = row._replace(text=reworded(row.text)) if is_edited else row
        if again == row:
            self.n_repeated += 1
        else:
            self.n_edited += 1
        self._keep(again.line(), dice)

    def _keep(self, line: str, dice: Dice) -> None:
        self.n_kept += 1
        heapq.heappush(self.waiting, (self.n_written + dice.between(*LATE_BY), self.n_kept, line))

    def _put(self, lines: list[str]) -> None:
        if lines:
            self.file.write("\n".join(lines) + "\n")
            self.n_written += len(lines)


def reworded(text: str) -> str:
    """Give the text as its writer might have edited it; the same where no edit leaves its sense alone."""
    for before, after in EDITS:
        if before in text:
            return text.replace(before, after, 1)
    return text


@contextmanager
def _draft_of(path: Path) -> Iterator[Path]:
    """Give a file to write beside `path`; it takes the place of `path` when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
