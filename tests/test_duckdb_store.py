"""The DuckDB store: whole or not at all, ours or refused, and digests that two stores can compare."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest
from rows import written_digest

from nbalib.errors import NotFoundError, SchemaError, StoreBusyError, StoreError
from nbalib.schema import INTERACTIONS
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)


def contact(contact_id: str, **cells: Any) -> dict[str, Any]:
    """Give one row of `contacts`."""
    return {
        "contact_id": contact_id,
        "decision_id": None,
        "conversation_id": "twitter:1:2",
        "customer_id": "twitter:2",
        "brand_account_id": None,
        "channel": "email_reply",
        "sent_at": AT,
        "created_at": AT,
        **cells,
    }


def contacts(*ids: str, **cells: Any) -> pa.Table:
    """Give rows of `contacts`, alike but for their ids."""
    return pa.Table.from_pylist([contact(one, **cells) for one in ids])


def message(external_id: str, author: str, at: datetime = AT) -> dict[str, Any]:
    """Give one row of `interactions`."""
    return {
        "interaction_id": f"twitter:{external_id}",
        "external_id": external_id,
        "platform_type": "twitter",
        "participant_external_id": author,
        "author_role": "customer",
        "platform_role": "customer",
        "brand_account_id": None,
        "content_text": "hello",
        "content_metadata": None,
        "interaction_timestamp": at,
        "parent_interaction_id": None,
        "interaction_type": "tweet",
        "platform_metadata": None,
        "edited_at": None,
        "processing_metadata": "{}",
        "created_at": AT,
    }


def messages(*rows: dict[str, Any]) -> pa.Table:
    """Lay rows of `interactions` out as a table."""
    return pa.Table.from_pylist(list(rows), schema=INTERACTIONS.arrow)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBStore]:
    """Give a new store, in a folder that was not there."""
    with DuckDBStore.open(tmp_path / "folder" / "nba.duckdb") as opened:
        yield opened


def test_cursors_work_in_utc_too(tmp_path: Path) -> None:
    """Wherever the machine stands, a cursor of the store says instants as its connection does."""
    with DuckDBStore.open(tmp_path / "nba.duckdb") as store:
        zone = "SELECT current_setting('TimeZone')"
        connections = (store.connection, store.connection.cursor())
        assert [one.execute(zone).fetchall() for one in connections] == [[("UTC",)]] * 2


def test_rows_outlive_the_process_that_wrote_them(tmp_path: Path) -> None:
    """What was appended is read back, by a reader too, in the schema's types."""
    with DuckDBStore.open(tmp_path / "nba.duckdb") as store:
        store.append("contacts", contacts("a"))
    with DuckDBStore.open(tmp_path / "nba.duckdb", read_only=True) as store:
        assert store.read("contacts").to_pylist() == [contact("a")]
        assert store.read("contacts", ["sent_at", "contact_id"]).schema == pa.schema(
            [
                pa.field("sent_at", pa.timestamp("us", tz="UTC"), nullable=False),
                pa.field("contact_id", pa.string(), nullable=False),
            ]
        )


def test_only_new_keys_are_appended(store: DuckDBStore) -> None:
    """A key that is stored, or repeated among the new rows, is not added again; the first one is."""
    store.append("contacts", contacts("a", channel="first"))
    fresh = pa.concat_tables([contacts("a", "b", channel="second"), contacts("b", "c", channel="third")])
    assert store.append_new("contacts", fresh) == 2
    kept = {one["contact_id"]: one["channel"] for one in store.read("contacts").to_pylist()}
    assert kept == {"a": "first", "b": "second", "c": "third"}


def test_a_replaced_table_holds_the_new_rows_only(store: DuckDBStore) -> None:
    """Replacing is not appending."""
    store.append("contacts", contacts("a", "b"))
    store.replace("contacts", contacts("c"))
    assert store.read("contacts", ["contact_id"]).to_pydict() == {"contact_id": ["c"]}


def test_a_failed_transaction_leaves_every_table_as_it_was(store: DuckDBStore) -> None:
    """Rows written before the failure, also through a transaction inside, are taken back."""
    store.append("contacts", contacts("a"))

    def write_and_fail() -> None:
        with store.transaction():
            store.replace("contacts", contacts("b"))
            store.append("interactions", messages(message("1", "9")))
            store.append("contacts", pa.table({"contact_id": ["c"]}))

    with pytest.raises(SchemaError, match="missing columns"):
        write_and_fail()
    assert store.read("contacts", ["contact_id"]).to_pydict() == {"contact_id": ["a"]}
    assert store.count("interactions") == 0


def test_an_error_of_the_database_is_not_hidden_by_the_clearing_up(store: DuckDBStore) -> None:
    """The error that is raised is the first one, not that of leaving the block."""
    with pytest.raises(duckdb.ConversionException), store.transaction(), store.shown("given", contacts("a")):
        store.connection.execute("SELECT CAST(contact_id AS INTEGER) FROM given").fetchall()
    assert store.count("contacts") == 0


def test_rows_that_do_not_fit_are_refused(store: DuckDBStore) -> None:
    """A missing column and a null where none may be are named."""
    with pytest.raises(SchemaError, match=r"missing columns .*'sent_at'"):
        store.append("contacts", contacts("a").drop_columns(["sent_at"]))
    with pytest.raises(SchemaError, match="'channel'"):
        store.append("contacts", contacts("a", channel=None))
    with pytest.raises(SchemaError, match="did you mean 'sent_at'"):
        store.read("contacts", ["send_at"])
    with pytest.raises(SchemaError, match="no table 'contact'"):
        store.count("contact")


def test_two_processes_do_not_write_at_once(tmp_path: Path) -> None:
    """While another process holds the store, opening it says so; afterwards it opens."""
    path = tmp_path / "nba.duckdb"
    hold = (
        "import sys; from pathlib import Path; from nbalib.stores.duckdb_store import DuckDBStore\n"
        "with DuckDBStore.open(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        for read_only in (False, True):
            with pytest.raises(StoreBusyError, match=r"nba\.duckdb is in use"):
                DuckDBStore.open(path, read_only=read_only)
        other.communicate()
    DuckDBStore.open(path).close()


def make_text(path: Path) -> None:
    """Make a text file."""
    path.write_text("tweet_id,author_id\n" * 100)


def make_empty(path: Path) -> None:
    """Make a file of no bytes."""
    path.touch()


def make_sqlite(path: Path) -> None:
    """Make an SQLite file."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (words TEXT)")
    connection.commit()
    connection.close()


def make_foreign(path: Path) -> None:
    """Make a DuckDB file of another program."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE notes (words TEXT)")


def make_newer(path: Path) -> None:
    """Make a store as a later nbalib would."""
    DuckDBStore.open(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE schema_version SET version = 1000")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (make_text, "is not a DuckDB file"),
        (make_empty, "is not a DuckDB file"),
        (make_sqlite, "is not a DuckDB file"),
        (make_foreign, "of another program: it holds notes"),
        (make_newer, "has layout 1000.*update nbalib"),
        (lambda path: path.mkdir(), "is a folder"),
    ],
)
def test_what_is_not_our_store_is_refused_and_left_alone(tmp_path: Path, make: Any, said: str) -> None:
    """Another program's file, a newer store and a folder are named, and not changed."""
    path = tmp_path / "strange.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=f"strange.db .*{said}"):
        DuckDBStore.open(path)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_reader_does_not_make_a_store(tmp_path: Path) -> None:
    """Reading where nothing is says what to do, and makes no file."""
    with pytest.raises(StoreError, match="run nba ingest first"):
        DuckDBStore.open(tmp_path / "nba.duckdb", read_only=True)
    assert list(tmp_path.iterdir()) == []


def changed(path: Path, *statements: str) -> None:
    """Store one message, then change the layout behind the store's back."""
    with DuckDBStore.open(path) as store:
        store.append("interactions", messages(message("1", "9")))
        for one in statements:
            store.connection.execute(one)


def test_a_store_of_an_older_layout_gets_what_was_added(tmp_path: Path) -> None:
    """A missing table and a missing column that may be null appear; a reader says it cannot add them."""
    path = tmp_path / "nba.duckdb"
    changed(path, "ALTER TABLE interactions DROP COLUMN edited_at", "DROP TABLE contacts")
    with pytest.raises(StoreError, match="older layout"):
        DuckDBStore.open(path, read_only=True)
    with DuckDBStore.open(path) as store:
        assert store.read("interactions").to_pylist() == [message("1", "9")]
        assert store.count("contacts") == 0


def test_a_layout_that_cannot_be_added_to_is_refused(tmp_path: Path) -> None:
    """A changed type and a missing column that must be filled are named; nothing changes."""
    path = tmp_path / "nba.duckdb"
    changed(
        path,
        "ALTER TABLE interactions ALTER edited_at TYPE VARCHAR",
        "ALTER TABLE interactions DROP COLUMN content_text",
        "DROP TABLE contacts",
    )
    with pytest.raises(
        StoreError, match=r"'interactions' has 1 rows.*'edited_at'.*'content_text'.*ingest again"
    ):
        DuckDBStore.open(path)
    with duckdb.connect(str(path)) as connection:
        tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    assert "contacts" not in tables


def test_a_table_without_rows_takes_any_change(tmp_path: Path) -> None:
    """Where nothing can be lost, the table is made anew."""
    path = tmp_path / "nba.duckdb"
    changed(path, "ALTER TABLE contacts DROP COLUMN channel")
    with DuckDBStore.open(path) as store:
        store.append("contacts", contacts("a"))
        assert store.count("interactions") == 1


def test_the_digest_is_what_its_description_says(store: DuckDBStore) -> None:
    """Another store can compute it from the words alone: texts, nulls and instants, load columns left out."""
    store.append("contacts", contacts("é", "b", brand_account_id="Ä;n;"))
    store.append("contacts", contacts("c"))
    micros = "1509487847000000"
    common = ["twitter:1:2", "twitter:2"]
    assert store.digest("contacts") == written_digest(
        [
            ["é", None, *common, "Ä;n;", "email_reply", micros],
            ["b", None, *common, "Ä;n;", "email_reply", micros],
            ["c", None, *common, None, "email_reply", micros],
        ]
    )


def test_the_digest_knows_floats_booleans_and_numbers(store: DuckDBStore) -> None:
    """Floats are written as the shortest decimal, 0.0 for -0.0; flags as true or false."""
    store.connection.execute("CREATE TABLE made AS SELECT * FROM turns")
    turn = {
        "conversation_id": "c",
        "interaction_id": "i",
        "thread_root_id": "r",
        "customer_id": "k",
        "platform_type": "twitter",
        "author_role": "agent",
        "is_opening": True,
        "interaction_timestamp": AT,
        "turn": 7,
    }
    known = store.read("turns").schema
    filled = {name: turn.get(name) for name in known.names}
    for name in known.names:
        if filled[name] is None and not known.field(name).nullable:
            filled[name] = {"int64": 3, "bool": False, "string": "s"}.get(str(known.field(name).type), AT)
    store.append("turns", pa.Table.from_pylist([filled], schema=known))
    words = {True: "true", False: "false", AT: "1509487847000000", None: None}
    written = [words[one] if isinstance(one, bool | datetime | None) else str(one) for one in filled.values()]
    assert store.digest("turns") == written_digest([written])


def test_the_digest_forgets_order_and_loading_but_nothing_else(tmp_path: Path) -> None:
    """Order and load columns do not matter; a repeated row, a moved character and a null do."""

    def digest_of(name: str, *tables: pa.Table) -> str:
        with DuckDBStore.open(tmp_path / name) as store:
            for rows in tables:
                store.append("contacts", rows)
            return store.digest("contacts")

    later = datetime(2020, 1, 1, tzinfo=UTC)
    digests = [
        digest_of("1", contacts("a", "b")),
        digest_of("2", contacts("b"), contacts("a", created_at=later)),
        digest_of("3", contacts("a", "b", "b")),
        digest_of("4", contacts("a", "b", channel="email_repl", brand_account_id="y")),
        digest_of("5", contacts("a", "b", brand_account_id="")),
    ]
    assert digests[0] == digests[1]
    assert len(set(digests[1:])) == 4


def test_the_latest_instant_is_that_of_the_latest_message(store: DuckDBStore) -> None:
    """An empty store has none."""
    assert store.latest_interaction_at() is None
    early = datetime(2009, 1, 1, tzinfo=UTC)
    store.append("interactions", messages(message("1", "9"), message("2", "9", early)))
    assert store.latest_interaction_at() == AT


def test_a_customer_is_found_with_the_answers_they_got(store: DuckDBStore) -> None:
    """Their own messages come, those of their conversations too, oldest first; others' do not."""
    early = datetime(2017, 1, 1, tzinfo=UTC)
    store.append(
        "interactions",
        messages(message("3", "agent"), message("1", "9", early), message("2", "8"), message("4", "agent")),
    )
    known = store.read("turns").schema
    fill = {"string": "twitter:9", "int64": 0, "bool": False}
    turn = {field.name: fill.get(str(field.type), AT) for field in known}
    turn.update(customer_id="twitter:9", interaction_id="twitter:3")
    store.append("turns", pa.Table.from_pylist([turn], schema=known))
    found = store.customer_interactions("twitter:9")
    assert found["external_id"].to_pylist() == ["1", "3"]
    with pytest.raises(NotFoundError, match="'twitter:7'"):
        store.customer_interactions("twitter:7")
