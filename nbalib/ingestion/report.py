"""What an ingest did, per file: each row read is counted once.

In: the counts of batches. Out: `FileReport` and `IngestReport`, as values and as JSON.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

if TYPE_CHECKING:
    from datetime import datetime

    from nbalib.sources.batches import Batch


@dataclass
class FileReport:
    """One file. ``n_read == n_stored + n_duplicate + n_replaced + n_rejected + n_blank``.

    Attributes
    ----------
    file : str
        Its name, without folders.
    fingerprint : str
        Of its content; '' until it is finished.
    is_known : bool
        It was finished by an earlier run, and nothing of it was read.
    n_read : int
        Rows in it.
    n_stored : int
        Keys that are new in the store.
    n_duplicate : int
        Rows that repeat a version of a message already seen.
    n_replaced : int
        Rows that are another version of a known message: the later edit stands, else the smaller hash.
    n_blank : int
        Rows without any content.
    rejected : Counter[str]
        Rejected rows, by reason.
    latest_interaction_at : datetime or None
        Latest message in it.
    """

    file: str
    fingerprint: str = ""
    is_known: bool = False
    n_read: int = 0
    n_stored: int = 0
    n_duplicate: int = 0
    n_replaced: int = 0
    n_blank: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    latest_interaction_at: datetime | None = None

    @property
    def n_rejected(self) -> int:
        """Rows kept in `rejected_rows`."""
        return self.rejected.total()

    @property
    def is_balanced(self) -> bool:
        """Every row read is counted once."""
        counted = self.n_stored + self.n_duplicate + self.n_replaced + self.n_rejected + self.n_blank
        return self.n_read == counted

    def count(self, batch: Batch) -> None:
        """Count what a batch read and rejected; what becomes of its other rows is counted when known."""
        self.n_read += batch.n_read
        self.n_blank += batch.n_blank
        self.rejected.update(batch.rejected["reason"].to_pylist())
        latest = pc.max(batch.rows["interaction_timestamp"]).as_py()
        instants = (self.latest_interaction_at, latest)
        self.latest_interaction_at = max((one for one in instants if one is not None), default=None)

    def watermark(self, source: str, now: datetime) -> dict[str, Any]:
        """Give the row of `ingestion_watermarks`."""
        return {
            "source": source,
            "fingerprint": self.fingerprint,
            "file": self.file,
            "n_read": self.n_read,
            "n_stored": self.n_stored,
            "n_duplicate": self.n_duplicate,
            "n_replaced": self.n_replaced,
            "n_rejected": self.n_rejected,
            "n_blank": self.n_blank,
            "latest_interaction_at": self.latest_interaction_at,
            "finished_at": now,
        }

    def as_dict(self) -> dict[str, Any]:
        """Give the counts for JSON."""
        return {
            "file": self.file,
            "already_known": self.is_known,
            "read": self.n_read,
            "stored": self.n_stored,
            "duplicate": self.n_duplicate,
            "replaced": self.n_replaced,
            "rejected": self.n_rejected,
            "rejected_by_reason": dict(sorted(self.rejected.items())),
            "blank": self.n_blank,
        }


@dataclass(frozen=True)
class IngestReport:
    """One run over some files; `seconds` is wall time."""

    run_id: str
    source: str
    files: tuple[FileReport, ...]
    seconds: float

    def total(self, count: str) -> int:
        """Sum one count (`n_read`, `n_stored`, …) over the files."""
        return sum(int(getattr(file, count)) for file in self.files)

    def as_dict(self) -> dict[str, Any]:
        """Give the whole for JSON."""
        by_reason = sum((file.rejected for file in self.files), Counter[str]())
        counts = ("read", "stored", "duplicate", "replaced", "rejected", "blank")
        return {
            "source": self.source,
            **{name: self.total(f"n_{name}") for name in counts},
            "rejected_by_reason": dict(sorted(by_reason.items())),
            "files": [file.as_dict() for file in self.files],
        }
