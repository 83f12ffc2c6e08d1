"""Roots of trees on Spark: followed here, or partition by partition and by rounds of joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from nbalib.engines.spark_roots import climb, find_roots, tops_of
from nbalib.engines.spark_session import quiet

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.engines.spark_session import Cluster

TREES = {
    # a chain, and a branch of it
    "a": None, "b": "a", "c": "b", "d": "c", "e": "b",
    # two rows below the same absent one
    "f": "X", "g": "X", "h": "g",
    # a circle of three with two rows below it, and one that hangs from itself
    "k": "m", "l": "k", "m": "l", "n": "l", "o": "n",
    "s": "s",
}  # fmt: skip
GROUPS = {frozenset("abcde"), frozenset("fgh"), frozenset("klmno"), frozenset("s")}


def pairs_of(links: dict[str, str | None]) -> pa.Table:
    """Lay links out as find_roots takes them."""
    return pa.table({"id": [*links], "parent": pa.array([*links.values()], pa.string())})


def groups_of(ids: pa.ChunkedArray, roots: pa.ChunkedArray) -> set[frozenset[str]]:
    """Put the ids with one root together."""
    groups: dict[str, set[str]] = {}
    for name, root in zip(ids.to_pylist(), roots.to_pylist(), strict=True):
        groups.setdefault(root, set()).add(name)
    return {frozenset(group) for group in groups.values()}


def test_a_climb_names_roots_and_what_leads_out() -> None:
    """A tree is called after its topmost row; rows below an absent one lead to it; a circle is settled."""
    climbed = {row["id"]: (row["up"], row["is_settled"]) for row in climb(pairs_of(TREES)).to_pylist()}
    assert {climbed[name] for name in "abcde"} == {("a", True)}
    assert {climbed[name] for name in "fgh"} == {("X", False)}
    assert {climbed[name] for name in "klmno"} == {("k", True)}
    assert climbed["s"] == ("s", True)


def test_long_chains_and_circles_end() -> None:
    """A chain of 100,000 ends at its first row; circles of one to nine rows at their own first."""
    assert set(tops_of(np.arange(100_000) - 1).tolist()) == {0}
    for n in range(1, 10):
        circle = (np.arange(n) + 1) % n
        assert set(tops_of(np.append(circle, n - 1)).tolist()) == {0}


@pytest.mark.parametrize("most_here", [100, 9, 0], ids=["here", "links left here", "rounds of joins"])
def test_every_way_finds_the_same_trees(cluster: Cluster, tmp_path: Path, most_here: int) -> None:
    """All links here; links between partitions here; those by joins: each row is with its own tree."""
    with quiet():
        frame = cluster.session.createDataFrame(pairs_of(TREES)).repartition(3)
        found = find_roots(frame, tmp_path, most_here).toArrow()
    assert groups_of(found["id"], found["root"]) == GROUPS
    assert found.num_rows == len(TREES)


def test_a_forest_in_pieces_is_found_as_in_one(cluster: Cluster, tmp_path: Path) -> None:
    """4,000 rows, drawn and scattered over four partitions, by joins alone: the trees of a climb in one."""
    chance = np.random.default_rng(7)
    links = {
        str(row): None if chance.random() < 0.2 else str(chance.integers(max(0, row - 40), row + 2))
        for row in range(4000)
    }
    whole = climb(pairs_of(links))
    with quiet():
        frame = cluster.session.createDataFrame(pairs_of(links)).repartition(4)
        found = find_roots(frame, tmp_path, 0).toArrow()
    assert groups_of(found["id"], found["root"]) == groups_of(whole["id"], whole["up"])
