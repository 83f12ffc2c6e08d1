"""Join pieces into one text for each row; rows of equal pieces are joined once.

In: pieces, each one text for all rows or a column of texts as codes. Out: a column of texts as codes.
Hundreds of thousands of rows say few different things, and need the room of those few.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.distinct import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

Piece: TypeAlias = "str | pa.DictionaryArray"

FEW = 1_000
"""Different texts of a column that are few."""


def weave(pieces: Sequence[Piece], n_rows: int) -> pa.DictionaryArray:
    """Join the pieces of each row.

    Parameters
    ----------
    pieces : sequence of str or DictionaryArray, shape (n_rows,)
        From left to right; without nulls.
    n_rows : int
        How many rows there are.

    Returns
    -------
    DictionaryArray, shape (n_rows,)
        Texts, without nulls.
    """
    fewer: list[Piece] = []
    for is_varied, group in groupby(map(_plain, pieces), _is_varied):
        run = list(group)
        fewer += run if is_varied else [_join(run, n_rows)]
    return _join(fewer, n_rows) if len(fewer) > 1 else fewer[0]


def _plain(piece: Piece) -> Piece:
    """Give a column of one text as that text."""
    return piece if isinstance(piece, str) or len(piece.dictionary) != 1 else str(piece.dictionary[0])


def _is_varied(piece: Piece) -> bool:
    """Tell whether a piece has many different texts; runs of those that have not are joined first."""
    return not isinstance(piece, str) and len(piece.dictionary) > FEW


def _join(pieces: Sequence[Piece], n_rows: int) -> pa.DictionaryArray:
    """Join pieces at once."""
    columns = [piece for piece in pieces if not isinstance(piece, str)]
    if not columns:
        return pa.DictionaryArray.from_arrays(np.zeros(n_rows, dtype=np.int32), ["".join(map(str, pieces))])
    rows = distinct(columns)
    first = pa.array(rows.first)
    texts = [piece if isinstance(piece, str) else piece.take(first).dictionary_decode() for piece in pieces]
    return pa.DictionaryArray.from_arrays(rows.of_row, pc.binary_join_element_wise(*texts, ""))
