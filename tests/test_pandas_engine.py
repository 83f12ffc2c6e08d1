"""The engine gives what a text selects, whole or in parts."""

from __future__ import annotations

import threading
from itertools import chain

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbalib.engines import pandas_engine
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.engines.side_by_side import side_by_side

SORTED = "SELECT talk, place FROM said ORDER BY talk, place"
SAID = pa.schema([("talk", pa.int64()), ("place", pa.int64())])


@given(st.lists(st.integers(1, 7), max_size=8), st.integers(1, 4), st.sampled_from([1, 60, 1 << 24]))
def test_rows_of_one_key_are_in_one_part(lengths: list[int], rows: int, part_bytes: int) -> None:
    """However little is read at once, the parts together are the whole, and no key is torn."""
    talks = [(talk, place) for talk, length in enumerate(lengths) for place in range(length)]
    engine = PandasEngine()
    engine.table("said", pa.table({"talk": [t for t, _ in talks], "place": [p for _, p in talks]}, SAID))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pandas_engine, "READ_ROWS", rows)
        patch.setattr(pandas_engine, "PART_BYTES", part_bytes)
        parts = [part.to_pylist() for part in engine.parts(SORTED, "talk")]
    assert list(chain.from_iterable(parts)) == [{"talk": talk, "place": place} for talk, place in talks]
    keys = [{row["talk"] for row in part} for part in parts]
    assert sum(map(len, keys)) == len(lengths)
    if part_bytes == 1:
        assert all(len(part) <= rows + max(lengths, default=0) for part in parts)


def test_one_text_is_asked_of_several_databases() -> None:
    """A text that was read for one connection selects from the other's own tables, with its own values."""
    text = "SELECT $more + max(n) AS n FROM counted"
    found = []
    for n, more in ((1, 10), (2, 20)):
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE counted AS SELECT {n} AS n")
            found += PandasEngine(connection).sql(text, {"more": more})["n"].to_pylist()
    assert found == [11, 22]


@pytest.mark.parametrize("n", [0, 1, 2, 50])
def test_things_done_side_by_side_come_back_in_their_order(n: int) -> None:
    """However many there are, none is lost; a single one is done where it was asked for."""
    made = list(side_by_side(lambda thing: (thing, threading.get_ident()), range(n)))
    assert [thing for thing, _ in made] == list(range(n))
    assert ({thread for _, thread in made} == {threading.get_ident()}) == (n == 1)
