"""Write predictions: `nba_predictions.csv` for people and help desks, `nba_predictions.parquet` for all.

In: `Predictions`, a folder. Out: two files, each whole or not there; the CSV has one row per customer and
brand with an open issue that gets an action, the Parquet file one row per conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from nbalib.distinct import decoded
from nbalib.predictions.assemble import gets_action
from nbalib.predictions.pressing import COMPARED, by_pressure, first_of_each
from nbalib.spreadsheets import inert

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from nbalib.predictions.assemble import Predictions

CSV_COLUMNS = ("customer_id", "chat_log", "channel", "message", "send_time", "reasoning", "issue_status")
PARQUET_COLUMNS = (
    *CSV_COLUMNS,
    "conversation_id",
    "thread_root_id",
    "brand_account_id",
    "resolution_status",
    "awaiting",
    "p_resolved",
    "rule",
    "trace",
    "message_source",
    "as_of",
    "decision_id",
)
PER_CUSTOMER = ("customer_id", "brand_account_id")
ROWS_IN_A_GROUP = 131_072
"""Rows of a group in the Parquet file."""
BYTES_AT_ONCE, BYTES_BESIDE = 1 << 24, 512
"""Bytes of chat logs, and of what stands beside each, that go into the CSV file at once; bounds memory."""


@dataclass(frozen=True)
class Written:
    """Where the predictions are, and how many rows went where.

    `n_resolved` and `n_no_issue` conversations are in the Parquet file only, as are `n_no_action` open
    ones and `n_less_pressing` issues of customers who have a more pressing one with the same brand.
    """

    csv: Path
    parquet: Path
    n_csv: int
    n_parquet: int
    n_resolved: int
    n_no_issue: int
    n_no_action: int
    n_less_pressing: int


def most_pressing(predictions: Predictions) -> pa.Table:
    """Keep the most pressing open issue with an action of each customer and brand, in that order."""
    return decoded(predictions.rows.take(pa.array(_pressing(predictions))))


def _pressing(predictions: Predictions) -> NDArray[np.int64]:
    """Give the places of the most pressing issues."""
    acted = np.flatnonzero(gets_action(predictions.rows))
    rows = predictions.rows.select([*COMPARED, *PER_CUSTOMER]).take(pa.array(acted))
    return acted[first_of_each(rows, by_pressure(rows, predictions.method.rules), PER_CUSTOMER)]


def limited(predictions: Predictions, customers: int) -> Predictions:
    """Keep the conversations of the `customers` most pressing customers."""
    rows = predictions.rows
    order = by_pressure(rows, predictions.method.rules)
    chosen = rows["customer_id"].take(pa.array(first_of_each(rows, order, ("customer_id",))[:customers]))
    kept = rows.filter(pc.is_in(rows["customer_id"], chosen.combine_chunks()))
    return type(predictions)(kept, predictions.method)


def write(predictions: Predictions, folder: Path) -> Written:
    """Write both files into `folder`, which is made if it is absent."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, pressing = predictions.rows, _pressing(predictions)
    csv, parquet = folder / "nba_predictions.csv", folder / "nba_predictions.parquet"
    _atomically(parquet, lambda path: _write_parquet(rows, path))
    _atomically(csv, lambda path: _write_csv(rows, pressing, path))
    statuses = predictions.counted("resolution_status")
    n_action = int(np.asarray(gets_action(rows)).sum())
    return Written(
        csv,
        parquet,
        n_csv=len(pressing),
        n_parquet=rows.num_rows,
        n_resolved=statuses.get("resolved", 0),
        n_no_issue=statuses.get("no_issue", 0),
        n_no_action=statuses.get("open", 0) - n_action,
        n_less_pressing=n_action - len(pressing),
    )


def csv_rows(rows: pa.Table) -> pa.Table:
    """Shape rows as in the CSV file: instants as ISO 8601 with Z, no cell that a spreadsheet computes."""
    shown = decoded(rows.select(CSV_COLUMNS))
    columns = {name: inert(shown[name]) for name in CSV_COLUMNS if name != "send_time"}
    return pa.table({**columns, "send_time": iso_instants(shown["send_time"])}).select(CSV_COLUMNS)


def iso_instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Say instants as ISO 8601 in UTC to the second, such as 2017-11-01T08:00:00Z; null stays null."""
    seconds = column.cast(pa.timestamp("us")).cast(pa.timestamp("s"), safe=False)
    return pc.binary_join_element_wise(pc.replace_substring(seconds.cast(pa.string()), " ", "T"), "Z", "")


def _write_csv(rows: pa.Table, places: NDArray[np.int64], path: Path) -> None:
    """Write the rows at `places`, in that order."""
    options = pa_csv.WriteOptions(quoting_style="needed", quoting_header="none", eol="\r\n")
    shown = rows.select(CSV_COLUMNS)
    sizes = pc.binary_length(rows["chat_log"]).to_numpy()[places].astype(np.int64) + BYTES_BESIDE
    starts = np.flatnonzero(np.diff(np.cumsum(sizes) // BYTES_AT_ONCE, prepend=-1))
    with pa_csv.CSVWriter(path, csv_rows(shown.slice(0, 0)).schema, write_options=options) as writer:
        for some in np.split(places, starts[1:]):
            writer.write_table(csv_rows(_rows_at(shown, some)))


def _rows_at(rows: pa.Table, places: NDArray[np.int64]) -> pa.Table:
    """Take rows chunk by chunk: at once, Arrow would copy all chunks of a text into one for it."""
    order = np.argsort(places)
    ordered, taken, begin = places[order], [], 0
    for batch in rows.to_batches():
        first, last = np.searchsorted(ordered, (begin, begin + batch.num_rows))
        if first < last:
            taken.append(batch.take(pa.array(ordered[first:last] - begin)))
        begin += batch.num_rows
    return pa.Table.from_batches(taken, rows.schema).combine_chunks().take(pa.array(np.argsort(order)))


def _write_parquet(rows: pa.Table, path: Path) -> None:
    """Write all rows, a group at a time."""
    rows = rows.select(PARQUET_COLUMNS)
    schema = decoded(rows.slice(0, 0)).schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, rows.num_rows, ROWS_IN_A_GROUP):
            writer.write_table(decoded(rows.slice(start, ROWS_IN_A_GROUP)))


def _atomically(path: Path, write_to: Callable[[Path], None]) -> None:
    """Write beside `path`, then put it in its place in one step."""
    draft = path.with_name(f".{path.name}.part")
    try:
        write_to(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
