"""Read files by a source's adapter: one after the other here, or side by side by Spark's workers.

In: files, a source. Out: of each file its `Batch`es and, once they are read, its fingerprint. A worker
reads a whole file and leaves its batches as files in a folder that it shares with the driver: text may
hold line feeds, so that a file cannot be cut before it is read. Errors are those of the adapter, at the
file's turn.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pyarrow import feather

from nbalib.sources.batches import Batch
from nbalib.sources.files import opened
from nbalib.sources.registry import source_named

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from nbalib.engines.spark_session import Cluster
    from nbalib.sources.files import InputFile
    from nbalib.sources.registry import Source

    Reader = Callable[[InputFile], AbstractContextManager["Reading"]]


@dataclass(frozen=True)
class Reading:
    """One file being read: its `batches`, and `finish`, which gives its fingerprint after the last one."""

    batches: Generator[Batch, None, None]
    finish: Callable[[], str]


@contextmanager
def reader_for(
    cluster: Cluster | None,
    source: Source,
    files: Sequence[InputFile],
    now: datetime,
    is_known: Callable[[InputFile], bool],
) -> Iterator[Reader]:
    """Give what opens `files`, inside the block: in their order, and the last one again if need be.

    Parameters
    ----------
    cluster : Cluster, optional
        Whose workers read; else they are read here. It is not started before the first file is opened.
    is_known : callable
        Tells of a file that it will not be asked for.
    """
    if cluster is None:
        yield partial(_read_here, source=source, now=now)
        return
    with cluster.folder() as folder:
        wanted = (file for file in files if not is_known(file))
        yield _ReadByWorkers(
            cluster.each(wanted, partial(_read_there, source=source.name, now=now, folder=folder))
        )


@contextmanager
def _read_here(file: InputFile, source: Source, now: datetime) -> Iterator[Reading]:
    with opened(file) as open_file:
        yield Reading(source.batches(open_file, now=now), open_file.finish)


class _Part(NamedTuple):
    """A batch, with its tables in files."""

    rows: Path
    rejected: Path
    n_read: int
    n_blank: int
    bytes_done: int


class _ReadFile(NamedTuple):
    """What a worker made of a file."""

    file: InputFile
    parts: tuple[_Part, ...]
    fingerprint: str


class _ReadByWorkers:
    """Gives the files that workers have read, in their order."""

    def __init__(self, coming: Iterator[_ReadFile]) -> None:
        self._coming = coming
        self._last: _ReadFile | None = None

    @contextmanager
    def __call__(self, file: InputFile) -> Iterator[Reading]:
        while self._last is None or self._last.file != file:
            self._last = next(self._coming)
        yield Reading(_batches(self._last.parts), partial(str, self._last.fingerprint))


def _batches(parts: Sequence[_Part]) -> Generator[Batch, None, None]:
    for part in parts:
        rows, rejected = (feather.read_table(path, memory_map=False) for path in (part.rows, part.rejected))
        yield Batch(rows, rejected, part.n_read, part.n_blank, part.bytes_done)


def _read_there(file: InputFile, source: str, now: datetime, folder: Path) -> _ReadFile:
    """In a worker: read a file to its end."""
    with opened(file) as open_file:
        batches = source_named(source).batches(open_file, now=now)
        parts = tuple(_part(batch, folder) for batch in batches)
        return _ReadFile(file, parts, open_file.finish())


def _part(batch: Batch, folder: Path) -> _Part:
    paths = folder / f"{uuid.uuid4().hex}.rows", folder / f"{uuid.uuid4().hex}.rejected"
    for path, table in zip(paths, (batch.rows, batch.rejected), strict=True):
        feather.write_feather(table, path, compression="lz4")
    return _Part(*paths, batch.n_read, batch.n_blank, batch.bytes_done)
