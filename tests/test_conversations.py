"""From tweets to turns, conversations and profiles, through the real ingestion and process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tweets import Tweet, store_of

from nbalib.params import Account, Accounts, Params

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.stores.duckdb_store import DuckDBStore

WORKED_EXAMPLE = (
    Tweet(10, "Brand", "New phones are here today!", 0),
    Tweet(11, "1001", "@Brand my phone does not work", 1, 10),
    Tweet(12, "Brand", "@1001 Please DM us your number. ^AB", 2, 11),
    Tweet(13, "1002", "@Brand when will mine arrive?", 3, 10),
    Tweet(14, "1002", "@1001 @Brand same here", 4, 12),
    Tweet(15, "Brand", "@1002 It ships tomorrow. ^AB", 5, 14),
    Tweet(21, "1003", "@Brand the app crashes", 6, 20),
    Tweet(22, "Brand", "@1003 Which version do you use? ^AB", 7, 21),
    Tweet(23, "1004", "@Brand mine crashes too", 8, 20),
    Tweet(31, "Brand", "@1005 We have sent you the form. ^AB", 9, 30),
)


def turns(store: DuckDBStore) -> dict[str, list[str]]:
    """Conversation → its messages in order, openings in brackets."""
    found: dict[str, list[str]] = {}
    for row in sorted(store.read("turns").to_pylist(), key=lambda r: (r["conversation_id"], r["turn"])):
        name = row["interaction_id"].removeprefix("twitter:")
        found.setdefault(row["conversation_id"].removeprefix("twitter:"), []).append(
            f"({name})" if row["is_opening"] else name
        )
    return found


def conversation(store: DuckDBStore, name: str) -> dict[str, object]:
    """One row of `conversations`."""
    rows = {row["conversation_id"]: row for row in store.read("conversations").to_pylist()}
    return rows[f"twitter:{name}"]


@pytest.mark.parametrize("files", [1, 3])
def test_the_worked_example(tmp_path: Path, files: int) -> None:
    """Promotion, bystander, absent roots and a mentioned customer give five conversations."""
    with store_of(tmp_path, WORKED_EXAMPLE, files=files) as store:
        assert turns(store) == {
            "10:1001": ["(10)", "11", "12"],
            "10:1002": ["(10)", "13", "14", "15"],
            "20:1003": ["21", "22"],
            "20:1004": ["23"],
            "30:1005": ["31"],
        }


def test_messages_of_nobody_are_in_no_conversation(tmp_path: Path) -> None:
    """A brand's message that answers no customer stays an interaction and is in no conversation."""
    with store_of(
        tmp_path, [Tweet(1, "Brand", "Good morning!"), Tweet(2, "Brand", "And a good day.", 1, 1)]
    ) as store:
        assert store.count("interactions") == 2
        assert turns(store) == {}


def test_an_agent_that_names_several_customers_answers_all(tmp_path: Path) -> None:
    """Without a customer above it, an answer belongs to every customer in its leading mentions."""
    tweets = [
        Tweet(2, "Brand", "@1001 @1002 @Other it is fixed for you both, @1003 too", 1, 1),
        Tweet(5, "Other", "Hi"),
    ]
    with store_of(tmp_path, tweets) as store:
        assert set(turns(store)) == {"1:1001", "1:1002"}


def test_numbered_parts_keep_their_order(tmp_path: Path) -> None:
    """2/2 that sorts before 1/2 at the same second comes after it."""
    tweets = [
        Tweet(9, "1001", "@Brand how do I reset it?", 0),
        Tweet(3, "Brand", "@1001 then wait a minute and press start. 2/2 ^AB", 1, 9),
        Tweet(4, "Brand", "@1001 Please unplug the box first, 1/2", 1, 9),
    ]
    with store_of(tmp_path, tweets) as store:
        assert turns(store) == {"9:1001": ["9", "4", "3"]}


def test_a_late_parent_renames_the_conversation(tmp_path: Path) -> None:
    """When the absent root arrives in a later file, the thread is named by the true root."""
    tweets = [Tweet(2, "1001", "@Brand still nothing", 1, 1), Tweet(1, "1001", "@Brand no signal at all", 0)]
    (tmp_path / "before").mkdir()
    with store_of(tmp_path / "before", tweets[:1]) as store:
        assert set(turns(store)) == {"1:1001"}
    with store_of(tmp_path, tweets, files=2) as store:
        assert turns(store) == {"1:1001": ["1", "2"]}


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
def test_circles_are_reported_and_not_followed(tmp_path: Path, length: int) -> None:
    """A circle of replies at one second is counted, and every message of it keeps a conversation."""
    tweets = [Tweet(n + 1, "1001", "@Brand round and round", 0, (n + 1) % length + 1) for n in range(length)]
    with store_of(tmp_path, tweets) as store:
        facts = next(
            json.loads(r["facts"]) for r in store.read("pipeline_runs").to_pylist() if r["step"] == "process"
        )
        assert (facts["n_circular"], facts["circular_example"]) == (length, "twitter:1")
        assert sum(len(found) for found in turns(store).values()) == length


def test_an_answer_dated_before_what_it_answers(tmp_path: Path) -> None:
    """The later message counts as absent: it was not known then; both stay in the thread of that message."""
    tweets = [
        Tweet(1, "1001", "@Brand help, no signal", 5),
        Tweet(2, "Brand", "@1001 Looking into it. ^AB", 4, 1),
    ]
    with store_of(tmp_path, tweets) as store:
        assert turns(store) == {"1:1001": ["2", "1"]}


def test_a_deep_chain(tmp_path: Path) -> None:
    """A chain of 5,000 replies is one conversation of 5,000 messages."""
    tweets = [
        Tweet(n, "1001", f"@Brand message {n}", n / 60, n - 1 if n > 1 else None) for n in range(1, 5001)
    ]
    with store_of(tmp_path, tweets) as store:
        assert conversation(store, "1:1001")["total_interactions"] == 5000


def test_clocks_restart_after_a_long_silence(tmp_path: Path) -> None:
    """Response times count from the first customer message after 14 days of silence."""
    day = 24.0
    tweets = [
        Tweet(1, "1001", "@Brand no signal", 0),
        Tweet(2, "Brand", "@1001 Please DM us. ^AB", 2, 1),
        Tweet(3, "1001", "@Brand no signal again", 20 * day, 2),
        Tweet(4, "Brand", "@1001 On it. ^AB", 20 * day + 0.5, 3),
    ]
    with store_of(tmp_path, tweets) as store:
        row = conversation(store, "1:1001")
        assert row["first_response_seconds"] == 1800
        assert (row["response_seconds_sum"], row["n_responses"]) == (7200 + 1800, 2)


def test_response_time_counts_from_the_first_unanswered_message(tmp_path: Path) -> None:
    """Two messages before one answer are one wait, from the first of them."""
    tweets = [
        Tweet(1, "1001", "@Brand no signal", 0),
        Tweet(2, "1001", "@Brand hello?", 1, 1),
        Tweet(3, "Brand", "@1001 Please restart it. ^AB", 3, 2),
        Tweet(4, "Brand", "@1001 And tell us. ^AB", 4, 3),
    ]
    with store_of(tmp_path, tweets) as store:
        row = conversation(store, "1:1001")
        assert (row["first_response_seconds"], row["response_seconds_sum"], row["n_responses"]) == (
            10800,
            10800,
            1,
        )


def test_accounts_override_the_platform(tmp_path: Path) -> None:
    """An account listed as an agent answers for its brand, whatever the platform flags."""
    listed = Params(accounts=Accounts(accounts=(Account(account="2002", brand="Brand"),)))
    tweets = [Tweet(1, "1001", "@2002 no signal", 0), Tweet(2, "2002", "@1001 Please DM us. ^AB", 1, 1)]
    (tmp_path / "listed").mkdir()
    with store_of(tmp_path / "listed", tweets, listed) as store:
        assert turns(store) == {"1:1001": ["1", "2"]}
        assert conversation(store, "1:1001")["brand_account_id"] == "Brand"
    with store_of(tmp_path, tweets) as store:
        assert set(turns(store)) == {"1:1001", "1:2002"}


def test_a_brand_is_known_when_it_is_addressed(tmp_path: Path) -> None:
    """An unanswered customer belongs to the known account they name, else to no brand and no issue."""
    listed = Params(accounts=Accounts(accounts=(Account(account="Brand"),)))
    tweets = [
        Tweet(1, "1001", "@BRAND my phone is broken", 0),
        Tweet(2, "1002", "@1009 my phone is broken", 0),
    ]
    with store_of(tmp_path, tweets, listed) as store:
        named, unnamed = conversation(store, "1:1001"), conversation(store, "2:1002")
    assert (named["brand_account_id"], named["resolution_status"], named["awaiting"]) == (
        "Brand",
        "open",
        "agent",
    )
    assert (unnamed["brand_account_id"], unnamed["resolution_status"]) == (None, "no_issue")


def test_profiles_add_up(tmp_path: Path) -> None:
    """A profile counts the customer's conversations by status and averages from sums."""
    tweets = [
        Tweet(1, "1001", "@Brand no signal since noon", 0),
        Tweet(2, "Brand", "@1001 Please restart the box. ^AB", 1, 1),
        Tweet(3, "1001", "@Brand that worked, it is back. Thank you!", 2, 2),
        Tweet(5, "1001", "@Brand my bill is wrong, charged twice", 50),
        Tweet(6, "Brand", "@1001 Please DM us your account number. ^AB", 53, 5),
    ]
    with store_of(tmp_path, tweets) as store:
        [profile] = store.read("customer_profiles").to_pylist()
    assert profile["customer_id"] == "twitter:1001"
    assert (profile["total_conversations"], profile["n_open"], profile["n_resolved"]) == (2, 1, 1)
    assert profile["avg_response_time"] == 7200.0
    assert profile["resolution_rate"] == 0.5
    assert json.loads(profile["platform_accounts"]) == {"twitter": "1001"}
    assert json.loads(profile["interaction_history_summary"])["by_brand"] == {"Brand": 2}
    assert json.loads(profile["behavioral_tags"]) == ["returning", "asked_to_move_private"]
