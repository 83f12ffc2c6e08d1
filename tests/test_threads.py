"""Climbing reply links: roots, depths, nearest ancestors, circles."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nbalib.conversations.threads import climb, openings


def links(*parents: int) -> np.ndarray:
    """Give links as the library takes them."""
    return np.array(parents, dtype=np.int64)


def test_a_chain_ends_at_its_root() -> None:
    """Every message of a chain has the first one as its root, and its place as its depth."""
    found = climb(links(-1, 0, 1, 2))
    assert found.top.tolist() == [0, 0, 0, 0]
    assert found.steps.tolist() == [0, 1, 2, 3]
    assert not found.circular.any()


def test_the_nearest_stop_ends_the_climb() -> None:
    """With stops, a message ends at its nearest stopping ancestor and never at itself."""
    found = climb(links(-1, 0, 1, 2, 3), np.array([True, False, True, False, True]))
    assert found.top.tolist() == [0, 0, 0, 2, 2]


def test_a_long_chain_is_climbed_whole() -> None:
    """A chain of 200,000 replies has one root, and the last one's depth is 199,999."""
    n = 200_000
    found = climb(np.arange(n, dtype=np.int64) - 1)
    assert set(found.top.tolist()) == {0}
    assert int(found.steps[-1]) == n - 1


def test_circles_of_one_to_five_are_marked_and_cut() -> None:
    """The messages of a circle are marked; those below hang from the circle's message they answer."""
    for length in range(1, 6):
        circle = [(place + 1) % length for place in range(length)]
        found = climb(links(*circle, 0))
        assert found.circular.tolist() == [True] * length + [False]
        assert found.top.tolist() == [*range(length), 0]


def test_openings_are_the_nearest_ancestors() -> None:
    """At most as many ancestors as asked for are listed, nearest first."""
    which, ancestor = openings(links(3, 0), links(-1, 0, 1, 2), most=2)
    assert list(zip(which.tolist(), ancestor.tolist(), strict=True)) == [(0, 2), (0, 1)]


def walked(parent: list[int]) -> tuple[list[int], list[bool]]:
    """Climb one step at a time, as the definition says."""
    circular = []
    for start in range(len(parent)):
        at, steps = parent[start], 0
        while at >= 0 and at != start and steps <= len(parent):
            at, steps = parent[at], steps + 1
        circular.append(at == start)
    cut = [-1 if round_ else up for up, round_ in zip(parent, circular, strict=True)]
    tops = []
    for start in range(len(parent)):
        at = start
        while cut[at] >= 0:
            at = cut[at]
        tops.append(at)
    return tops, circular


@given(st.lists(st.integers(-1, 11), min_size=1, max_size=12))
def test_jumping_agrees_with_walking(parents: list[int]) -> None:
    """Any links, circles included, give the roots and circles that walking them gives."""
    parents = [up if up < len(parents) else -1 for up in parents]
    found = climb(links(*parents))
    assert (found.top.tolist(), found.circular.tolist()) == walked(parents)
