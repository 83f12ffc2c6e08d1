"""What was known at the instant of decision."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tweets import LOADED, NOON, Tweet, store_of

from nbalib.as_of import AsOf, read_as_of
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import ParameterError
from nbalib.features.snapshot import take_snapshot
from nbalib.params import shipped_status
from nbalib.schema import CONTACTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from nbalib.stores.duckdb_store import DuckDBStore

HOUR = timedelta(hours=1)
TALK = (
    Tweet(1, "1001", "@Brand no signal since noon, this is urgent!", 0),
    Tweet(2, "Brand", "@1001 Sorry to hear that! Please DM us your phone number. ^AB", 2, 1),
    Tweet(3, "1001", "@Brand sent, and still nothing works", 10, 2),
    Tweet(5, "1001", "@Brand why was my bill doubled?", 5),
    Tweet(6, "Brand", "@1001 What is your order number? ^AB", 6, 5),
    Tweet(7, "1002", "@1001 same here", 3, 1),
)


def features(store: DuckDBStore, as_of: AsOf) -> dict[str, dict[str, Any]]:
    """Conversation → its features."""
    rows = take_snapshot(PandasEngine(store.connection), as_of, shipped_status()).features.to_pylist()
    return {row["conversation_id"].removeprefix("twitter:"): row for row in rows}


def at(hours: float) -> AsOf:
    """Give an instant `hours` after noon."""
    return AsOf("instant", NOON + timedelta(hours=hours))


def test_features_say_what_was_known(tmp_path: Path) -> None:
    """At four hours after noon only the first two messages of the talk count."""
    with store_of(tmp_path, TALK) as store:
        found = features(store, at(4))
    row = found["1:1001"]
    assert (row["n_interactions"], row["n_customer_messages"], row["n_agent_messages"]) == (2, 1, 1)
    assert (row["hours_since_customer"], row["hours_since_agent"], row["first_response_hours"]) == (
        4.0,
        2.0,
        2.0,
    )
    assert (row["awaiting"], row["moved_private"], row["asked_channel"]) == ("customer", True, "dm")
    assert row["is_urgent"]
    assert set(found) == {"1:1001", "1:1002"}


def test_open_issues_count_those_of_the_same_brand(tmp_path: Path) -> None:
    """Two open conversations of one customer with one brand are two open issues of each."""
    with store_of(tmp_path, TALK) as store:
        assert features(store, at(4))["1:1001"]["n_open_issues"] == 1
        assert features(store, at(7))["1:1001"]["n_open_issues"] == 2


def test_each_at_its_own_last_message(tmp_path: Path) -> None:
    """With last-message, each conversation is seen an hour after its end, others as they stood then."""
    with store_of(tmp_path, TALK) as store:
        found = features(store, AsOf("last-message"))
    assert found["5:1001"]["as_of"] == NOON + timedelta(hours=7)
    assert found["5:1001"]["n_open_issues"] == 2
    assert found["1:1001"]["as_of"] == NOON + timedelta(hours=11)
    assert found["1:1001"]["n_open_issues"] == 2


def test_contacts_count_when_sent(tmp_path: Path) -> None:
    """A contact counts for seven days from when it was sent, and follows up what came before it."""
    contact = {
        "contact_id": "c1",
        "decision_id": None,
        "conversation_id": "twitter:1:1001",
        "customer_id": "twitter:1001",
        "brand_account_id": "Brand",
        "channel": "twitter_dm_reply",
        "sent_at": NOON + timedelta(hours=20),
        "created_at": LOADED,
    }
    with store_of(tmp_path, TALK) as store:
        store.append("contacts", table_of(contact))
        before, after, later = (features(store, at(h))["1:1001"] for h in (19, 21, 20 + 7 * 24 + 1))
        other = features(store, at(21))["5:1001"]
    assert (before["n_contacts_7d"], before["is_followed_up"]) == (0, False)
    assert (after["n_contacts_7d"], after["is_followed_up"]) == (1, True)
    assert (later["n_contacts_7d"], later["is_followed_up"]) == (0, True)
    assert (other["n_contacts_7d"], other["is_followed_up"]) == (1, False)


def table_of(row: dict[str, Any]) -> pa.Table:
    """One row as an Arrow table of `contacts`."""
    return pa.Table.from_pylist([row], schema=CONTACTS.arrow)


texts = st.sampled_from(
    [
        "@Brand no signal",
        "@Brand thanks, it works now!",
        "@Brand thanks for nothing",
        "@1001 please DM us your number ^AB",
        "@1001 we will look into it ^AB",
        "@1002 hi",
        "hello",
        "@Other any news?",
    ]
)


@st.composite
def talks(draw: st.DrawFn, customers: Sequence[str] = ("1001", "1002", "1003")) -> list[Tweet]:
    """Draw up to twelve tweets of some customers and two brands, with any parents and instants."""
    n = draw(st.integers(2, 12))
    authors = st.sampled_from([*customers, "Brand", "Other"])
    hours = st.integers(0, 30).map(float)
    return [
        Tweet(i, draw(authors), draw(texts), draw(hours), draw(st.none() | st.integers(1, n + 2)))
        for i in range(1, n + 1)
    ]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talk=talks(), hour=st.integers(0, 30))
def test_the_future_does_not_matter(
    talk: list[Tweet], hour: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Removing everything after `as_of` changes no feature of any conversation."""
    known = [tweet for tweet in talk if tweet.hours <= hour]
    folder = tmp_path_factory.mktemp("leak")
    (folder / "known").mkdir()
    with store_of(folder, talk) as whole:
        expected = features(whole, at(hour))
    if not known:
        assert expected == {}
        return
    with store_of(folder / "known", known) as cut:
        assert features(cut, at(hour)) == expected


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talk=talks(customers=["1001"]))
def test_issues_beside_a_moment_count_as_they_stood(
    talk: list[Tweet], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """At a conversation's own moment, those that ended before count as they ended, others as known then."""
    with store_of(tmp_path_factory.mktemp("beside"), talk) as store:
        own = features(store, AsOf("last-message"))
        then = {row["as_of"]: features(store, AsOf("instant", row["as_of"])) for row in own.values()}
    for row in own.values():
        stood = [
            one if one["as_of"] - HOUR <= row["as_of"] else then[row["as_of"]].get(name, {})
            for name, one in own.items()
        ]
        same = [one for one in stood if all(one.get(n) == row[n] for n in ("customer_id", "brand"))]
        assert row["n_open_issues"] == sum(one["resolution_status"] == "open" for one in same)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talk=talks(), order=st.randoms(use_true_random=False), files=st.integers(1, 3))
def test_order_and_files_do_not_matter(
    talk: list[Tweet], order: Any, files: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any order of rows in any number of files gives the same turns, conversations and profiles."""
    folder = tmp_path_factory.mktemp("order")
    (folder / "shuffled").mkdir()
    mixed = [*talk, *order.sample(talk, len(talk) // 2)]
    order.shuffle(mixed)
    names = ("interactions", "turns", "conversations", "customer_profiles")
    with store_of(folder, talk) as plain, store_of(folder / "shuffled", mixed, files=files) as shuffled:
        assert [plain.digest(name) for name in names] == [shuffled.digest(name) for name in names]


def test_an_instant_is_read_as_utc() -> None:
    """An ISO instant without a zone is UTC, one with a zone is converted, and anything else is refused."""
    assert read_as_of("2017-11-01T12:00", LOADED) == AsOf("instant", NOON)
    assert read_as_of("2017-11-01T13:00+01:00", LOADED) == AsOf("instant", NOON)
    assert read_as_of("now", LOADED) == AsOf("instant", LOADED)
    with pytest.raises(ParameterError, match="not 'yesterday'"):
        read_as_of("yesterday", LOADED)
