"""The Spark engine: the same tables, to the letter, as the engine of one machine."""

from __future__ import annotations

from functools import partial
from operator import truediv
from typing import TYPE_CHECKING

import pytest
from passes import STORED
from tweets import LOADED, Tweet, write_tweets

from nbalib.conversations.process import process
from nbalib.engines.spark_engine import engine_of
from nbalib.engines.spark_session import Cluster
from nbalib.errors import EngineError, SchemaError, SourceError
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.schema import table_named
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MARKS = ("rejected_rows", "ingestion_watermarks")
TALK = (
    Tweet(1, "1001", "@Brand no signal since noon\nplease help!"),
    Tweet(2, "Brand", '@1001 Please DM us your "number" ^AB', 1, 1),
    Tweet(3, "1001", "@Brand sent it", 2, 2),
    Tweet(4, "1002", "@Brand a circle", 3, 5),
    Tweet(5, "1002", "@Brand of replies", 3, 4),
    Tweet(6, "1003", "@Brand answers what is absent", 4, 77),
    Tweet(7, "Brand", "@1003 Hello ^AB", 5, 77),
)


def digests_of(path: Path, loads: Sequence[Sequence[Path]], cluster: Cluster | None) -> dict[str, str]:
    """Load files and make a pass after each load; name the contents of everything."""
    with DuckDBStore.open(path) as store:
        for files in loads:
            ingest(store, "twitter", files, accounts=Params().accounts, now=LOADED, cluster=cluster)
            process(store, Params(), now=LOADED, engine_on=engine_of(cluster))
        return {name: store.digest(name) for name in (*STORED, *MARKS)}


def test_odd_trees_end_in_the_same_digests(tmp_path: Path, cluster: Cluster) -> None:
    """Circles, absent parents, text of several lines, replies that come a load later: the same tables.

    Afterwards nothing is left in the shared folder.
    """
    loads = [
        [write_tweets(tmp_path / f"{number}.csv", part)]
        for number, part in enumerate((TALK[::2], TALK[1::2]))
    ]
    expected = digests_of(tmp_path / "pandas.duckdb", loads, None)
    assert digests_of(tmp_path / "spark.duckdb", loads, cluster) == expected
    assert list(cluster.shared.iterdir()) == []


def test_a_finished_file_is_known_before_spark_starts(tmp_path: Path, cluster: Cluster) -> None:
    """What another engine has read is not read again, and a few messages are done here: no session starts."""
    file = write_tweets(tmp_path / "talk.csv", TALK)
    digests_of(tmp_path / "nba.duckdb", [[file]], None)
    nowhere = Cluster("spark://127.0.0.1:1", tmp_path / "shared", least_rows=8)
    with DuckDBStore.open(tmp_path / "nba.duckdb") as store:
        report = ingest(store, "twitter", [file], accounts=Params().accounts, now=LOADED, cluster=nowhere)
        assert report.files[0].is_known
        assert not nowhere.is_started


def test_an_error_of_a_file_is_the_same_from_a_worker(tmp_path: Path, cluster: Cluster) -> None:
    """A file that ends in the middle of a row stops the load in the same words; files before it stay."""
    good = write_tweets(tmp_path / "a.csv", TALK)
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(b"\x1f\x8b\x08\x00broken")
    said = []
    for place, spark in enumerate((None, cluster)):
        with DuckDBStore.open(tmp_path / f"{place}.duckdb") as store:
            with pytest.raises(SourceError) as caught:
                ingest(
                    store, "twitter", [good, packed], accounts=Params().accounts, now=LOADED, cluster=spark
                )
            said.append((str(caught.value), store.count("interactions")))
    assert said[0] == said[1]
    assert "b.csv.gz" in said[0][0]


def test_what_a_task_raises_is_told_in_a_line(cluster: Cluster) -> None:
    """An error of ours comes back as it is; any other as one line that names it."""
    with pytest.raises(SchemaError, match="there is no table 'nothing'"):
        list(cluster.each(["nothing"], table_named))
    with pytest.raises(EngineError, match="a task failed: ZeroDivisionError: division by zero"):
        list(cluster.each([0], partial(truediv, 1)))


def test_results_come_in_the_order_of_tasks(cluster: Cluster) -> None:
    """Ten tasks for two cores end in their own order."""
    assert list(cluster.each(range(10), str)) == [str(number) for number in range(10)]
