"""Publish read-only snapshots of a DuckDB store, so that others read while one writes.

In: an open store. Out: a folder beside it, `NAME.snapshots`, with one database file, and `manifest.json`
that names it. DuckDB lets one writer exclude every reader; a snapshot is a file of its own that nobody
writes any more, so that any number of processes may read it. Each has a new name, and the manifest changes
in one step: a reader finds the snapshot before or the one after. Who has the one before open keeps it until
they close it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb

from nbalib.errors import StoreError
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"
LOOK_UPS = {
    "turns": "customer_id",
    "interactions": "interaction_id",
    "contacts": "customer_id",
    "customer_profiles": "customer_id",
}
"""Tables and the columns by which a customer's rows are looked up."""

_COPY = "import shutil, sys; shutil.copy(*sys.argv[1:])"


def publish(store: DuckDBStore) -> Path:
    """Publish the store as it is, and remove what was published before.

    Takes the time of copying the file and of indexing its look-ups. Killed meanwhile, it leaves the snapshot
    before, and a file that the next one removes.

    Parameters
    ----------
    store : DuckDBStore
        Open for writing, with no transaction under way: nobody else writes it then.

    Raises
    ------
    StoreError
        There is no room, or the folder cannot be written; the snapshot before stays.
    """
    folder = folder_of(store.path)
    draft = folder / f"{uuid.uuid4().hex}.duckdb"
    try:
        folder.mkdir(exist_ok=True)
        store.connection.execute("CHECKPOINT")
        _copy(store.path, draft)
        with DuckDBStore.open(draft) as copy:
            for table, column in LOOK_UPS.items():
                copy.connection.execute(f"CREATE INDEX {table}_by_{column} ON {table} ({column})")
        _point_at(folder, draft)
    except (OSError, duckdb.Error, StoreError) as error:
        draft.unlink(missing_ok=True)
        raise StoreError(f"no snapshot of {store.path} can be published: {error}") from error
    _tidy(folder, keep=draft)
    return draft


def latest(source: Path) -> Path | None:
    """Give the published snapshot of a store; None where there is none, or no store any more.

    Raises
    ------
    OSError
        It cannot be looked at.
    """
    manifest = folder_of(source) / MANIFEST
    try:
        source.stat()
        named = json.loads(manifest.read_text(encoding="utf-8"))["file"]
    except (FileNotFoundError, NotADirectoryError):
        return None
    return manifest.with_name(named)


def publish_if_behind(source: Path) -> None:
    """Publish a store that was written since its last snapshot, by those who do not publish.

    Raises
    ------
    StoreError
        It is not a store, somebody writes it, or it cannot be published.
    """
    if not source.exists() or not _is_behind(source):
        return
    try:
        with DuckDBStore.open(source) as store:
            publish(store)
    except duckdb.Error as error:
        raise StoreError(f"{source} cannot be opened: {error}") from error


def folder_of(source: Path) -> Path:
    """Name the folder of a store's snapshots."""
    return source.with_name(f"{source.name}.snapshots")


def _is_behind(source: Path) -> bool:
    """Tell whether the files of a store have changed since it was published."""
    manifest = folder_of(source) / MANIFEST
    if not manifest.exists():
        return True
    files = [source, source.with_name(f"{source.name}.wal")]
    return any(file.exists() and file.stat().st_mtime_ns > manifest.stat().st_mtime_ns for file in files)


def _copy(source: Path, copy: Path) -> None:
    """Copy a database file that this process has open.

    Another process does it: the system would let DuckDB's lock go when this one closed the file.
    """
    done = subprocess.run(  # noqa: S603  our own words and paths
        [sys.executable, "-c", _COPY, str(source), str(copy)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OSError(done.stderr.strip().rpartition("\n")[2] or f"copying ended with {done.returncode}")


def _point_at(folder: Path, snapshot: Path) -> None:
    """Let the manifest name a snapshot."""
    draft = folder / f".{MANIFEST}"
    draft.write_text(json.dumps({"file": snapshot.name}), encoding="utf-8")
    draft.replace(folder / MANIFEST)


def _tidy(folder: Path, keep: Path) -> None:
    """Remove all but one snapshot; where a system does not let go of an open file, the next one does it."""
    for path in folder.iterdir():
        if path not in (keep, folder / MANIFEST):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
