"""Measurements of Spark: each step does what it claims. Nothing here asks how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tweets import LOADED, Tweet, store_of, write_tweets

from nbalib.bench import on_spark
from nbalib.bench.family import family_cpu_seconds
from nbalib.bench.jobs import Job, Stopwatch
from nbalib.settings import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.bench.jobs import Side
    from nbalib.engines.spark_session import Cluster

TALK = (
    Tweet(1, "1001", "@Brand no signal\nsince noon, please help!"),
    Tweet(2, "Brand", '@1001 Please DM us your "number" ^AB', 1, 1),
    Tweet(3, "Brand", "@1001 and your town ^AB", 2, 1),
    Tweet(4, "1001", "@Brand thanks", 3, 3),
    Tweet(5, "1002", "@Brand hello?", 3),
)


@pytest.fixture
def count(cluster: Cluster, tmp_path: Path):
    """Give a function that runs a step and gives what it counted."""

    def run(side: Side, step: str, source: Path) -> int:
        job = Job(side, step, source, tmp_path, REPOSITORY / "params", LOADED, spark=cluster.master)
        watch = Stopwatch()
        counted = on_spark.STEPS[side][step](job, watch)
        assert watch.seconds > 0
        return counted

    return run


def test_both_ways_count_conversations(count, tmp_path: Path) -> None:
    """Ours makes two conversations; bare Spark takes each writer's answers to one message for one: four."""
    file = write_tweets(tmp_path / "talk.csv", TALK)
    assert count("ours", "whole", file) == 2
    assert count("bare", "whole", file) == 4


def test_roots_are_found_for_every_message(count, tmp_path: Path) -> None:
    """Five messages have a root each."""
    with store_of(tmp_path, TALK) as store:
        path = store.path
    assert count("ours", "roots", path) == 5


def test_a_file_is_cut_and_its_parts_are_read(count, tmp_path: Path) -> None:
    """The parts hold the five messages, the one with a line feed too."""
    file = write_tweets(tmp_path / "talk.csv", TALK)
    assert count("bare", "cut", file) > 1
    assert count("ours", "map_stages", tmp_path / "cut") == 5


def test_the_family_has_used_processors(cluster: Cluster) -> None:
    """Java's and the workers' seconds are counted: starting them took more than one."""
    list(cluster.each([1], str))
    assert family_cpu_seconds() > 1
