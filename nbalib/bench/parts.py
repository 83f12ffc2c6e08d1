"""What is measured, part by part.

In: how to measure, and material. Out: lines, each as soon as its runs are done.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nbalib.bench.lines import Line, load_now
from nbalib.bench.rounds import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbalib.bench.material import Material
    from nbalib.bench.rounds import Bench

    Part = Callable[[Bench, Material], Iterator[Line]]

MOST_SYNTHETIC_ROWS = 100_000
BARE_INGEST = "bare DuckDB: read_csv and strptime into a native table of the same columns"
BARE_POSTGRES = "bare COPY of ready rows into a logged table of the same columns and key"
BARE_CLICKHOUSE = (
    "read_csv and strptime by bare DuckDB, insert_arrow in batches of 100,000 into the same columns"
)
BARE_PROCESS = "bare DuckDB: roots by a recursive CTE, then conversations aggregated with three regexes"
BARE_PREDICT = "bare DuckDB: CASE WHEN over conversations, the same columns as literals to CSV and Parquet"


def ingest(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure how a file is read into a new store."""
    file = material.file(bench.rows)
    line = _line(bench, "ingest", BARE_INGEST, "messages stored")
    ours, bare = bench.in_turn(
        {"ingest": bench.job("ours", "ingest", file), "bare ingest": bench.job("bare", "ingest", file)}
    ).values()
    yield line(ours=ours, baseline=bare)


def ingest_postgres(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure how a file is read into a new store in PostgreSQL."""
    file, stored = material.file(bench.rows), material.ingested(bench.rows)
    ready = bench.kept(bench.job("bare", "ready", stored, db="postgres"), "ready") / "interactions.csv"
    line = _line(bench, "ingest", BARE_POSTGRES, "messages stored")
    ours, bare = bench.in_turn(
        {
            "ingest": bench.job("ours", "ingest", file, db="postgres"),
            "bare copy": bench.job("bare", "copy", ready, db="postgres"),
        }
    ).values()
    yield line(ours=ours, baseline=bare, facts={"db": "postgres"})


def ingest_clickhouse(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure how a file is read into a new store in ClickHouse, in time and in memory."""
    file = material.file(bench.rows)
    line = _line(bench, "ingest", BARE_CLICKHOUSE, "messages stored")
    memory = _line(bench, "ingest_memory", BARE_CLICKHOUSE, "messages stored")
    ours, bare = bench.in_turn(
        {
            "ingest": bench.job("ours", "ingest", file, db="clickhouse"),
            "bare insert": bench.job("bare", "insert", file, db="clickhouse"),
        }
    ).values()
    yield line(ours=ours, baseline=bare, facts={"db": "clickhouse"})
    yield memory(ours=ours, baseline=bare, ratio_of="peak_rss_mb", facts={"db": "clickhouse"})


def process(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure process: without the switches, with them, and after a hundredth of new messages."""
    stored, grown = material.ingested(bench.rows), material.grown(bench.rows)
    plain = _line(bench, "process", BARE_PROCESS, "conversations")
    full = _line(bench, "process_full", BARE_PROCESS, "conversations")
    incremental = _line(bench, "process_incremental", "our process of all messages", "conversations")
    ours, bare, with_all, after_few = bench.in_turn(
        {
            "process": bench.job("ours", "process", stored),
            "bare process": bench.job("bare", "process", stored),
            "process_full": bench.job("ours", "process_full", stored),
            "process_incremental": bench.job("ours", "process", grown),
        }
    ).values()
    yield plain(ours=ours, baseline=bare)
    yield full(ours=with_all, baseline=bare)
    yield incremental(ours=after_few, baseline=ours)


def predict(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure decisions for all conversations, in memory and into the files."""
    store = material.processed(bench.rows)
    decided = _line(bench, "predict", BARE_PREDICT, "conversations")
    written = _line(bench, "predict_output", BARE_PREDICT, "conversations")
    ours, bare, output = bench.in_turn(
        {
            "predict": bench.job("ours", "predict", store),
            "bare predict": bench.job("bare", "predict", store),
            "predict_output": bench.job("ours", "predict_output", store),
        }
    ).values()
    yield decided(ours=ours, baseline=bare)
    yield written(ours=output, baseline=bare)


def whole(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure the whole way from a file to the predictions' files, and how its time grows with the rows."""
    quarter = bench.rows // 4
    file, part = material.file(bench.rows), material.file(quarter)
    stored, processed = material.ingested(bench.rows), material.processed(bench.rows)
    line = _line(bench, "whole", "the bare steps, added up", "conversations")
    growth = _line(bench, "whole_growth", f"the whole way of {quarter} rows", "conversations")
    ours, *bare, ours_of_quarter = bench.in_turn(
        {
            "whole": bench.job("ours", "whole", file),
            "bare ingest": bench.job("bare", "ingest", file),
            "bare process": bench.job("bare", "process", stored),
            "bare predict": bench.job("bare", "predict", processed),
            "whole of a quarter": bench.job("ours", "whole", part),
        }
    ).values()
    yield line(ours=ours, baseline=together(bare))
    yield growth(ours=ours, baseline=ours_of_quarter)


def synthetic(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure how synthetic files are made."""
    file, rows = material.file(bench.rows), min(bench.rows, MOST_SYNTHETIC_ROWS)
    line = _line(bench, "synthetic", "copying as many rows by Python's csv module", "rows")
    ours, bare = bench.in_turn(
        {
            "synthetic": bench.job("ours", "synthetic", file, rows=rows, seed=bench.seed),
            "bare copy": bench.job("bare", "copy_rows", file, rows=rows),
        }
    ).values()
    yield line(rows=rows, ours=ours, baseline=bare)


def ingest_memory(bench: Bench, material: Material) -> Iterator[Line]:
    """Measure how the memory of an ingest grows from half the rows to twice as many."""
    less, more = bench.rows // 2, bench.rows * 2
    line = _line(bench, "ingest_memory", f"our ingest of {less} rows", "messages stored")
    few, many = bench.in_turn(
        {f"ingest of {rows}": bench.job("ours", "ingest", material.file(rows)) for rows in (less, more)}
    ).values()
    yield line(rows=more, ours=many, baseline=few, ratio_of="peak_rss_mb")


def _line(bench: Bench, name: str, against: str, counts: str) -> partial[Line]:
    """Begin a line before its first run: the load is the machine's own then."""
    return partial(Line, name=name, rows=bench.rows, against=against, load=load_now(), counts=counts)
