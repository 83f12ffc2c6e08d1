"""What every store on a server does beside: whole loads, whole changes, staged parts, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pytest
from rows import as_set, contact, message, row, rows

from nbalib.errors import StoreBusyError
from nbalib.schema import TABLES
from nbalib.stores.contract import TableChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from places import Place

    from nbalib.stores.contract import FileLoad, ServerStore

NOT_WELL = "this block does not end well"


@pytest.fixture
def store(server_place: Place) -> Iterator[ServerStore]:
    """Give a new store on a server, open for writing."""
    with server_place.open() as opened:
        yield cast("ServerStore", opened)


def reader(table: str, *given: dict[str, Any]) -> pa.RecordBatchReader:
    """Give rows batch by batch, a row a batch."""
    laid = rows(table, *given)
    return pa.RecordBatchReader.from_batches(laid.schema, laid.to_batches(max_chunksize=1))


def keys(*external_ids: str) -> pa.Table:
    """Name messages."""
    return pa.table({"platform_type": ["twitter"] * len(external_ids), "external_id": list(external_ids)})


def finish(load: FileLoad, fingerprint: str = "1-a") -> None:
    """End a load, with one rejected row."""
    load.finish(
        reader("rejected_rows", row("rejected_rows", fingerprint=fingerprint)),
        row("ingestion_watermarks", fingerprint=fingerprint),
    )


def stored_ids(store: ServerStore) -> list[str]:
    """Name the stored messages."""
    return sorted(store.read("interactions", ["external_id"])["external_id"].to_pylist())


def test_a_load_stores_messages_rejected_rows_and_its_mark(store: ServerStore) -> None:
    """What is added, in several goes, and what ends the load is there when its block has ended."""
    with store.alone(), store.load("twitter", "a.csv", 1) as load:
        assert load.add(reader("interactions", message("1"), message("2"))) == 2
        assert load.add(reader("interactions", message("3"))) == 1
        finish(load)
    assert stored_ids(store) == ["1", "2", "3"]
    assert store.read("rejected_rows").to_pylist() == [row("rejected_rows", fingerprint="1-a")]
    assert store.read("ingestion_watermarks").to_pylist() == [row("ingestion_watermarks", fingerprint="1-a")]


def test_a_load_that_does_not_end_well_leaves_nothing(store: ServerStore) -> None:
    """Neither to a reader nor to the next load, which begins as if there had been none."""
    store.append("interactions", rows("interactions", message("0", content_text="old")))

    def fail() -> None:
        with store.alone(), store.load("twitter", "a.csv", 1) as load:
            load.add(reader("interactions", message("1")))
            load.replace(rows("interactions", message("0", content_text="new")))
            raise KeyboardInterrupt(NOT_WELL)

    with pytest.raises(KeyboardInterrupt, match=NOT_WELL):
        fail()
    assert store.read("interactions", ["content_text"])["content_text"].to_pylist() == ["old"]
    with store.alone(), store.load("twitter", "a.csv", 1) as load:
        assert load.stored(keys("0", "1"))["content_text"].to_pylist() == ["old"]
        load.add(reader("interactions", message("1")))
        finish(load)
    assert stored_ids(store) == ["0", "1"]
    assert store.count("ingestion_watermarks") == 1


def test_a_load_finds_stored_versions_and_replaces_them(store: ServerStore) -> None:
    """Those of before and its own; a replaced message is read anew, so its signals go."""
    store.append("interactions", rows("interactions", message("1", content_text="old"), message("2")))
    signals = [row("signals", interaction_id=f"twitter:{number}") for number in (1, 2)]
    store.append("signals", rows("signals", *signals))
    with store.alone(), store.load("twitter", "a.csv", 1) as load:
        load.add(reader("interactions", message("3", content_text="added")))
        assert load.stored(keys()).num_rows == 0
        found = load.stored(keys("1", "3", "4"))
        assert sorted(found["content_text"].to_pylist()) == ["added", "old"]
        assert found.schema == TABLES["interactions"].arrow
        fresh = [message(one, content_text="replaced") for one in ("1", "3")]
        load.replace(rows("interactions", *fresh))
        assert set(load.stored(keys("1", "3"))["content_text"].to_pylist()) == {"replaced"}
        finish(load)
    assert as_set(store.read("interactions")) == as_set(rows("interactions", *fresh, message("2")))
    assert store.read("signals").to_pylist() == [signals[1]]


def test_changes_are_made_in_every_table_or_in_none(store: ServerStore) -> None:
    """Rows are written over, added and taken away by key; a change that fails in the middle undoes all."""
    store.append("contacts", rows("contacts", contact("a", channel="old"), contact("b"), contact("c")))

    def changes(table: str) -> Iterator[TableChange]:
        upsert = reader("contacts", contact("a", channel="new"), contact("d"))
        gone = pa.table({"contact_id": ["b", "nobody"]}).cast(TABLES["contacts"].arrow_of(["contact_id"]))
        yield TableChange("contacts", upsert, gone.to_reader())
        other = reader("touched", row("touched", interaction_id="twitter:1"))
        nothing = TABLES["touched"].arrow_of(["interaction_id"]).empty_table().to_reader()
        if table == "fails":
            raise KeyboardInterrupt(NOT_WELL)
        yield TableChange(table, other, nothing, is_new=True)

    def apply(table: str) -> None:
        with store.alone():
            store.apply(changes(table))

    with pytest.raises(KeyboardInterrupt, match=NOT_WELL):
        apply("fails")
    apply("touched")
    kept = {one["contact_id"]: one["channel"] for one in store.read("contacts").to_pylist()}
    assert kept == {"a": "new", "c": "word", "d": "word"}
    assert store.read("touched").to_pylist() == [{"interaction_id": "twitter:1"}]


def test_one_is_alone_while_readers_read_and_others_append(server_place: Place) -> None:
    """A second load or pass is refused after a while; the first one's work is not seen before its end."""
    with server_place.open() as one, server_place.open() as two:
        first, second = cast("ServerStore", one), cast("ServerStore", two)
        with first.alone(), first.load("twitter", "a.csv", 1) as load:
            load.add(reader("interactions", message("1")))
            with pytest.raises(StoreBusyError, match="is in use by another process"), second.alone():
                pass
            assert stored_ids(second) == []
            second.append("contacts", rows("contacts", contact("a")))
            finish(load)
        with second.alone():
            assert stored_ids(second) == ["1"]
            assert second.count("contacts") == 1


def test_parts_come_from_several_openings_and_count_once(server_place: Place) -> None:
    """A part that is staged again takes its former place; nobody sees any before they are added."""
    with server_place.open() as one, server_place.open() as two:
        first, second = cast("ServerStore", one), cast("ServerStore", two)
        assert first.stage("load_1", "interactions", 0, reader("interactions", message("1"))) == 1
        second.stage("load_1", "interactions", 1, reader("interactions", message("2"), message("3")))
        second.stage("load_1", "interactions", 0, reader("interactions", message("1"), message("4")))
        first.stage("load_2", "interactions", 0, reader("interactions", message("5")))
        assert stored_ids(first) == []
        assert first.staged("load_1", "interactions").read_all().num_rows == 4
        with first.alone(), first.load("twitter", "a.csv", 1) as load:
            assert load.add_staged("load_1") == 4
            finish(load)
        assert stored_ids(second) == ["1", "2", "3", "4"]
        first.drop_staged("load_1")
        second.stage("load_1", "interactions", 0, reader("interactions", message("6")))
        assert second.staged("load_1", "interactions").read_all().num_rows == 1


def test_a_steady_reader_sees_one_state(server_place: Place) -> None:
    """What is read inside the block is read without an error, whatever is appended meanwhile."""
    with server_place.open() as one, server_place.open() as two:
        store = cast("ServerStore", one)
        with store.steady():
            before = store.count("contacts")
            two.append("contacts", rows("contacts", contact("a")))
            assert before == 0
            assert store.count("touched") == 0
        assert store.count("contacts") == 1
