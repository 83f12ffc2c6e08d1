"""The ClickHouse store, on the engine inside this process and over HTTP: exact, whole, ours or refused."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from clickhouse_server import ClickHouseServer, embedded

from nbalib.errors import InputError, NotFoundError, SchemaError, StoreBusyError, StoreError
from nbalib.schema import INTERACTIONS, REJECTED_ROWS, TABLES
from nbalib.settings import ClickHouseSettings
from nbalib.stores.clickhouse_blocks import blocks
from nbalib.stores.clickhouse_client import ClickHouseClient
from nbalib.stores.clickhouse_store import ClickHouseStore
from nbalib.stores.contract import TableChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbalib.stores.clickhouse_load import ClickHouseLoad

AT = datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)
NONE_REJECTED = REJECTED_ROWS.arrow.empty_table()


def message(number: int, author: str = "2", text: str = "hello", **cells: Any) -> dict[str, Any]:
    """Give one row of `interactions`."""
    return {
        "interaction_id": f"twitter:{number}",
        "external_id": str(number),
        "platform_type": "twitter",
        "participant_external_id": author,
        "author_role": "customer",
        "platform_role": "customer",
        "content_text": text,
        "interaction_timestamp": AT + timedelta(microseconds=number),
        "interaction_type": "tweet",
        "processing_metadata": "{}",
        "created_at": AT,
        **cells,
    }


def rows_of(table: str, *rows: dict[str, Any]) -> pa.Table:
    """Lay rows out as a table, nulls where they say nothing."""
    return pa.Table.from_pylist(list(rows), schema=TABLES[table].arrow)


def messages(*rows: dict[str, Any]) -> pa.Table:
    """Lay rows of `interactions` out."""
    return rows_of("interactions", *rows)


def turn(number: int, customer: str) -> dict[str, Any]:
    """Give one row of `turns`."""
    filled = {
        "string": "",
        "json": "{}",
        "int": 0,
        "float": 0.0,
        "bool": False,
        "timestamp": AT,
    }
    given = {column.name: filled[column.kind] for column in TABLES["turns"].columns if not column.nullable}
    named = {"conversation_id": f"twitter:1:{customer}", "interaction_id": f"twitter:{number}"}
    return {**given, **named, "customer_id": f"twitter:{customer}"}


def watermark(n_stored: int) -> dict[str, Any]:
    """Give the row of a finished file."""
    counts = dict.fromkeys(("n_read", "n_duplicate", "n_replaced", "n_rejected", "n_blank"), 0)
    return {
        **counts,
        "source": "twitter",
        "fingerprint": "1-a",
        "file": "f.csv",
        "n_stored": n_stored,
        "latest_interaction_at": AT,
        "finished_at": AT,
    }


@contextmanager
def loading(store: ClickHouseStore) -> Iterator[ClickHouseLoad]:
    """Begin a load, alone."""
    with store.alone(), store.load("twitter", "f.csv", 10) as load:
        yield load


def load_messages(store: ClickHouseStore, *rows: dict[str, Any]) -> None:
    """Load one file."""
    with loading(store) as load:
        load.add(messages(*rows).to_reader())
        load.finish(NONE_REJECTED.to_reader(), watermark(len(rows)))


def texts(store: ClickHouseStore) -> list[str]:
    """Give all texts, sorted."""
    return sorted(store.read("interactions", ["content_text"])["content_text"].to_pylist())


def keys(*numbers: int) -> pa.Table:
    """Give keys of `interactions`."""
    return messages(*(message(number) for number in numbers)).select(["platform_type", "external_id"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    """Run the front for all tests here."""
    with ClickHouseServer(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def make(server: ClickHouseServer, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Give what names a new database: of the engine in this process, or of the server."""
    folder = tmp_path_factory.mktemp("embedded")
    return lambda kind: embedded(folder) if kind == "embedded" else server.settings()


@pytest.fixture(params=["embedded", "http"])
def settings(make: Callable[[str], ClickHouseSettings], request: pytest.FixtureRequest) -> ClickHouseSettings:
    """Name a new database, once of each kind."""
    return make(request.param)


@pytest.fixture
def store(settings: ClickHouseSettings) -> Iterator[ClickHouseStore]:
    """Open a new store."""
    with ClickHouseStore.open(settings) as opened:
        yield opened


def test_what_is_stored_comes_back_to_the_letter(store: ClickHouseStore) -> None:
    """Emoji, quotes, line feeds, a zero byte, 1 MB, nulls and microseconds come back as they were given."""
    odd = ["", "\U0001f600", 'it\'s \\ "so"\n\r\t', "\0", "x" * 1_000_000, "NA"]
    rows = messages(*(message(n, text=text, edited_at=AT if n % 2 else None) for n, text in enumerate(odd)))
    store.append("interactions", rows)
    assert store.read("interactions").sort_by("external_id") == rows
    assert store.latest_interaction_at() == AT + timedelta(microseconds=5)


def test_a_load_is_seen_when_it_is_finished(store: ClickHouseStore) -> None:
    """Nothing of a load is seen before its end; then its rows, its rejected rows and its watermark are."""
    rejected = {"source": "twitter", "fingerprint": "1-a", "file": "f.csv", "reason": "bad", "detail": "x"}
    with loading(store) as load:
        assert load.add(messages(message(1), message(2)).to_reader()) == 2
        assert load.stored(keys(1, 3))["external_id"].to_pylist() == ["1"]
        assert [store.count(name) for name in ("interactions", "ingestion_watermarks")] == [0, 0]
        row = {**rejected, "row_number": 3, "raw": "x", "created_at": AT}
        load.finish(rows_of("rejected_rows", row).to_reader(), watermark(2))
    assert store.count("interactions") == 2
    assert store.read("rejected_rows", ["row_number"]).to_pylist() == [{"row_number": 3}]
    assert store.read("ingestion_watermarks", ["n_stored"]).to_pylist() == [{"n_stored": 2}]


def test_a_load_that_is_not_finished_leaves_nothing(store: ClickHouseStore) -> None:
    """A load that ends early, and one that fails, leave no row and no table behind."""
    names = "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'staged%'"
    with loading(store) as load:
        load.add(messages(message(1)).to_reader())
    early = messages(message(2), message(3, interaction_timestamp=datetime(1800, 1, 1, tzinfo=UTC)))
    with pytest.raises(SchemaError, match="interaction_timestamp"), loading(store) as load:
        load.add(early.to_reader())
    assert (store.count("interactions"), store._client.rows(names)) == (0, [])


def test_a_version_replaces_another_wherever_it_lies(store: ClickHouseStore) -> None:
    """A version by another author, which is sorted elsewhere, replaces the stored one, once and again."""
    load_messages(store, message(1, "2", "first"), message(2, "3", "other"))
    for author, text in (("9", "second"), ("2", "third"), ("2", "fourth")):
        with loading(store) as load:
            load.replace(messages(message(1, author, "too early")))
            load.replace(messages(message(1, author, text)))
            assert load.stored(keys(1))["content_text"].to_pylist() == [text]
            load.finish(NONE_REJECTED.to_reader(), watermark(0))
        assert texts(store) == sorted([text, "other"])


def test_a_replaced_version_is_read_anew(store: ClickHouseStore) -> None:
    """The signals of a replaced version are forgotten, and of no other."""
    flags = {column.name: False for column in TABLES["signals"].columns if column.kind == "bool"}
    plain = {"mentions": "", "leading_mentions": "", "part": 0, "read_as": "customer", **flags}
    signals = [{"interaction_id": f"twitter:{number}", **plain} for number in (1, 2)]
    load_messages(store, message(1), message(2))
    store.append("signals", rows_of("signals", *signals))
    with loading(store) as load:
        load.replace(messages(message(1, text="edited")))
        load.finish(NONE_REJECTED.to_reader(), watermark(0))
    assert store.read("signals", ["interaction_id"]).to_pylist() == [{"interaction_id": "twitter:2"}]


def test_changes_are_applied(store: ClickHouseStore) -> None:
    """Rows are written over what has their key, rows of keys are deleted, and a deleted key may come back."""
    turns = rows_of("turns", *(turn(number, "7") for number in range(4)))

    def change(upsert: pa.Table, delete: pa.Table, *, is_new: bool = False) -> None:
        with store.alone():
            ends = delete.select(["conversation_id", "interaction_id"]).to_reader()
            store.apply([TableChange("turns", upsert.to_reader(), ends, is_new)])

    change(turns, turns.slice(0, 0), is_new=True)
    later = pa.array([5, 5])
    change(turns.slice(0, 2).set_column(TABLES["turns"].names.index("turn"), "turn", later), turns.slice(3))
    found = store.read("turns", ["interaction_id", "turn"]).sort_by("interaction_id").to_pylist()
    assert [(row["interaction_id"], row["turn"]) for row in found] == [
        ("twitter:0", 5),
        ("twitter:1", 5),
        ("twitter:2", 0),
    ]
    change(turns.slice(3), turns.slice(0, 3))
    assert store.read("turns", ["interaction_id"]).to_pylist() == [{"interaction_id": "twitter:3"}]


def test_who_wrote_with_a_customer_is_found(store: ClickHouseStore) -> None:
    """A customer's own messages and those of their conversations are found, oldest first, and no others."""
    load_messages(store, message(3, "agent"), message(1, "7"), message(2, "8"), message(4, "agent"))
    store.append("turns", rows_of("turns", turn(1, "7"), turn(3, "7"), turn(4, "8")))
    assert store.customer_interactions("twitter:7")["external_id"].to_pylist() == ["1", "3"]
    with pytest.raises(NotFoundError, match="twitter:9"):
        store.customer_interactions("twitter:9")
    with pytest.raises(NotFoundError):
        store.customer_interactions("' OR 1 = 1 --")


def test_only_new_keys_are_added(store: ClickHouseStore) -> None:
    """Of rows with one key the first is added, once; those that are stored stay as they are."""
    store.append("interactions", messages(message(1, text="old")))
    given = messages(message(1, "9", "new"), message(2, text="first"), message(2, text="second"))
    assert store.append_new("interactions", given) == 1
    assert texts(store) == ["first", "old"]
    assert store.append_new("interactions", given) == 0


def test_a_table_is_replaced_as_a_whole(store: ClickHouseStore) -> None:
    """What is put in a table's place is all that is there, be it nothing."""
    for given in ([message(1), message(2)], [message(3, text="three")], []):
        store.replace("interactions", messages(*given))
        assert texts(store) == sorted(row["content_text"] for row in given)


def test_what_is_more_than_a_block_is_one_append(
    store: ClickHouseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several blocks are added together, and none of them is lost or double."""
    monkeypatch.setattr("nbalib.stores.clickhouse_blocks.BLOCK_ROWS", 10)
    store.append("interactions", messages(*(message(number) for number in range(35))))
    assert store.count("interactions") == 35
    assert sum(batch.num_rows for batch in store.stream("interactions", ["external_id"])) == 35


def test_parts_of_a_parallel_load_count_once(store: ClickHouseStore) -> None:
    """A part that is staged twice counts once; what is staged is seen by no reader until a load takes it."""
    first, again, other = (messages(message(number)) for number in (1, 2, 3))
    assert store.stage("a load", "interactions", 0, first.to_reader()) == 1
    assert store.stage("a load", "interactions", 0, again.to_reader()) == 1
    assert store.stage("a load", "interactions", 1, other.to_reader()) == 1
    assert store.stage("another", "interactions", 0, first.to_reader()) == 1
    staged = store.staged("a load", "interactions").read_all()
    assert sorted(staged["external_id"].to_pylist()) == ["2", "3"]
    assert store.count("interactions") == 0
    with loading(store) as load:
        assert load.add_staged("a load") == 2
        load.finish(NONE_REJECTED.to_reader(), watermark(2))
    store.drop_staged("another")
    assert store.staged("another", "interactions").read_all().num_rows == 0
    assert sorted(store.read("interactions")["external_id"].to_pylist()) == ["2", "3"]


def test_a_value_is_looked_up_in_every_type(store: ClickHouseStore) -> None:
    """Rows are found by text with quotes, by instant and by null, and by nothing else."""
    store.append(
        "interactions", messages(message(1, text="it's"), message(2, edited_at=AT, brand_account_id="b"))
    )
    for where, found in (
        ({"content_text": "it's"}, ["1"]),
        ({"interaction_timestamp": AT + timedelta(microseconds=2)}, ["2"]),
        ({"edited_at": None}, ["1"]),
        ({"edited_at": AT, "brand_account_id": "b"}, ["2"]),
        ({"content_text": "' OR '1'='1"}, []),
    ):
        assert store.read("interactions", ["external_id"], where)["external_id"].to_pylist() == found


def test_what_is_asked_wrongly_is_refused(store: ClickHouseStore) -> None:
    """A table, a column or a row that there cannot be is a `SchemaError`; writing out of turn is refused."""
    for ask in (
        lambda: store.read("nothing"),
        lambda: store.read("interactions", ["nothing"]),
        lambda: store.count("nothing; DROP TABLE interactions"),
        lambda: store.append("interactions", messages(message(1)).drop(["content_text"])),
    ):
        with pytest.raises(SchemaError):
            ask()
    with pytest.raises(StoreError, match="alone"), store.load("twitter", "f.csv", 1):
        pass


def test_another_load_is_kept_out(
    store: ClickHouseStore, settings: ClickHouseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one load is at work another is refused by name, readers and appends go on, and then it may."""
    monkeypatch.setattr("nbalib.stores.clickhouse_lease.WAIT_SECONDS", 0.3)
    with ClickHouseStore.open(settings) as other:
        with store.alone():
            with (
                pytest.raises(StoreBusyError, match=r"in use by another process \(number"),
                other.alone(),
            ):
                pass
            other.append("interactions", messages(message(1)))
            assert other.count("interactions") == 1
        with other.alone():
            pass


def test_a_store_of_a_newer_version_is_refused(store: ClickHouseStore, settings: ClickHouseSettings) -> None:
    """A database with a later layout is refused, and so is one with tables of somebody else."""
    version = {"version": 99, "created_at": AT}
    store.append("schema_version", rows_of("schema_version", version))
    with pytest.raises(StoreError, match="layout 99"):
        ClickHouseStore.open(settings)
    store._client.run("DROP TABLE schema_version")
    with pytest.raises(StoreError, match="another program"):
        ClickHouseStore.open(settings)


def test_a_layout_that_was_cut_off_is_finished(
    settings: ClickHouseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever died after the first table was made is made up for by the next who writes."""
    made: list[str] = []

    def one_only(client: ClickHouseClient, statement: str, **values: object) -> None:
        if "CREATE TABLE" in statement:
            made.append(statement)
        if len(made) > 1:
            raise KeyboardInterrupt
        run(client, statement, **values)

    run = ClickHouseClient.run
    with monkeypatch.context() as patch:
        patch.setattr(ClickHouseClient, "run", one_only)
        with pytest.raises(KeyboardInterrupt):
            ClickHouseStore.open(settings)
    with pytest.raises(StoreError, match="run nba ingest"):
        ClickHouseStore.open(settings, read_only=True)
    with ClickHouseStore.open(settings) as store:
        assert store.count("interactions") == 0


def test_a_store_gets_columns_that_it_lacks(store: ClickHouseStore, settings: ClickHouseSettings) -> None:
    """A nullable column that is missing is added when the store is opened for writing, and only then."""
    store._client.run("ALTER TABLE contacts DROP COLUMN brand_account_id")
    with pytest.raises(StoreError, match="older layout"):
        ClickHouseStore.open(settings, read_only=True)
    with ClickHouseStore.open(settings) as mended:
        assert mended.read("contacts").num_rows == 0
    store._client.run("ALTER TABLE contacts DROP COLUMN channel")
    with pytest.raises(StoreError, match=r"required columns \['channel'\]"):
        ClickHouseStore.open(settings)


def test_nowhere_is_no_place() -> None:
    """Without a host and a folder the error says what to set; where there is no store, that."""
    with pytest.raises(InputError, match="CLICKHOUSE_HOST"):
        ClickHouseStore.open(ClickHouseSettings())


def test_reading_needs_a_store(settings: ClickHouseSettings) -> None:
    """Opened for reading, a database that is not there is not made."""
    for _ in range(2):
        with pytest.raises(StoreError, match="run nba ingest first"):
            ClickHouseStore.open(settings, read_only=True)


def test_blocks_are_bounded_by_rows_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No block has more rows or many more bytes than it may, and none is lost."""
    monkeypatch.setattr("nbalib.stores.clickhouse_blocks.BLOCK_ROWS", 100)
    monkeypatch.setattr("nbalib.stores.clickhouse_blocks.BLOCK_BYTES", 100_000)
    small = messages(*(message(number) for number in range(250)))
    large = messages(*(message(number, text="x" * 30_000) for number in range(250, 260)))
    cut = list(blocks(INTERACTIONS, [small, large]))
    assert pa.concat_tables(cut) == pa.concat_tables([small, large])
    assert max(block.num_rows for block in cut) <= 100
    assert max(block.nbytes for block in cut) <= 130_000
    assert len(cut) <= 9
