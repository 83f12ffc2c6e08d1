"""What is measured of Spark. It has a part of its own, since it starts slowly and needs Java.

In: how to measure, and material. Out: lines, each as soon as its runs are done.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nbalib.bench.lines import Line, load_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbalib.bench.material import Material
    from nbalib.bench.rounds import Bench

HERE = "local[*]"
ONE_WORKER, TWO_WORKERS = "local-cluster[1,1,1024]", "local-cluster[2,1,1024]"
"""Workers of one core each, in processes of their own."""
BARE_WHOLE = "bare Spark: read the file, aggregate conversations with three regexes, then customers"
BARE_ROOTS = "bare DuckDB: roots by a recursive CTE, then conversations aggregated with three regexes"


def whole(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure the way from a file to conversations and profiles."""
    file = material.file(bench.rows)
    line = _line(bench, "spark_whole", BARE_WHOLE, "conversations")
    ours, bare = bench.in_turn(
        {
            "spark whole": bench.job("ours", "whole", file, spark=HERE),
            "bare spark": bench.job("bare", "whole", file, spark=HERE),
        }
    ).values()
    yield line(ours=ours, baseline=bare)


def roots(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure how the roots of all messages are found."""
    stored = material.ingested(bench.rows)
    line = _line(bench, "spark_roots", BARE_ROOTS, "messages")
    ours, bare = bench.in_turn(
        {
            "spark roots": bench.job("ours", "roots", stored, spark=HERE),
            "bare process": bench.job("bare", "process", stored),
        }
    ).values()
    yield line(ours=ours, baseline=bare)


def map_stages(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure what a second worker brings where files are read and messages understood."""
    file = material.file(bench.rows)
    files = bench.kept(bench.job("bare", "cut", file, spark=HERE), "cut") / "cut"
    line = _line(bench, "spark_map_stages", "ours with one worker of one core", "messages")
    two, one = bench.in_turn(
        {
            "two workers": bench.job("ours", "map_stages", files, spark=TWO_WORKERS),
            "one worker": bench.job("ours", "map_stages", files, spark=ONE_WORKER),
        }
    ).values()
    yield line(ours=two, baseline=one)


def _line(bench: Bench, name: str, against: str, counts: str) -> partial[Line]:
    """Begin a line before its first run: the load is the machine's own then."""
    return partial(Line, name=name, rows=bench.rows, against=against, load=load_now(), counts=counts)
