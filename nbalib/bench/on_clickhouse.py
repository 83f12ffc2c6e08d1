"""The measurement of an ingest into ClickHouse: ours, and the bare client's.

In: a job. Out: how many rows came; the stopwatch has run during the work alone. Both write to the engine
inside the process, in a folder of the job's, which needs no server and leaves out the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import clickhouse_connect
import duckdb
import pyarrow as pa

from nbalib.bench.bare import HERE
from nbalib.engines.statements import statement
from nbalib.ingestion import ingest as ingest_files
from nbalib.params import load_params
from nbalib.schema import INTERACTIONS
from nbalib.settings import ClickHouseSettings
from nbalib.stores.clickhouse_layout import sort_of, type_of
from nbalib.stores.clickhouse_store import ClickHouseStore
from nbalib.stores.duckdb_session import set_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbalib.bench.child import Step
    from nbalib.bench.jobs import Job, Side, Stopwatch

BATCH_ROWS = 100_000
FOLDER = "clickhouse"


def ingest(job: Job, watch: Stopwatch) -> int:
    """Read a file into a new store; count the messages stored."""
    accounts = load_params(job.params_dir).accounts
    settings = ClickHouseSettings(path=str(job.folder / FOLDER), database="nba")
    with ClickHouseStore.open(settings) as store, watch:
        report = ingest_files(store, "twitter", [job.source], accounts=accounts, now=job.now)
    return report.total("n_stored")


def insert(job: Job, watch: Stopwatch) -> int:
    """Read a file by plain DuckDB, and insert it in batches into a table of the same columns and order."""
    columns = ", ".join(f"{column.name} {type_of(column)}" for column in INTERACTIONS.columns)
    order = ", ".join(sort_of(INTERACTIONS))
    client = clickhouse_connect.get_client(interface="chdb", path=str(job.folder / FOLDER))
    client.command(f"CREATE TABLE bare ({columns}) ENGINE = MergeTree ORDER BY ({order})")
    with watch, duckdb.connect() as connection:
        set_up(connection)
        values = {"file": str(job.source), "loaded_at": job.now}
        rows = connection.sql(statement(HERE, "messages"), params=values)
        for batch in rows.to_arrow_reader(BATCH_ROWS):
            client.insert_arrow("bare", pa.Table.from_batches([batch]))
    return int(client.query("SELECT count() FROM bare").result_rows[0][0])


STEPS: Mapping[Side, Mapping[str, Step]] = {"ours": {"ingest": ingest}, "bare": {"insert": insert}}
