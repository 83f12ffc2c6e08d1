"""Bring files into the store, each of them whole or not at all.

In: a source's name and paths. Out: rows in `interactions`, `rejected_rows`, `ingestion_watermarks` and
`pipeline_runs`, and an `IngestReport`. A file's rows and its watermark are committed together (see
`write.py`), so that an ingest which was killed is simply run again; a file whose content was
finished before is not read again. Instants are given by the caller; durations are measured with a
clock that only counts.
"""

from __future__ import annotations

import json
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from nbalib.errors import NbaError, SourceError, StoreAwayError, StoreError
from nbalib.ingestion.reading import reader_for
from nbalib.ingestion.report import FileReport, IngestReport
from nbalib.ingestion.shelves import shelf_for
from nbalib.ingestion.write import FileWriter
from nbalib.sources.files import InputFile, find_files, opened
from nbalib.sources.registry import Source, source_named
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.retrying import retried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nbalib.engines.spark_session import Cluster
    from nbalib.ingestion.reading import Reader, Reading
    from nbalib.params import Accounts
    from nbalib.stores.contract import Store

    Progress = Callable[[int, int, int], None]


MEMORY_LIMIT = "400MB"
"""For DuckDB while it loads: it writes as it goes, so that more would not make it quicker."""


def ingest(
    store: Store,
    source_name: str,
    paths: Sequence[Path | str],
    *,
    accounts: Accounts,
    now: datetime,
    progress: Progress | None = None,
    cluster: Cluster | None = None,
) -> IngestReport:
    """Read files, folders or patterns of one source into the store.

    Parameters
    ----------
    accounts : Accounts
        Roles and brands that override the platform's.
    now : datetime
        Instant of the run; rows dated later are rejected.
    progress : callable, optional
        Called with rows done, bytes done and bytes in all, after each batch.
    cluster : Cluster, optional
        Spark, whose workers read the files; by default they are read here.

    Raises
    ------
    SourceError, SchemaError
        A file cannot be read; nothing of it is stored, while files before it stay stored.
    StoreError
        The store cannot be written.
    """
    run_id, begun = f"ingest-{uuid.uuid4().hex}", time.monotonic()

    def so_far() -> IngestReport:
        return IngestReport(run_id, source_name, tuple(reports), time.monotonic() - begun)

    reports: list[FileReport] = []
    try:
        with _store_errors(), _memory_limit(store):
            source = source_named(source_name)
            files = find_files(paths)
            _check(source, files)
            reports.extend(_ingest_files(store, source, files, accounts, now, progress, cluster))
            _refuse_nothing(reports)
    except (NbaError, KeyboardInterrupt, MemoryError) as error:
        if not isinstance(error, StoreAwayError):  # it would not hear of it
            _record(store, so_far(), now, _without_folders(error, [*paths, store.name]))
        raise
    done = so_far()
    _record(store, done, now, None)
    return done


def _check(source: Source, files: Sequence[InputFile]) -> None:
    """Look at every header before anything is stored."""
    for file in files:
        with opened(file) as open_file:
            source.check(open_file)


def _ingest_files(
    store: Store,
    source: Source,
    files: Sequence[InputFile],
    accounts: Accounts,
    now: datetime,
    progress: Progress | None,
    cluster: Cluster | None,
) -> Iterator[FileReport]:
    bytes_total = sum(file.size for file in files)
    rows_done = bytes_done = 0

    def tell(n_rows: int, n_bytes: int) -> None:
        if progress is not None:
            progress(rows_done + n_rows, bytes_done + n_bytes, bytes_total)

    def is_known(file: InputFile) -> bool:
        return bool(_known_fingerprint(store, source, file))

    with reader_for(cluster, source, files, now, is_known) as reader:
        for file in files:
            report = _whole(store, source, file, accounts, now, tell, reader)
            rows_done, bytes_done = rows_done + report.n_read, bytes_done + file.size
            tell(0, 0)
            yield report


def _whole(
    store: Store,
    source: Source,
    file: InputFile,
    accounts: Accounts,
    now: datetime,
    tell: Callable[[int, int], None],
    reader: Reader,
) -> FileReport:
    """Load a file, again if the store is away: nothing of a load that failed is stored.

    Where the answer to its very last word was lost, it may be stored; it counts as this run's then.
    """
    tried: list[FileReport] = []

    def once(_tries: int) -> FileReport:
        report = FileReport(file.name)
        with shelf_for(store, source.name, file) as shelf:
            known = _known_fingerprint(store, source, file)
            if known:
                ours = [one for one in tried if one.fingerprint == known]
                return ours[0] if ours else replace(report, fingerprint=known, is_known=True)
            tried.append(report)
            writer = FileWriter(shelf, report, source.name, accounts, now, file.size)
            with reader(file) as reading:
                _write(reading, writer, report, tell)
        return report

    return retried(once, getattr(store, "patience", 0.0))


def _write(
    reading: Reading, writer: FileWriter, report: FileReport, tell: Callable[[int, int], None]
) -> None:
    writer.write(reading.batches, lambda n_bytes: tell(report.n_read, n_bytes))
    fingerprint = reading.finish()
    if report.n_read:
        writer.finish(fingerprint)


def _known_fingerprint(store: Store, source: Source, file: InputFile) -> str:
    """Give the file's fingerprint if its content was finished before, else ''.

    The content is hashed only if a finished file has the same size.
    """
    marks = store.read("ingestion_watermarks", ["fingerprint"], where={"source": source.name})
    finished = set(marks["fingerprint"].to_pylist())
    if not any(mark.startswith(f"{file.size}-") for mark in finished):
        return ""
    fingerprint = file.fingerprint()
    return fingerprint if fingerprint in finished else ""


def _refuse_nothing(reports: Sequence[FileReport]) -> None:
    if not any(report.n_read or report.is_known for report in reports):
        names = ", ".join(report.file for report in reports)
        raise SourceError(f"{names}: a header and no rows")


def _record(store: Store, report: IngestReport, now: datetime, error: str | None) -> None:
    """Log the run."""
    row = {
        "run_id": report.run_id,
        "step": "ingest",
        "status": "failed" if error is not None else "done",
        "started_at": now,
        "finished_at": now + timedelta(seconds=report.seconds),
        "facts": json.dumps(report.as_dict()),
        "error": error,
    }
    store.append("pipeline_runs", pa.Table.from_pylist([row]))


def _without_folders(error: BaseException, paths: Sequence[Path | str]) -> str:
    """Say what failed with files' names only: a log says nothing of the machine."""
    said = f"{type(error).__name__}: {error}"
    for path in paths:
        said = said.replace(str(path), Path(path).name)
    return said


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise StoreError(f"the store cannot be written: {error}") from error


@contextmanager
def _memory_limit(store: Store) -> Iterator[None]:
    if isinstance(store, DuckDBStore):
        with store.memory_limit(MEMORY_LIMIT):
            yield
    else:
        yield
