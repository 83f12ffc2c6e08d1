"""A spreadsheet does not compute what somebody wrote."""

from __future__ import annotations

import pyarrow as pa
import pytest

from nbalib.spreadsheets import inert, inert_cell

CELLS = [
    ("=1+1", "'=1+1"),
    ("+44 20", "'+44 20"),
    ("-5", "'-5"),
    ("@Brand hello", "'@Brand hello"),
    ("\tx", "'\tx"),
    ("\r=1", "'\r=1"),
    ("a=1\n=2", "a=1\n=2"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "cell"), CELLS)
def test_a_text_that_begins_like_a_formula_is_led_by_a_quote(text: str, cell: str) -> None:
    """Only at its very beginning, and nothing else of it changes."""
    assert inert_cell(text) == cell


def test_columns_are_as_their_cells() -> None:
    """In one piece or in several, with nulls among them or without any row."""
    texts, cells = [text for text, _ in CELLS], [cell for _, cell in CELLS]
    assert inert(pa.array([*texts, None])).to_pylist() == [*cells, None]
    assert inert(pa.chunked_array([texts, texts[:3]])).to_pylist() == [*cells, *cells[:3]]
    assert inert(pa.chunked_array([], pa.string())).to_pylist() == []


def test_numbers_are_left_alone() -> None:
    """A negative number is no formula."""
    assert [inert_cell(value) for value in (-5, None, 0.5)] == [-5, None, 0.5]
