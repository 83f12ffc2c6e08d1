"""A stretch of a file's rows as cells: text by column, with row numbers, not interpreted yet.

In: what a container's reader found. Out: `Cells`. A cell is text as it stands in the file; an empty
cell is ''.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.sources.batches import Rejection


@dataclass(frozen=True)
class Cells:
    """A stretch of rows.

    ``n_read == table.num_rows + len(damaged) + n_blank``

    Attributes
    ----------
    table : pa.Table
        One string column per column of the header, without nulls.
    row_numbers : NDArray[np.int64], shape (table.num_rows,)
    damaged : list[Rejection]
        Rows without cells.
    n_read, n_blank : int
        Rows in the stretch, and of them lines without anything on them.
    bytes_done : int
    """

    table: pa.Table
    row_numbers: NDArray[np.int64]
    damaged: list[Rejection]
    n_read: int
    n_blank: int
    bytes_done: int


def without_blank_rows(cells: Cells) -> Cells:
    """Take out, and count, the rows whose cells are all empty or blanks."""
    is_blank = np.ones(cells.table.num_rows, np.bool_)
    for column in cells.table.columns:
        is_blank &= np.asarray(pc.equal(pc.utf8_trim_whitespace(column), ""))
        if not is_blank.any():
            return cells
    return replace(
        cells,
        table=cells.table.filter(pa.array(~is_blank)),
        row_numbers=cells.row_numbers[~is_blank],
        n_blank=cells.n_blank + int(is_blank.sum()),
    )
