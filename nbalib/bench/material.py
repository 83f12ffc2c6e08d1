"""What jobs begin with: a synthetic file, and stores made of it.

In: a number of rows. Out: paths. Files stay in the cache and are used again; stores go with the scratch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from nbalib.bench.bare import NEWER, OLDER
from nbalib.bench.jobs import STORE
from nbalib.sources import synthetic

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.bench.jobs import Job
    from nbalib.bench.rounds import Bench

READ_BYTES = 1 << 22


class Material:
    """Makes each thing once, when it is first asked for."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._stores: dict[str, Path] = {}

    def file(self, rows: int) -> Path:
        """Give a synthetic file of so many rows, from the cache if a whole one of today's generator is there.

        It has been read once, so that no run finds it colder than another.
        """
        bench = self._bench
        path = bench.cache / f"synthetic-{rows}-{bench.seed}.csv"
        label = path.with_suffix(".json")
        if not is_complete(path, label):
            made = bench.kept(bench.job("ours", "synthetic", path, rows=rows, seed=bench.seed), path.stem)
            label.unlink(missing_ok=True)
            shutil.move(made / "synthetic.csv", path)
            label.write_text(json.dumps(_facts(path)), encoding="utf-8")
        with path.open("rb") as file:
            while file.read(READ_BYTES):
                pass
        return path

    def ingested(self, rows: int) -> Path:
        """Give a store that holds the file's messages, and nothing made of them."""
        job = self._bench.job
        return self._store(f"ingested-{rows}", lambda: job("ours", "ingest", self.file(rows)))

    def processed(self, rows: int) -> Path:
        """Give a store with conversations."""
        job = self._bench.job
        return self._store(f"processed-{rows}", lambda: job("ours", "process", self.ingested(rows)))

    def grown(self, rows: int) -> Path:
        """Give a store to whose conversations the newest hundredth of messages has just come."""
        bench = self._bench
        job = bench.job
        parts = bench.scratch / f"parts-{rows}"
        if not parts.exists():
            bench.kept(job("bare", "split", self.file(rows)), parts.name)
        older = self._store(f"older-{rows}", lambda: job("ours", "ingest", parts / OLDER))
        placed = self._store(f"placed-{rows}", lambda: job("ours", "process", older))
        return self._store(f"grown-{rows}", lambda: job("ours", "ingest", parts / NEWER, onto=placed))

    def _store(self, name: str, job: Callable[[], Job]) -> Path:
        if name not in self._stores:
            self._stores[name] = self._bench.kept(job(), name) / STORE
        return self._stores[name]


def is_complete(path: Path, label: Path) -> bool:
    """Tell whether a file is there as its label says, which is written last."""
    try:
        told = json.loads(label.read_text(encoding="utf-8"))
        return bool(told == _facts(path))
    except (OSError, json.JSONDecodeError):
        return False


def _facts(path: Path) -> dict[str, object]:
    """Give what a label says of its file: its size, and which generator made it."""
    return {"bytes": path.stat().st_size, "generator": digest_of_sources(Path(synthetic.__file__).parent)}


def digest_of_sources(folder: Path) -> str:
    """Give one name to all modules and data files of a package: another one when any of them changes."""
    digest = hashlib.sha256()
    for part in sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".yaml")):
        digest.update(f"{part.relative_to(folder).as_posix()}\0".encode() + part.read_bytes())
    return digest.hexdigest()[:16]
