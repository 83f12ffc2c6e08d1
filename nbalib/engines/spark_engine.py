"""The engine of several machines: a store's SQL stays with the store, and Spark carries what is heavy.

In: a store's connection, a `Cluster`. Out: what `PandasEngine` gives, to the letter: workers run the same
functions on parts of the rows. A part is a batch of rows (`map_batches`) or some whole trees (`by_tree`).
Rows reach the workers as Parquet files in a shared folder. Of what workers make there, only the files count
that a finished task has named: a task that died, or ran twice, leaves nothing that is read.
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from nbalib.engines.pandas_engine import Made, PandasEngine
from nbalib.engines.spark_roots import find_roots
from nbalib.engines.spark_session import told
from nbalib.engines.statements import statement
from nbalib.engines.translation import in_spark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import duckdb
    from pyspark.sql import DataFrame, SparkSession

    from nbalib.engines.pandas_engine import Told, Trees
    from nbalib.engines.spark_session import Cluster

HERE = "nbalib.engines"
ROWS_PER_PART = 100_000
MEMORY_LIMIT = "1500MB"
"""For DuckDB beside Spark's driver: it only hands over and takes in, and spills beyond."""
ROWS = "rows"
PARQUET = "FORMAT parquet, COMPRESSION lz4"


class SparkEngine(PandasEngine):
    """Works on a store's tables as `PandasEngine` does, and lets Spark carry what is heavy.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A store's, or that of a working copy of one.
    cluster : Cluster
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, cluster: Cluster) -> None:
        super().__init__(connection)
        self.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        self.cluster = cluster

    def map_batches(
        self, text: str, function: Callable[[pa.Table], Made], values: Mapping[str, Any] | None = None
    ) -> Iterator[Made]:
        """Let workers apply a row-wise `function` to what `text` selects, batch by batch."""
        if self._count(text, values) < self.cluster.least_rows:
            yield from super().map_batches(text, function, values)
            return
        with self.cluster.folder() as folder:
            parts = super().map_batches(text, partial(_written, folder=folder), values)
            yield from self.cluster.each(parts, partial(_applied, function=function))

    def by_tree(self, trees: Trees, work: Callable[[PandasEngine, Told], None], tell: Told) -> None:
        """Let workers do `work` on some whole trees each; then append what they made."""
        n_rows = self._count(trees.rows)
        if n_rows < self.cluster.least_rows:
            super().by_tree(trees, work, tell)
            return
        shared = {name: self.sql(f"SELECT * FROM {name}") for name in trees.shared}
        with self.cluster.folder() as folder:
            self.execute(f"COPY ({trees.rows}) TO '{folder / ROWS}' ({PARQUET}, PER_THREAD_OUTPUT)")
            n_parts = max(n_rows // ROWS_PER_PART, self.cluster.n_cores)
            doing = partial(_worked, trees=trees, shared=shared, work=work, folder=folder)
            with told("the work on trees"):
                grouped = _grouped(self.cluster.session, trees, folder, n_parts)
                finished = grouped.mapInArrow(doing, "part string").toArrow()["part"].to_pylist()
            for name in trees.made:
                files = [str(folder / part / f"{name}.parquet") for part in finished]
                self.execute(
                    f"INSERT INTO {name} BY NAME SELECT * FROM read_parquet($files)", {"files": files}
                )
        tell(n_rows)

    def _count(self, text: str, values: Mapping[str, Any] | None = None) -> int:
        return int(self.one(f"SELECT count(*) FROM ({text})", values))


def engine_of(cluster: Cluster | None) -> Callable[[duckdb.DuckDBPyConnection], PandasEngine]:
    """Give what makes the engine of a connection: Spark's if there is a cluster, else this machine's."""
    return PandasEngine if cluster is None else partial(SparkEngine, cluster=cluster)


def _grouped(session: SparkSession, trees: Trees, folder: Path, n_parts: int) -> DataFrame:
    """Bring the rows of each tree into one partition."""
    rows = session.read.parquet(str(folder / ROWS))
    pairs = rows.selectExpr(f"{trees.id} AS id", f"{trees.parent} AS parent")
    find_roots(pairs, folder).createOrReplaceTempView("roots")
    rows.withColumnRenamed(trees.id, "id").createOrReplaceTempView("rows_of_trees")
    joined = session.sql(in_spark(statement(HERE, "rooted_rows")))
    return joined.repartition(n_parts, "root").drop("root").withColumnRenamed("id", trees.id)


def _written(rows: pa.Table, folder: Path) -> Path:
    """Write rows as a file of a name that no other has."""
    path = folder / f"{uuid.uuid4().hex}.parquet"
    pq.write_table(rows, path, compression="lz4")
    return path


def _applied(part: Path, function: Callable[[pa.Table], Made]) -> Made:
    """In a worker: apply `function` to the rows of a file."""
    return function(pq.read_table(part))


def _worked(
    batches: Iterator[pa.RecordBatch],
    trees: Trees,
    shared: Mapping[str, pa.Table],
    work: Callable[[PandasEngine, Told], None],
    folder: Path,
) -> Iterator[pa.RecordBatch]:
    """In a worker: do `work` on some whole trees; name the folder that holds what it made."""
    rows = [batch for batch in batches if batch.num_rows]
    if not rows:
        return
    here = PandasEngine()
    here.execute("SET threads = 1")  # a task has one core
    here.table("handed", pa.Table.from_batches(rows))
    for name, table in shared.items():
        here.table(name, table)
    for name, schema in trees.made.items():
        here.table(name, schema.empty_table())
    for name, text in trees.views.items():
        here.view(name, text)
    work(here, lambda _done: None)
    part = folder / uuid.uuid4().hex
    part.mkdir()
    for name in trees.made:
        here.execute(f"COPY {name} TO '{part / name}.parquet' ({PARQUET})")
    yield pa.record_batch({"part": pa.array([part.name])})
