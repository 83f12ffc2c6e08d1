"""Spark's form of a SQL text that is written in DuckDB's dialect.

In: a text. Out: the same question in Spark's dialect, by sqlglot.
"""

from __future__ import annotations

from functools import cache

import sqlglot


@cache
def in_spark(text: str) -> str:
    """Translate one SELECT.

    Raises
    ------
    sqlglot.errors.SqlglotError
        Spark has no way to say it.
    """
    [translated] = sqlglot.transpile(
        text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    return translated
