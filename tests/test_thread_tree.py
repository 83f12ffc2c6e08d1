"""A thread as people read it: who answered whom, whose conversation it is, and no markup of a customer's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_conversation_view import Elements
from tweets import Tweet, store_of

from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import NotFoundError
from nbalib.evaluation.thread_tree import MOST_MESSAGES, example_thread, thread_tree
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
TALK = [
    Tweet(10, "Brand", "New shoes are here!"),
    Tweet(11, "1001", "@Brand mine are broken", 1, 10),
    Tweet(12, "Brand", "@1001 which ones?", 2, 11),
    Tweet(13, "1001", "@Brand the red ones", 3, 12),
    Tweet(14, "1002", f"@1001 @Brand same here {HOSTILE}", 4, 12),
    Tweet(15, "Brand", "@1002 please DM us", 5, 14),
    Tweet(16, "1003", "@Brand nice!", 1.5, 10),
    Tweet(17, "Brand", "We open at nine.", 6, 10),
]


def seen(folder: Path, talk: Sequence[Tweet], root: str) -> tuple[list[tuple[str, int, str]], str]:
    """Give each message's id, depth and letters (small: opening), in reading order, and the HTML."""
    with store_of(folder, talk) as store:
        tree = thread_tree(PandasEngine(store.connection), "twitter", root)
    letters = [
        "".join(place.letter.lower() if place.is_opening else place.letter for place in node.places)
        for node in tree.nodes
    ]
    read = [
        (node.message["external_id"], node.depth, named)
        for node, named in zip(tree.nodes, letters, strict=True)
    ]
    return read, tree._repr_html_()


def test_each_message_stands_below_what_it_answers_with_its_letters(tmp_path: Path) -> None:
    """Answers follow in the order of time; conversations are lettered as they began."""
    read, html = seen(tmp_path, TALK, "10")
    assert read == [
        ("10", 0, "abc"),
        ("11", 1, "Ac"),
        ("12", 2, "Ac"),
        ("13", 3, "A"),
        ("14", 3, "C"),
        ("15", 4, "C"),
        ("16", 1, "B"),
        ("17", 1, ""),
    ]
    assert "twitter:1002: 2 messages, open, waits for the customer" in html
    assert html.count("in no conversation") == 1


def test_answers_to_an_absent_message_stand_side_by_side(tmp_path: Path) -> None:
    """Where the root is not there, what answers it is on top."""
    talk = [Tweet(21, "1001", "@Brand no signal", 0, 20), Tweet(23, "1002", "@Brand me too", 1, 20)]
    read, _ = seen(tmp_path, talk, "20")
    assert read == [("21", 0, "A"), ("23", 0, "B")]


def test_no_message_can_act_on_the_page(tmp_path: Path) -> None:
    """Markup in a message stays text."""
    _, html = seen(tmp_path, TALK, "10")
    elements = Elements(html)
    assert elements.names <= {"style", "section", "ul", "ol", "li", "span", "b"}
    assert elements.attributes <= {"class", "style"}
    assert "&lt;script&gt;alert(1)" in html


def test_a_large_thread_is_cut_and_says_so(tmp_path: Path) -> None:
    """Of more messages than fit, the first are shown, and the number of the others is told."""
    n = MOST_MESSAGES + 15
    talk = [Tweet(1, "1001", "@Brand no signal")]
    talk += [
        Tweet(place, "1001", f"@Brand still nothing {place}", place, place - 1) for place in range(2, n + 1)
    ]
    read, html = seen(tmp_path, talk, "1")
    assert read[-1] == (str(n), n - 1, "A")
    assert html.count("</span></li>") == MOST_MESSAGES
    assert "15 more messages are left out here." in html


def test_the_example_has_bystanders_an_opening_and_somebody_who_waits(tmp_path: Path) -> None:
    """Of several threads the one with most to see is taken, and in it the customer who waits longest."""
    plain = [Tweet(50, "1009", "@Brand no signal"), Tweet(51, "Brand", "@1009 please DM us", 1, 50)]
    waits = Tweet(18, "1001", "@Brand are you there?", 7, 13)
    with store_of(tmp_path, [*plain, *TALK, waits]) as store:
        example = example_thread(PandasEngine(store.connection))
    assert (example.thread_root_id, example.conversation_id) == ("10", "twitter:10:1001")


def test_an_empty_store_has_no_example(tmp_path: Path) -> None:
    """Nothing to show is said, not shown as an empty tree."""
    with (
        DuckDBStore.open(tmp_path / "nba.duckdb") as store,
        pytest.raises(NotFoundError, match="no conversation"),
    ):
        example_thread(PandasEngine(store.connection))
