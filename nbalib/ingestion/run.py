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
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from nbalib.errors import NbaError, SourceError, StoreError
from nbalib.ingestion.report import FileReport, IngestReport
from nbalib.ingestion.write import FileWriter
from nbalib.sources.files import InputFile, find_files, opened
from nbalib.sources.registry import Source, source_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nbalib.params import Accounts
    from nbalib.stores.duckdb_store import DuckDBStore

    Progress = Callable[[int, int, int], None]


MEMORY_LIMIT = "400MB"
"""For DuckDB while it loads: it writes as it goes, so that more would not make it quicker."""


def ingest(
    store: DuckDBStore,
    source_name: str,
    paths: Sequence[Path | str],
    *,
    accounts: Accounts,
    now: datetime,
    progress: Progress | None = None,
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
        with _store_errors(), store.memory_limit(MEMORY_LIMIT):
            source = source_named(source_name)
            files = find_files(paths)
            _check(source, files)
            reports.extend(_ingest_files(store, source, files, accounts, now, progress))
            _refuse_nothing(reports)
    except (NbaError, KeyboardInterrupt, MemoryError) as error:
        _record(store, so_far(), now, _without_folders(error, [*paths, store.path]))
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
    store: DuckDBStore,
    source: Source,
    files: Sequence[InputFile],
    accounts: Accounts,
    now: datetime,
    progress: Progress | None,
) -> Iterator[FileReport]:
    bytes_total = sum(file.size for file in files)
    rows_done = bytes_done = 0

    def tell(n_rows: int, n_bytes: int) -> None:
        if progress is not None:
            progress(rows_done + n_rows, bytes_done + n_bytes, bytes_total)

    for file in files:
        report = FileReport(file.name)
        fingerprint = _known_fingerprint(store, source, file)
        if fingerprint:
            report.fingerprint, report.is_known = fingerprint, True
        else:
            with store.transaction():
                writer = FileWriter(store, report, source.name, accounts, now, file.size)
                _ingest_file(source, file, writer, report, now, tell)
        rows_done, bytes_done = rows_done + report.n_read, bytes_done + file.size
        tell(0, 0)
        yield report


def _ingest_file(
    source: Source,
    file: InputFile,
    writer: FileWriter,
    report: FileReport,
    now: datetime,
    tell: Callable[[int, int], None],
) -> None:
    with opened(file) as open_file:
        writer.write(source.batches(open_file, now=now), lambda n_bytes: tell(report.n_read, n_bytes))
        fingerprint = open_file.finish()
    if report.n_read:
        writer.finish(fingerprint)


def _known_fingerprint(store: DuckDBStore, source: Source, file: InputFile) -> str:
    """Give the file's fingerprint if its content was finished before, else ''.

    The content is hashed only if a finished file has the same size.
    """
    [(n_alike,)] = store.connection.execute(
        "SELECT count(*) FROM ingestion_watermarks WHERE source = ? AND starts_with(fingerprint, ?)",
        [source.name, f"{file.size}-"],
    ).fetchall()
    if n_alike == 0:
        return ""
    fingerprint = file.fingerprint()
    [(n_same,)] = store.connection.execute(
        "SELECT count(*) FROM ingestion_watermarks WHERE source = ? AND fingerprint = ?",
        [source.name, fingerprint],
    ).fetchall()
    return fingerprint if n_same else ""


def _refuse_nothing(reports: Sequence[FileReport]) -> None:
    if not any(report.n_read or report.is_known for report in reports):
        names = ", ".join(report.file for report in reports)
        raise SourceError(f"{names}: a header and no rows")


def _record(store: DuckDBStore, report: IngestReport, now: datetime, error: str | None) -> None:
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
