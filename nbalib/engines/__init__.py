"""Engines carry the work: pandas with DuckDB on one machine, Spark on several."""
