"""The measurement of an ingest into PostgreSQL: ours, and a bare COPY of rows that lie ready in a file.

In: a job; the database is the one that POSTGRES_DSN names. Out: how many rows came; the stopwatch has run
during the work alone. Each run has a schema of its own, which is dropped at its end. CPU seconds are the
client's.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pyarrow.csv as pa_csv
from psycopg.conninfo import make_conninfo

from nbalib.errors import InputError
from nbalib.ingestion import ingest as ingest_files
from nbalib.params import load_params
from nbalib.schema import INTERACTIONS
from nbalib.settings import Settings
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.postgres_layout import TYPES
from nbalib.stores.postgres_store import PostgresStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbalib.bench.child import Step
    from nbalib.bench.jobs import Job, Side, Stopwatch

READY = "interactions.csv"
PIECE_BYTES = 1 << 20
_PLAIN = pa_csv.WriteOptions(include_header=False)


def ingest(job: Job, watch: Stopwatch) -> int:
    """Read a file into a new store; count the messages stored."""
    accounts = load_params(job.params_dir).accounts
    with _own_schema() as dsn, watch, PostgresStore.open(dsn) as store:
        report = ingest_files(store, "twitter", [job.source], accounts=accounts, now=job.now)
    return report.total("n_stored")


def ready(job: Job, watch: Stopwatch) -> int:
    """Write the messages of a DuckDB store as COPY reads them; count them."""
    with DuckDBStore.open(job.source, read_only=True) as store, (job.folder / READY).open("wb") as out:
        batches = store.stream(INTERACTIONS.name)
        with watch, pa_csv.CSVWriter(out, batches.schema, write_options=_PLAIN) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return store.count(INTERACTIONS.name)


def copy(job: Job, watch: Stopwatch) -> int:
    """Copy a ready file into a logged table with the columns and key of `interactions`; count the rows."""
    columns = ", ".join(
        f"{column.name} {TYPES[column.kind]}{'' if column.nullable else ' NOT NULL'}"
        for column in INTERACTIONS.columns
    )
    with _own_schema() as dsn, psycopg.connect(dsn) as connection:
        connection.execute(f"CREATE TABLE bare ({columns}, PRIMARY KEY ({', '.join(INTERACTIONS.key)}))")
        connection.commit()
        with watch, job.source.open("rb") as file:
            cursor = connection.cursor()
            with cursor.copy("COPY bare FROM STDIN (FORMAT csv)") as copying:
                while piece := file.read(PIECE_BYTES):
                    copying.write(piece)
            connection.commit()
        return cursor.rowcount


@contextmanager
def _own_schema() -> Iterator[str]:
    """Give a way into an empty schema, which goes with all it holds."""
    dsn = Settings.from_environment().postgres.dsn
    if not dsn:
        raise InputError("POSTGRES_DSN is not set: it names the database to measure in")
    name = f"nba_bench_{os.getpid()}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield make_conninfo(dsn, options=f"-c search_path={name}")
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


STEPS: Mapping[Side, Mapping[str, Step]] = {
    "ours": {"ingest": ingest},
    "bare": {"ready": ready, "copy": copy},
}
