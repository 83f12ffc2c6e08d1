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

from nbalib.predictions.assemble import with_action
from nbalib.predictions.pressing import by_pressure, first_of_each

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
FORMULA = r"^[=+\-@\t\r]"


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
    rows = with_action(predictions.rows)
    order = by_pressure(rows, predictions.method.rules)
    return rows.take(pa.array(first_of_each(rows, order, PER_CUSTOMER)))


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
    rows, pressing = predictions.rows, most_pressing(predictions)
    csv, parquet = folder / "nba_predictions.csv", folder / "nba_predictions.parquet"
    _atomically(parquet, lambda path: pq.write_table(rows.select(PARQUET_COLUMNS), path, compression="zstd"))
    _atomically(csv, lambda path: _write_csv(pressing, path))
    statuses = predictions.counted("resolution_status")
    n_action = with_action(rows).num_rows
    return Written(
        csv,
        parquet,
        n_csv=pressing.num_rows,
        n_parquet=rows.num_rows,
        n_resolved=statuses.get("resolved", 0),
        n_no_issue=statuses.get("no_issue", 0),
        n_no_action=statuses.get("open", 0) - n_action,
        n_less_pressing=n_action - pressing.num_rows,
    )


def csv_rows(rows: pa.Table) -> pa.Table:
    """Shape rows as in the CSV file: instants as ISO 8601 with Z, no cell that a spreadsheet computes."""
    columns = {}
    for name in CSV_COLUMNS:
        column = rows[name]
        if name == "send_time":
            columns[name] = pa.array(iso_instants(column), pa.string())
        else:
            starts = pc.match_substring_regex(column, FORMULA)
            columns[name] = pc.if_else(starts, pc.binary_join_element_wise("'", column, ""), column)
    return pa.table(columns)


def iso_instants(column: pa.ChunkedArray) -> list[str | None]:
    """Say instants as ISO 8601 in UTC to the second, such as 2017-11-01T08:00:00Z; null stays null."""
    seconds = np.asarray(column.cast(pa.timestamp("us")).to_numpy()).astype("datetime64[s]")
    return [
        None if np.isnat(one) else f"{text}Z"
        for one, text in zip(seconds, np.datetime_as_string(seconds), strict=True)
    ]


def _write_csv(rows: pa.Table, path: Path) -> None:
    options = pa_csv.WriteOptions(quoting_style="needed", quoting_header="none", eol="\r\n")
    pa_csv.write_csv(csv_rows(rows), path, options)


def _atomically(path: Path, write_to: Callable[[Path], None]) -> None:
    """Write beside `path`, then put it in its place in one step."""
    draft = path.with_name(f".{path.name}.part")
    try:
        write_to(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
