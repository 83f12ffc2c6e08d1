"""Find which tree each row stands in, from what each row hangs from.

In: pairs (`id`, `parent`), ids unique, `parent` null for none. Out: (`id`, `root`), with one `root` for
all rows of a tree: the id of its topmost row, or of the absent one that this hangs from; of rows that
hang from each other in a circle, one of their ids.

Up to `MOST_PAIRS_HERE` pairs the driver follows all links itself. Above that, each partition first
follows the links within it; what is left are the links between partitions, most often few. They are
followed by the driver if it can hold them, else by rounds of joins, each of which doubles how far every
row sees (pointer jumping, Wyllie 1979): as many rounds as the number of links has binary digits, at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nbalib.engines.statements import statement
from nbalib.engines.translation import in_spark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

HERE = "nbalib.engines"
MOST_PAIRS_HERE = 5_000_000
"""Pairs that the driver follows in its own memory, which takes about 200 bytes a pair."""

CLIMBED = "id string, up string, is_settled boolean"


def find_roots(pairs: DataFrame, folder: Path, most_here: int = MOST_PAIRS_HERE) -> DataFrame:
    """Give the root of each row of `pairs`.

    Parameters
    ----------
    folder : Path
        Empty, shared by driver and workers; what is found lies there while it is used.
    most_here : int
        Up to so many links the driver follows by itself.
    """
    if pairs.count() <= most_here:
        return _from_here(pairs, pairs.toArrow(), folder)
    climbed = _kept(pairs.mapInArrow(_climb_partition, CLIMBED), folder / "climbed")
    steps = _kept(_selected("roots_between", climbed=climbed), folder / "steps")
    n_steps = steps.count()
    if n_steps <= most_here:
        found = _from_here(pairs, _selected("roots_left", steps=steps).toArrow(), folder)
    else:
        found = _joined(steps, n_steps, folder)
    return _selected("roots_of_all", climbed=climbed, found=found)


def climb(pairs: pa.Table) -> pa.Table:
    """Follow links as far as they lead within `pairs`.

    Returns
    -------
    Table
        `id`; `up`, the topmost row, or what that hangs from and is not here; `is_settled`: `up` is the
        row's root, whatever else there is elsewhere.
    """
    ids, parents = (pairs[name].combine_chunks() for name in ("id", "parent"))
    place = pc.fill_null(pc.index_in(parents, value_set=ids), -1)
    parent = np.asarray(place).astype(np.int64)
    tops = tops_of(parent)
    leads_out = pc.and_(pa.array(parent[tops] < 0), pc.is_valid(parents).take(pa.array(tops)))
    up = pc.if_else(leads_out, parents.take(pa.array(tops)), ids.take(pa.array(tops)))
    return pa.table({"id": ids, "up": up, "is_settled": pc.invert(leads_out)})


def tops_of(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow links, -1 for none, to their end; of those that lead into a circle, to its first row.

    Returns
    -------
    array of int64, shape (n,)
        Position of the end.
    """
    here = np.arange(len(parent), dtype=np.int64)
    to, least = np.where(parent >= 0, parent, here), here
    for _ in range(len(parent).bit_length() + 1):
        least, further = np.minimum(least, least[to]), to[to]
        if np.array_equal(further, to):
            break
        to = further
    # An end leads to itself and is its own least; in a circle all rows have seen the circle's least by now.
    return least[to]


def _from_here(pairs: DataFrame, links: pa.Table, folder: Path) -> DataFrame:
    """Follow `links` in the driver's memory."""
    climbed = climb(links)
    path = folder / "roots.parquet"
    pq.write_table(pa.table({"id": climbed["id"], "root": climbed["up"]}), path)
    return pairs.sparkSession.read.parquet(str(path))


def _joined(steps: DataFrame, n_steps: int, folder: Path) -> DataFrame:
    """Follow the links between partitions by rounds of joins; what never settles stands in circles."""
    for number in range(n_steps.bit_length() + 1):
        if steps.filter("NOT is_settled").isEmpty():
            break
        steps = _kept(_selected("roots_round", steps=steps), folder / f"steps_{number}")
    return _kept(_selected("roots_found", steps=steps), folder / "roots")


def _climb_partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    rows = [batch for batch in batches if batch.num_rows]
    if rows:
        yield from climb(pa.Table.from_batches(rows)).to_batches()


def _selected(name: str, **frames: DataFrame) -> DataFrame:
    """Run one of the texts beside this module; its tables are `frames`."""
    for table, frame in frames.items():
        frame.createOrReplaceTempView(table)
    return next(iter(frames.values())).sparkSession.sql(in_spark(statement(HERE, name)))


def _kept(frame: DataFrame, folder: Path) -> DataFrame:
    """Write what `frame` selects, so that it is found once, and is not lost with a worker."""
    frame.write.parquet(str(folder))
    return frame.sparkSession.read.parquet(str(folder))
