"""Texts made column by column say of each row what they would say of it alone, and few stay few."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbalib.decisions import weaving
from nbalib.decisions.json_text import written, written_list
from nbalib.decisions.weaving import weave
from nbalib.distinct import coded, decoded, distinct, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

words = st.lists(st.none() | st.text(max_size=3), max_size=30)


def test_distinct_rows_are_numbered_as_they_come() -> None:
    """Rows are equal if they are so in every column, null with null; the first of each is told."""
    found = distinct([pa.array(["a", "b", "a", None, "a", None]), pa.array([1, 1, 1, 2, 2, 2])])
    assert found.of_row.to_pylist() == [0, 1, 0, 2, 3, 2]
    assert found.first.tolist() == [0, 1, 3, 4]


def test_combinations_beyond_any_integer_are_told_apart() -> None:
    """Thirty columns of a thousand values have more combinations than an integer can number."""
    column = pa.array(range(1000))
    assert distinct([column] * 30).first.tolist() == list(range(1000))
    turned = [pa.array(np.roll(np.arange(1000), place)) for place in range(30)]
    assert len(distinct(turned).first) == 1000


def test_null_codes_are_a_value_too() -> None:
    """A column that came as codes with nulls among them is coded like any other."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, None, 0], pa.int32()), ["a"])
    assert distinct([column]).of_row.to_pylist() == [0, 1, 0]
    assert coded(column).to_pylist() == ["a", None, "a"]


def test_codes_become_their_values_again() -> None:
    """In every chunk, null as null; other columns stay as they are."""
    texts = pa.chunked_array([["a", None], ["b", "a"]])
    rows = pa.table({"text": texts.dictionary_encode(), "n": [1, 2, 3, 4]})
    assert decoded(rows).equals(pa.table({"text": texts, "n": [1, 2, 3, 4]}))


@given(words)
def test_equal_neighbours_are_one_run(texts: list[str | None]) -> None:
    """A row begins a new run where it differs from the row before."""
    column = pa.array([text or "" for text in texts], pa.string())
    changed = [one != other for one, other in pairwise(column.to_pylist())]
    expected = [sum(changed[:place]) for place in range(len(column))]
    assert runs(column).tolist() == expected


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=2)), min_size=1, max_size=30), st.booleans()
)
def test_a_row_is_joined_of_its_own_pieces(rows: list[tuple[str, str]], few: bool) -> None:
    """Whether columns have few texts or many, each row says its own; equal rows share one text."""
    one, other = (pa.array([row[n] for row in rows], pa.string()).dictionary_encode() for n in (0, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weaving, "FEW", 1_000 if few else 1)
        said = weave(["<", one, "|", other, ">"], len(rows))
    assert said.to_pylist() == [f"<{a}|{b}>" for a, b in rows]
    assert len(said.dictionary) == len(set(rows))


def test_words_alone_are_said_of_every_row() -> None:
    """Without any column there is one text, kept once."""
    said = weave(["a", "b"], 3)
    assert (said.to_pylist(), said.dictionary.to_pylist()) == (["ab", "ab", "ab"], ["ab"])


@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=30))
def test_a_fraction_reads_back_the_same(values: list[float | None]) -> None:
    """However large or small it is, no digit is lost."""
    assert [json.loads(text) for text in written(pa.array(values, pa.float64())).to_pylist()] == values


@given(st.lists(st.none() | st.floats(-1e9, 1e9), max_size=30))
def test_a_fraction_is_written_as_duckdb_writes_it(values: list[float | None]) -> None:
    """Up to a thousand million it has no exponent, and a point also where it is whole."""
    column = pa.array(values, pa.float64())
    shown = pa.table({"value": column, "place": range(len(values))})
    with duckdb.connect() as connection:
        connection.register("shown", shown)
        theirs = connection.sql(
            "SELECT coalesce(to_json(value), 'null') FROM shown ORDER BY place"
        ).fetchall()
    assert written(column).to_pylist() == [text for (text,) in theirs]


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([True, None, False], pa.bool_(), ["true", "null", "false"]),
        ([0, -12, None], pa.int64(), ["0", "-12", "null"]),
        (['say "no"', "a\\b\n", "é", None], pa.string(), [r'"say \"no\""', r'"a\\b\n"', '"é"', "null"]),
        ([0.5, 24.0, None], pa.float64(), ["0.5", "24.0", "null"]),
    ],
)
def test_values_are_written_as_json(values: Sequence[object], kind: pa.DataType, texts: list[str]) -> None:
    """Each kind of value has its JSON text, which reads back the same."""
    found = written(pa.array(values, kind)).to_pylist()
    assert found == texts
    assert [json.loads(text) for text in found] == values


def test_names_joined_by_commas_are_a_list() -> None:
    """No name at all is an empty list."""
    found = written_list(pa.array(["", "urgent", "urgent,waited_long"])).to_pylist()
    assert found == ["[]", '["urgent"]', '["urgent","waited_long"]']
