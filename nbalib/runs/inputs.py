"""Which files a run reads: those that are named, or made ones.

In: the parameters of notebook 10. Out: paths. A run with nothing to read, and nothing stored, is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nbalib.errors import ParameterError
from nbalib.sources.synthetic import write_synthetic

if TYPE_CHECKING:
    from collections.abc import Sequence

MADE = "made_messages.csv"


def files_to_read(
    named: Sequence[str], *, synthetic_rows: int, seed: int, folder: Path, n_stored: int
) -> list[Path]:
    """Give the files to read; made rows are written into `folder` first.

    Parameters
    ----------
    synthetic_rows : int
        Rows to make; 0 reads the files that are `named`.
    n_stored : int
        Interactions that the store holds already.

    Raises
    ------
    ParameterError
        Both are asked for, or there is nothing to read and nothing stored.
    """
    if synthetic_rows and named:
        raise ParameterError(
            f"either made rows or named files, not both: {synthetic_rows} rows and {list(named)}"
        )
    if synthetic_rows:
        path = folder / MADE
        write_synthetic(path, rows=synthetic_rows, seed=seed)
        return [path]
    if not named and not n_stored:
        raise ParameterError(
            "nothing to read and nothing stored: name your files with -p input=PATH, "
            "or set NBA_DUCKDB_PATH to a store that holds some"
        )
    return [Path(name) for name in named]
