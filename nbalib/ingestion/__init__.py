"""From files to rows in the store: exactly once, and every row accounted for."""

from nbalib.ingestion.report import FileReport, IngestReport
from nbalib.ingestion.run import ingest

__all__ = ["FileReport", "IngestReport", "ingest"]
