"""From files to rows in the store: exactly once, and every row accounted for."""

from nbalib.ingestion.ingest import ingest
from nbalib.ingestion.report import FileReport, IngestReport

__all__ = ["FileReport", "IngestReport", "ingest"]
