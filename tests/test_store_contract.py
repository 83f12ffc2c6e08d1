"""What every store does, with the truth by hand: each test runs once for each kind of store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from rows import AT, PLAIN, as_set, contact, message, row, rows, turn, written_digest

from nbalib.errors import NotFoundError, SchemaError, StoreError
from nbalib.schema import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from places import Place

    from nbalib.stores.contract import Store

ODD_TEXTS = (
    "",
    " ",
    "NULL",
    "\\N",
    "\\.",
    'a "quoted" word, and a comma',
    "two\nlines\r\nand a\ttab",
    "👩🏽‍💻 naïve Ωμέγα 日本語 \u200f\U0010ffff",
    "x" * 1_000_000,
    "é🙂" * 300_000,
)
ODD_CELLS: dict[str, tuple[Any, ...]] = {
    "string": ODD_TEXTS,
    "json": ('{"a": [1, null, "\\u0000"]}',),
    "int": (0, -1, 2**63 - 1, -(2**63)),
    "float": (0.0, -0.0, 0.1, 1 / 3, -2.5e-308, 1.7976931348623157e308, 5e-324, 123456789.123456789),
    "bool": (True, False),
    "timestamp": (
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1900, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(2017, 3, 26, 1, 30, 0, 123_456, tzinfo=UTC),
        datetime(2261, 4, 11, 23, 47, 16, 854_775, tzinfo=UTC),
    ),
}


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """Give a new store, open for writing."""
    with place.open() as opened:
        yield opened


def test_rows_outlive_the_opening_that_wrote_them(place: Place) -> None:
    """What was appended is read back, by a reader too, in the schema's types."""
    with place.open() as store:
        store.append("contacts", rows("contacts", contact("a")))
    with place.open(read_only=True) as store:
        assert store.read("contacts").to_pylist() == [contact("a")]
        chosen = store.read("contacts", ["sent_at", "contact_id"])
    assert chosen.schema.types == [pa.timestamp("us", tz="UTC"), pa.string()]
    assert chosen.to_pylist() == [{"sent_at": AT, "contact_id": "a"}]


def test_every_table_keeps_every_null_with_its_type(store: Store) -> None:
    """A row of nulls wherever they may be, and one without any, come back as they were, from every table."""
    other = {"string": "other", "int": 8}
    for table in TABLES.values():
        key = table.columns[table.names.index(table.key[0])]
        full = {column.name: PLAIN[column.kind] for column in table.columns}
        given = rows(table.name, row(table.name), {**full, key.name: other[key.kind]})
        store.replace(table.name, given)
        found = store.read(table.name)
        assert found.schema == table.arrow
        assert as_set(found) == as_set(given)


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("interactions", "content_text", "string"),
        ("interactions", "platform_metadata", "json"),
        ("turns", "mood_points", "int"),
        ("conversations", "customer_sentiment_score", "float"),
        ("turns", "is_opening", "bool"),
        ("interactions", "edited_at", "timestamp"),
    ],
)
def test_odd_values_are_kept_to_the_last_bit(place: Place, table: str, column: str, kind: str) -> None:
    """Empty, quoted and huge texts, emoji, extreme numbers, and microseconds of any century come back."""
    key = TABLES[table].key[-1]
    given = rows(
        table,
        *(row(table, **{key: str(place_), column: cell}) for place_, cell in enumerate(ODD_CELLS[kind])),
    )
    with place.open() as store:
        store.append(table, given)
    with place.open(read_only=True) as store:
        assert as_set(store.read(table)) == as_set(given)
        assert as_set(store.stream(table).read_all()) == as_set(given)


def test_a_text_with_nul_is_kept_or_refused_but_never_cut(place: Place) -> None:
    """Where a store cannot hold the character NUL it says so, and nothing is stored."""
    given = rows("contacts", contact("a\0b"))
    with place.open() as store:
        try:
            store.append("contacts", given)
        except StoreError:
            assert store.count("contacts") == 0
        else:
            assert store.read("contacts").to_pylist() == [contact("a\0b")]


def test_a_text_of_forty_megabytes_is_read_whole(store: Store) -> None:
    """No buffer on the way is a bound."""
    given = rows("contacts", contact("a", channel="x\n" * 20_000_000), contact("b"))
    store.append("contacts", given)
    assert store.read("contacts").sort_by("contact_id").equals(given)


def test_only_new_keys_are_appended(store: Store) -> None:
    """A key that is stored, or repeated among the new rows, is not added again; the first one is."""
    store.append("contacts", rows("contacts", contact("a", channel="first")))
    given = [contact(one, channel=at) for one, at in (("a", "2"), ("b", "2"), ("b", "3"), ("c", "3"))]
    assert store.append_new("contacts", rows("contacts", *given)) == 2
    kept = {one["contact_id"]: one["channel"] for one in store.read("contacts").to_pylist()}
    assert kept == {"a": "first", "b": "2", "c": "3"}
    assert store.append_new("contacts", rows("contacts", *given)) == 0


def test_a_replaced_table_holds_the_new_rows_only(store: Store) -> None:
    """Replacing is not appending, also by no rows at all."""
    store.append("contacts", rows("contacts", contact("a"), contact("b")))
    store.replace("contacts", rows("contacts", contact("c")))
    assert store.read("contacts", ["contact_id"]).to_pydict() == {"contact_id": ["c"]}
    store.replace("contacts", rows("contacts"))
    assert store.count("contacts") == 0


def test_rows_are_found_by_the_values_of_columns(store: Store) -> None:
    """All given columns must agree; a null is a value like others, and quotes are letters."""
    store.append(
        "contacts",
        rows(
            "contacts",
            contact("1", channel="a", brand_account_id="x"),
            contact("2", channel="a", brand_account_id=None),
            contact("3", channel="b' OR '1'='1", brand_account_id=None),
        ),
    )

    def found(**where: object) -> list[str]:
        return sorted(store.read("contacts", ["contact_id"], where)["contact_id"].to_pylist())

    assert found(channel="a") == ["1", "2"]
    assert found(channel="a", brand_account_id=None) == ["2"]
    assert found(channel="b' OR '1'='1") == ["3"]
    assert found(channel="c") == []


def test_what_does_not_fit_is_refused(store: Store) -> None:
    """A missing column, a null where none may be, and an unknown table or column are named."""
    given = rows("contacts", contact("a"))
    with pytest.raises(SchemaError, match=r"missing columns .*'sent_at'"):
        store.append("contacts", given.drop_columns(["sent_at"]))
    with pytest.raises(SchemaError, match="'channel'"):
        store.append_new("contacts", pa.Table.from_pylist([{**contact("a"), "channel": None}]))
    for column in ("send_at", "1; DROP TABLE contacts"):
        with pytest.raises(SchemaError, match="no column"):
            store.read("contacts", [column])
        with pytest.raises(SchemaError, match="no column"):
            store.read("contacts", where={column: 1})
    for ask in (store.count, store.read, store.stream, store.digest):
        with pytest.raises(SchemaError, match="no table 'contact'"):
            ask("contact")
    assert store.count("contacts") == 0


def test_a_stream_gives_what_is_read(store: Store) -> None:
    """Many rows come batch by batch, in the types of the table, and each of them once."""
    n = 50_000
    given = rows("touched", *(row("touched", interaction_id=f"twitter:{number}") for number in range(n)))
    store.append("touched", given)
    found = store.stream("touched").read_all()
    assert found.schema == TABLES["touched"].arrow
    assert sorted(found["interaction_id"].to_pylist()) == sorted(given["interaction_id"].to_pylist())
    assert store.stream("contacts").read_all().num_rows == 0


def test_the_latest_instant_is_that_of_the_latest_row(store: Store) -> None:
    """An empty table has none; microseconds count."""
    assert store.latest_interaction_at() is None
    late = AT + timedelta(microseconds=1)
    store.append("interactions", rows("interactions", message("1", interaction_timestamp=late), message("2")))
    assert store.latest_interaction_at() == late
    assert store.latest_at("interactions", "edited_at") is None


def test_a_customer_is_found_with_the_answers_they_got(store: Store) -> None:
    """Their own messages come, those of their conversations too, once each, oldest first; others' do not."""
    early, late = AT - timedelta(days=1), AT + timedelta(microseconds=1)
    store.append(
        "interactions",
        rows(
            "interactions",
            message("3", "agent", interaction_timestamp=late),
            message("1", "9", interaction_timestamp=early),
            message("12", "9"),
            message("2", "8"),
            message("4", "agent"),
            message("5", "9", platform_type="mail", interaction_id="mail:5"),
        ),
    )
    store.append("turns", rows("turns", turn("3", "9"), turn("1", "9"), turn("4", "8")))
    found = store.customer_interactions("twitter:9")
    assert found["external_id"].to_pylist() == ["1", "12", "3"]
    assert found.schema == TABLES["interactions"].arrow
    for nobody in ("twitter:7", "9", "twitter:9' OR '1'='1"):
        with pytest.raises(NotFoundError, match="nothing is stored of the customer"):
            store.customer_interactions(nobody)


def test_the_digest_is_what_its_description_says(store: Store) -> None:
    """Written out by hand, from a row without a brand and one with an odd one; load columns are left out."""
    given = [contact("é", brand_account_id="Ä;n;"), contact("c", created_at=AT + timedelta(days=1))]
    store.append("contacts", rows("contacts", *given))
    rest = ["word", "1509487847000000"]
    assert store.digest("contacts") == written_digest(
        [["é", None, "word", "word", "Ä;n;", *rest], ["c", None, "word", "word", None, *rest]]
    )


def test_two_readers_read_at_once(place: Place) -> None:
    """One does not wait for the other."""
    with place.open() as store:
        store.append("contacts", rows("contacts", contact("a")))
    with place.open(read_only=True) as one, place.open(read_only=True) as two:
        assert one.count("contacts") == two.count("contacts") == 1


def test_a_reader_does_not_make_a_store(place: Place) -> None:
    """Reading where nothing is says what to do."""
    for _ in range(2):
        with pytest.raises(StoreError, match="run nba ingest first"):
            place.open(read_only=True)


def test_the_layout_has_a_version(place: Place) -> None:
    """It is stored once, however often the store is opened."""
    for _ in range(2):
        with place.open() as store:
            assert store.read("schema_version", ["version"]).to_pydict() == {"version": [SCHEMA_VERSION]}


def test_a_newer_store_is_refused(place: Place) -> None:
    """A store that a later nbalib has changed is not read by this one."""
    with place.open() as store:
        store.replace("schema_version", rows("schema_version", row("schema_version", version=1000)))
    for read_only in (True, False):
        with pytest.raises(StoreError, match=r"has layout 1000.*update nbalib"):
            place.open(read_only=read_only)


def test_a_store_has_a_name(store: Store) -> None:
    """Messages can say where it is, without a password."""
    assert store.name
    assert "secret" not in store.name
