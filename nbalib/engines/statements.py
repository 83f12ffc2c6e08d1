"""The set-based steps: SQL texts in DuckDB's dialect that lie beside the modules that use them.

In: a package and a file name. Out: the text.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(package: str, name: str) -> str:
    """Read the SQL text `name` (without ``.sql``) of `package`."""
    return files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
