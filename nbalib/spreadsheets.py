"""Keep a spreadsheet from computing what somebody wrote.

In: texts that go into the cells of a CSV file. Out: the same, a quote before each that begins like a formula.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from nbalib.distinct import Column

COMPUTED = r"^[=+\-@\t\r]"
"""How a text begins that a spreadsheet would compute."""


def inert(texts: Column) -> pa.StringArray:
    """Give a column of texts as they may stand in cells; null stays null."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    computed = pc.match_substring_regex(whole, COMPUTED)
    return pc.replace_with_mask(whole, computed, pc.binary_join_element_wise("'", whole.filter(computed), ""))


def inert_cell(value: object) -> object:
    """Give one value as it may stand in a cell; what is no text is left as it is."""
    return f"'{value}" if isinstance(value, str) and re.match(COMPUTED, value) else value
