"""Write one stored table to a file.

In: a store, a table's name. Out: a Parquet or CSV file, whole or not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from nbalib.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.stores.contract import Store


def export_table(store: Store, table: str, path: Path) -> int:
    """Write `table` to `path`, a .parquet or .csv file.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    InputError
        The file's ending is neither.
    """
    writers = {".parquet": pq.write_table, ".csv": pa_csv.write_csv}
    if path.suffix not in writers:
        raise InputError(f"{path.name} is neither .parquet nor .csv")
    rows = store.read(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        writers[path.suffix](rows, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return int(rows.num_rows)
