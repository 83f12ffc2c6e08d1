"""The measurements of Spark: our whole way, our roots and our map stages, and what bare Spark takes.

In: a job. Out: how many things it made; the stopwatch has run during the work alone, Spark has started
before. CPU seconds are those of Java and of all workers, too.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from nbalib.bench.family import family_cpu_seconds
from nbalib.bench.jobs import STORE
from nbalib.conversations.process import process
from nbalib.conversations.reading import Switches
from nbalib.conversations.signals import find_signals
from nbalib.engines.spark_engine import engine_of
from nbalib.engines.spark_roots import find_roots
from nbalib.engines.spark_session import Cluster, quiet
from nbalib.engines.statements import statement
from nbalib.engines.translation import in_spark
from nbalib.ingestion import ingest
from nbalib.params import load_params
from nbalib.sources.files import InputFile, opened
from nbalib.sources.registry import source_named
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from nbalib.bench.child import Step
    from nbalib.bench.jobs import Job, Side, Stopwatch

HERE = "nbalib.bench"
PLAIN = Switches(language=False, mood=False, topics=False)
N_FILES = 16
PAIRS = "SELECT interaction_id AS id, parent_interaction_id AS parent FROM interactions"


def whole(job: Job, watch: Stopwatch) -> int:
    """Go from a file to conversations and profiles, without the switches; count the conversations."""
    cluster, params = _started(job), load_params(job.params_dir)
    with _all_of(watch), DuckDBStore.open(job.folder / STORE) as store:
        ingest(store, "twitter", [job.source], accounts=params.accounts, now=job.now, cluster=cluster)
        return process(
            store, params, now=job.now, switches=PLAIN, engine_on=engine_of(cluster)
        ).n_conversations


def bare_whole(job: Job, watch: Stopwatch) -> int:
    """Read a file by Spark's own reader, aggregate conversations, then customers; count the conversations."""
    session = _started(job).session
    with _all_of(watch), quiet():
        session.conf.set("spark.sql.legacy.timeParserPolicy", "LEGACY")
        cells = session.read.csv(str(job.source), header=True, multiLine=True, escape='"')
        cells.createOrReplaceTempView("cells")
        for name in ("spark_messages", "spark_conversations", "spark_customers"):
            made = session.sql(in_spark(statement(HERE, name)))
            made.write.parquet(str(job.folder / name))
            session.read.parquet(str(job.folder / name)).createOrReplaceTempView(name)
        return int(session.table("spark_conversations").count())


def roots(job: Job, watch: Stopwatch) -> int:
    """Find the root of each message of a store; count the messages."""
    cluster, pairs = _started(job), job.folder / "pairs.parquet"
    with DuckDBStore.open(job.source, read_only=True) as store:
        store.connection.sql(PAIRS).write_parquet(str(pairs))
    with _all_of(watch), quiet():
        found = find_roots(cluster.session.read.parquet(str(pairs)), job.folder)
        return int(found.selectExpr("count(root)").toArrow()[0][0].as_py())


def cut(job: Job, watch: Stopwatch) -> int:
    """Cut the messages of a file into `N_FILES` files; count them."""
    cluster = _started(job)
    with watch, quiet():
        cells = cluster.session.read.csv(str(job.source), header=True, multiLine=True, escape='"')
        parts = cells.repartition(N_FILES).write.option("escape", '"').option("header", "true")
        parts.csv(str(job.folder / "cut"))
    return len([*(job.folder / "cut").glob("*.csv")])


def map_stages(job: Job, watch: Stopwatch) -> int:
    """Read files and find the signals of their messages, a file a task; count the messages."""
    cluster = _started(job)
    files = [InputFile(path) for path in sorted(job.source.glob("*.csv"))]
    with _all_of(watch):
        return sum(cluster.each(files, partial(_read_and_find, now=job.now)))


def _read_and_find(file: InputFile, now: datetime) -> int:
    """In a worker: read a file and what its messages say."""
    count = 0
    with opened(file) as open_file:
        for batch in source_named("twitter").batches(open_file, now=now):
            is_customer = pc.equal(batch.rows["platform_role"], "customer")
            count += find_signals(batch.rows["content_text"], is_customer).num_rows
    return count


def _started(job: Job) -> Cluster:
    """Start Spark and let each of its workers begin: that is no part of the work."""
    cluster = Cluster(job.spark, job.folder / "shared", least_rows=0)
    list(cluster.each(range(2 * cluster.n_cores), str))
    return cluster


@contextmanager
def _all_of(watch: Stopwatch) -> Iterator[None]:
    """Let the stopwatch count the CPU seconds of Spark's processes."""
    begun = family_cpu_seconds()
    with watch:
        yield
    watch.cpu_seconds = family_cpu_seconds() - begun


STEPS: Mapping[Side, Mapping[str, Step]] = {
    "ours": {"whole": whole, "roots": roots, "map_stages": map_stages},
    "bare": {"whole": bare_whole, "cut": cut},
}
