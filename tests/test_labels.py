"""The hand labels: what is shipped is sound, what is not is refused, and each finds its conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from dumps import NOW

from nbalib.conversations.process import process
from nbalib.errors import NotFoundError, SchemaError, SourceError
from nbalib.ingestion import ingest
from nbalib.params import load_params
from nbalib.resolution.labels import COLUMNS, gold, join, load_labels
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "conversation_id": "twitter:1:a",
    "last_interaction_id": "twitter:3",
    "part": "random",
    "reader": "A",
    "resolution": "open",
    "awaiting": "customer",
    "mood": "neutral",
    "agent_actions": "ask_dm+dm_button",
    "channels": "twitter_dm_reply+no_action",
    "reason": "asked to write in private",
}


def frame(*changes: dict[str, str]) -> pd.DataFrame:
    """Make labels: one row for each mapping of what differs from a good one."""
    return pd.DataFrame([{**GOOD, **change} for change in changes])


def written(folder: Path, *changes: dict[str, str]) -> Path:
    """Write such labels into a file."""
    path = folder / "mine.csv"
    frame(*changes).to_csv(path, index=False)
    return path


def test_shipped_labels_are_as_the_card_says() -> None:
    """360 are random, 100 enriched, 60 long, 829 the rest; 150 read twice; sorted; no words of theirs."""
    labels = load_labels()
    settled = gold(labels)
    assert settled["part"].value_counts().to_dict() == {
        "random": 360,
        "enriched": 100,
        "long": 60,
        "rest": 829,
    }
    read = labels[labels["reader"] != "adjudicated"]
    assert (read["conversation_id"].value_counts() == 2).sum() == 150
    assert set(labels.loc[labels["reader"] == "adjudicated", "conversation_id"]) <= set(
        read["conversation_id"]
    )
    order = labels["part"].map({"random": 0, "enriched": 1, "long": 2, "rest": 3})
    assert order.is_monotonic_increasing
    for _, part in labels.groupby("part"):
        assert part["conversation_id"].is_monotonic_increasing
    assert not labels["reason"].str.contains('@|http|"').any()


def test_what_is_settled_asks_for_nobody_and_what_is_open_for_somebody_or_nothing() -> None:
    """Resolved and no issue await nobody; their best channel is no action, and no agent waits at no_issue."""
    closed = gold(load_labels()).query("resolution in ('resolved', 'no_issue')")
    assert set(closed["awaiting"]) == {"nobody"}
    assert set(closed["channels"].str.split("+").str[0]) == {"no_action"}


def test_adjudicated_wins_over_readers() -> None:
    """Of three labels the adjudicated one counts, of two reader A's, of one that one."""
    settled = gold(
        frame(
            {"reader": "B", "resolution": "resolved"},
            {"reader": "A"},
            {"reader": "adjudicated", "resolution": "unclear"},
            {"conversation_id": "twitter:2:b", "reader": "B", "resolution": "no_issue"},
            {"conversation_id": "twitter:2:b", "reader": "A", "resolution": "resolved"},
            {"conversation_id": "twitter:3:c", "reader": "B", "resolution": "no_issue"},
        )
    )
    assert settled["resolution"].tolist() == ["unclear", "resolved", "no_issue"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"resolution": "closed"}, r"mine\.csv: 1 values of resolution are not resolved, open, .*'closed'"),
        ({"channels": "no_action+fax"}, r"1 values of channels .*'no_action\+fax'"),
        ({"channels": ""}, r"1 values of channels"),
        ({"agent_actions": "steps+steps"}, r"1 values of agent_actions .*'steps\+steps'"),
        ({"conversation_id": ""}, r"1 rows without conversation_id, first row 3"),
        ({}, r"1 labels are given twice, such as twitter:1:a by A"),
        ({"reader": "B", "reason": "w " * 11}, r"1 reasons have over 10 words, first row 3"),
    ],
)
def test_bad_labels_are_refused(tmp_path: Path, change: dict[str, str], said: str) -> None:
    """A value off the list, an empty key, a second label and a long reason are named with one example."""
    with pytest.raises(SchemaError, match=said):
        load_labels(written(tmp_path, {}, change))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """A renamed column is refused, and the name that was probably meant is given."""
    path = tmp_path / "mine.csv"
    frame({}).rename(columns={"resolution": "resolutions"}).to_csv(path, index=False)
    with pytest.raises(SchemaError, match="no column 'resolution'; did you mean 'resolutions'"):
        load_labels(path)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00"])
def test_what_is_no_csv_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A file that is away, empty or binary is a source error that names it."""
    path = tmp_path / "mine.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=r"mine\.csv cannot be read"):
        load_labels(path)


def test_other_columns_are_left_out(tmp_path: Path) -> None:
    """A file may have further columns; they are not taken over."""
    path = tmp_path / "mine.csv"
    frame({}).assign(place="R001").to_csv(path, index=False)
    assert load_labels(path).columns.tolist() == list(COLUMNS)


def stored() -> pd.DataFrame:
    """Make three stored conversations; the last one's root is not the one it was labelled under."""
    ids = ["twitter:1:a", "twitter:2:b", "twitter:9:c"]
    return pd.DataFrame(
        {"conversation_id": ids, "last_interaction_id": ["twitter:3", "twitter:8", "twitter:7"]}
    )


def test_a_renamed_conversation_is_found_by_its_last_message() -> None:
    """A label is joined by conversation, else by its last message, and takes the stored name."""
    renamed = {"conversation_id": "tweetsumm:0f", "last_interaction_id": "twitter:7"}
    assert join(frame({}, renamed), stored()).frame["conversation_id"].tolist() == [
        "twitter:1:a",
        "twitter:9:c",
    ]


def test_a_last_message_of_two_conversations_finds_neither() -> None:
    """An agent's message that ends two conversations does not tell which one was labelled."""
    two = pd.concat([stored(), stored().assign(conversation_id=["x", "y", "z"])])
    with pytest.raises(NotFoundError):
        join(frame({"conversation_id": "tweetsumm:0f", "last_interaction_id": "twitter:7"}), two)


def test_unknown_conversations_are_counted_or_refused() -> None:
    """Labels of conversations that are not stored are an error with count and example, or counted."""
    labels = frame({}, {"conversation_id": "twitter:5:e", "last_interaction_id": "twitter:5"})
    with pytest.raises(
        NotFoundError, match="1 of 2 labelled conversations are not stored, such as twitter:5:e"
    ):
        join(labels, stored())
    joined = join(labels, stored(), partial=True)
    assert (len(joined.frame), joined.n_unknown, joined.n_grown) == (1, 1, 0)


def test_a_conversation_that_went_on_is_not_judged() -> None:
    """A stored conversation with messages after those that were judged is left out and counted."""
    joined = join(frame({}, {"conversation_id": "twitter:2:b", "last_interaction_id": "twitter:4"}), stored())
    assert (joined.frame["conversation_id"].tolist(), joined.n_grown) == (["twitter:1:a"], 1)


def test_the_readers_saw_conversations_as_they_are_built(
    real_data: Path, tmp_path: Path, repository: Path
) -> None:
    """Each label but those of the long part finds its conversation in the real threads, as it ended."""
    export = real_data / "twcs" / "twcs_threads_4306.csv"
    params = load_params(repository / "params")
    with DuckDBStore.open(tmp_path / "real.duckdb") as store:
        ingest(store, "twitter", [export], accounts=params.accounts, now=NOW)
        process(store, params, now=NOW)
        built = store.read("conversations").to_pandas()
    settled = gold(load_labels())
    joined = join(settled[settled["part"] != "long"], built)
    assert (len(joined.frame), joined.n_grown) == (1289, 0)
