"""Events are counted group by group until an instant."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nbalib.features.events import Events

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), max_size=30)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Give pairs as two columns."""
    group, at = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return group, at


@given(pairs, pairs)
def test_an_instant_has_seen_what_is_not_later(happened: list[tuple[int, int]], asked: list[tuple[int, int]]):
    """An event at the instant itself is seen; one of another group never is."""
    seen = Events(*columns(happened)).until(*columns(asked)).tolist()
    assert seen == [sum(g == group and at <= until for g, at in happened) for group, until in asked]


def test_many_groups_and_instants_are_told_apart() -> None:
    """Though groups are numbered in 32 bits, a group and an instant together may need more."""
    n = 50_000
    group, at = np.arange(n, dtype=np.int32), np.arange(n)
    assert Events(group, at).until(group, at).tolist() == [1] * n
    assert Events(group, at).until(group, at - 1).tolist() == [0] * n
