"""The baselines: what bare DuckDB, or bare Python, takes for the least that could be called the same work.

In: a job. Out: how many things it made; the stopwatch has run during the work alone.
No row is checked, no key is held, nothing can be run twice: a baseline is a bound, not a product.
"""

from __future__ import annotations

import csv
import shutil
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

import duckdb

from nbalib.bench.jobs import STORE
from nbalib.engines.statements import statement
from nbalib.stores.duckdb_session import set_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from nbalib.bench.child import Step
    from nbalib.bench.jobs import Job, Stopwatch

HERE = "nbalib.bench"
NEWEST_SHARE = 0.01
CSV_COLUMNS = "customer_id, chat_log, channel, message, send_time, reasoning, issue_status"
OLDER, NEWER = "older.csv", "newer.csv"


def ingest(job: Job, watch: Stopwatch) -> int:
    """Read a file as text, parse its instants, and make a table with the columns of `interactions`."""
    with watch, _connected(job.folder / STORE) as connection:
        return _make(
            connection, "TABLE interactions", "messages", {"file": str(job.source), "loaded_at": job.now}
        )


def process(job: Job, watch: Stopwatch) -> int:
    """Find the roots of reply trees and aggregate what each customer's part of a tree holds."""
    store = job.folder / STORE
    shutil.copyfile(job.source, store)
    with watch, _connected(store) as connection:
        _make(connection, "TEMP TABLE nodes", "nodes")
        _make(connection, "TEMP TABLE roots", "roots")
        return _make(connection, "TABLE bare_conversations", "conversations")


def predict(job: Job, watch: Stopwatch) -> int:
    """Choose a channel for each conversation by CASE WHEN, and write both files with literals for texts."""
    with watch, _connected(job.source, read_only=True) as connection:
        count = _make(connection, "TEMP TABLE predicted", "predictions")
        everything = connection.sql("SELECT * FROM predicted")
        everything.write_parquet(str(job.folder / "bare.parquet"), compression="zstd")
        with_action = connection.sql(f"SELECT {CSV_COLUMNS} FROM predicted WHERE channel <> 'no_action'")
        with_action.write_csv(str(job.folder / "bare.csv"), header=True)
    return count


def copy_rows(job: Job, watch: Stopwatch) -> int:
    """Copy the first rows of a CSV file by Python's own reader and writer."""
    copy = job.folder / "copy.csv"
    with watch, job.source.open(encoding="utf-8", newline="") as file, copy.open("w", newline="") as out:
        reader, writer = csv.reader(file), csv.writer(out, lineterminator="\n")
        writer.writerow(next(reader))
        writer.writerows(islice(reader, job.rows))
    return job.rows


def split(job: Job, watch: Stopwatch) -> int:
    """Part a file into its newest hundredth by date and what is older; count the newest."""
    with watch, duckdb.connect() as connection:
        set_up(connection)
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(
            f"CREATE TABLE dated AS {statement(HERE, 'dated')}",
            {"file": str(job.source), "share": 1 - NEWEST_SHARE},
        )
        for name, is_newer in ((OLDER, "FALSE"), (NEWER, "TRUE")):
            part = connection.sql(f"SELECT * EXCLUDE (is_newer) FROM dated WHERE is_newer = {is_newer}")
            part.write_csv(str(job.folder / name), header=True, quotechar='"', escapechar='"')
        [(count,)] = connection.sql("SELECT count(*) FROM dated WHERE is_newer").fetchall()
    return int(count)


@contextmanager
def _connected(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB file as our store is opened; closing it writes all of it."""
    with duckdb.connect(str(path), read_only=read_only) as connection:
        set_up(connection)
        yield connection


def _make(
    connection: duckdb.DuckDBPyConnection, what: str, name: str, values: dict[str, object] | None = None
) -> int:
    """Make a table of what the statement `name` selects; give its number of rows."""
    [(count,)] = connection.execute(f"CREATE {what} AS {statement(HERE, name)}", values).fetchall()
    return int(count)


STEPS: Mapping[str, Step] = {step.__name__: step for step in (ingest, process, predict, copy_rows, split)}
