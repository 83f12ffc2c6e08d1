"""Reading Twitter's dumps: the file in the tables' words, and reasons for what cannot be read."""

from __future__ import annotations

import gzip
import html
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dumps import HEADER, NOW, WRITTEN, WRITTEN_AT, dump, put, row
from hypothesis import example, given
from hypothesis import strategies as st

from nbalib.errors import SchemaError, SourceError
from nbalib.sources.entities import decoded
from nbalib.sources.files import find_files, opened
from nbalib.sources.ids import mended_id
from nbalib.sources.instants import read_instant, read_instants
from nbalib.sources.registry import source_named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def read(*paths: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Give rows, rejected rows and the number of blank rows of files."""
    rows: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    n_blank = 0
    for found in find_files(paths):
        with opened(found) as file:
            for batch in source_named("twitter").batches(file, now=NOW):
                assert batch.n_read == batch.rows.num_rows + batch.rejected.num_rows + batch.n_blank
                rows += batch.rows.to_pylist()
                rejected += batch.rejected.to_pylist()
                n_blank += batch.n_blank
            file.finish()
    return rows, rejected, n_blank


def read_rows(folder: Path, *rows: Sequence[str], **form: Any) -> list[dict[str, Any]]:
    """Write rows to a file and read it; none may be rejected."""
    found, rejected, _ = read(put(folder / "made.csv", dump(rows, **form)))
    assert rejected == []
    return found


def refused(folder: Path, *rows: Sequence[str], **form: Any) -> list[tuple[int, str, str]]:
    """Write rows to a file, read it, and give number, reason and detail of what was rejected."""
    _, rejected, _ = read(put(folder / "made.csv", dump(rows, **form)))
    return [(one["row_number"], one["reason"], one["detail"]) for one in rejected]


def test_a_row_in_the_words_of_the_tables(tmp_path: Path) -> None:
    """Every field of an agent's reply and of a customer's opening message."""
    reply = row(2, "Hi &amp; sorry", author="sprintcare", inbound="False", answers="4,5", parent="1")
    assert read_rows(tmp_path, row(1), reply) == [
        {
            "external_id": "1",
            "platform_type": "twitter",
            "participant_external_id": "115712",
            "platform_role": "customer",
            "content_text": "hello",
            "content_metadata": None,
            "interaction_timestamp": WRITTEN_AT,
            "parent_external_id": None,
            "interaction_type": "tweet",
            "platform_metadata": None,
            "edited_at": None,
            "row_number": 1,
        },
        {
            "external_id": "2",
            "platform_type": "twitter",
            "participant_external_id": "sprintcare",
            "platform_role": "agent",
            "content_text": "Hi & sorry",
            "content_metadata": '{"html_decoded": true}',
            "interaction_timestamp": WRITTEN_AT,
            "parent_external_id": "1",
            "interaction_type": "reply",
            "platform_metadata": '{"response_tweet_id": "4,5"}',
            "edited_at": None,
            "row_number": 2,
        },
    ]


def test_the_form_of_the_file_does_not_matter(tmp_path: Path) -> None:
    """A byte order mark, line ends, quoting, the order of columns and further columns change nothing."""
    rows = [row(1, "two\nlines 😀"), row(2, "a\rreturn", parent="1.0", inbound="TRUE"), row(3, 'so "x", y')]
    plain = read_rows(tmp_path, *rows)
    order = [6, 2, 4, 0, 5, 3, 1]
    moved = [[*(one[place] for place in order), "kept out"] for one in rows]
    marked = put(tmp_path / "marked.csv", b"\xef\xbb\xbf" + dump(rows, line_end="\r\n"))
    assert read(marked)[0] == plain
    assert read_rows(tmp_path, *rows, quoting=1) == plain
    assert read_rows(tmp_path, *moved, header=[*(HEADER[place] for place in order), "likes"]) == plain
    assert [one["content_text"] for one in plain] == ["two\nlines 😀", "a\rreturn", 'so "x", y']


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("AT&amp;T", "AT&T"),
        ("&amp;lt;", "&lt;"),
        ("&lt;3 &gt;", "<3 >"),
        ("&#39;&#x27;&quot;", "''\""),
        ("a?b=1&copy=2 R&D &c; &unknown;", "a?b=1&copy=2 R&D &c; &unknown;"),
        ("NA", "NA"),
        ("null", "null"),
        ("None", "None"),
        ("", ""),
        ("  blanks  ", "  blanks  "),
        ("caf\u00c3\u00a9", "caf\u00c3\u00a9"),
    ],
)
def test_texts_stay_as_they_are_but_for_entities_decoded_once(
    tmp_path: Path, written: str, read_as: str
) -> None:
    """Words that look like nothing are words, blanks stay, and what was decoded is noted."""
    [found] = read_rows(tmp_path, row(1, written))
    assert found["content_text"] == read_as
    assert found["content_metadata"] == ('{"html_decoded": true}' if written != read_as else None)


@given(st.text(st.sampled_from("&;#x3lt gamp"), max_size=30))
def test_texts_escaped_once_come_back(text: str) -> None:
    """Escaping as Twitter does and decoding are each other's reverse."""
    assert decoded(html.escape(text, quote=False)) == text


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("192625", "192625"),
        (" 192625 ", "192625"),
        ("192625.0", "192625"),
        ("1,55,157", "155157"),
        ("155,157", "155157"),
        ("12,34,56,789", "123456789"),
        ("1234567890123456789", "1234567890123456789"),
        ("1,234,567,890,123,456,789", None),
        ("1234567890123456789.0", None),
        ("9.12346E+17", None),
        ("15,5157", None),
        ("007", None),
        ("0", None),
        ("-5", None),
        ("3.5", None),
        ("99999999999999999999", None),
        ("abc", None),
        ("nan", None),
        ("٣", None),
    ],
)
def test_an_id_is_certain_or_none(tmp_path: Path, written: str, read_as: str | None) -> None:
    """Ids come through data frames and spreadsheets whole, or the row is rejected with what stood there."""
    rows = (row(written), row(8, parent=written))
    if read_as is None:
        assert mended_id(written) is None
        assert refused(tmp_path, *rows) == [(1, "bad_tweet_id", written), (2, "bad_parent_id", written)]
    else:
        own, child = read_rows(tmp_path, *rows)
        assert (own["external_id"], child["parent_external_id"]) == (read_as, read_as)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2", '{"response_tweet_id": "2"}'),
        ("9,6,10", '{"response_tweet_id": "9,6,10"}'),
        ("155,157", '{"response_tweet_id": "155,157"}'),
        ("192625.0", '{"response_tweet_id": "192625"}'),
        ("1,55,157", '{"response_tweet_id_as_found": "1,55,157"}'),
        ("2,00,000", '{"response_tweet_id_as_found": "2,00,000"}'),
        ('say "x"', '{"response_tweet_id_as_found": "say \\"x\\""}'),
        ("", None),
        (" ", None),
    ],
)
def test_a_damaged_list_of_answers_costs_no_row(tmp_path: Path, written: str, kept: str | None) -> None:
    """The list is kept when it is certainly one; else as it was found."""
    [found] = read_rows(tmp_path, row(1, answers=written))
    assert found["platform_metadata"] == kept


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("True", "customer"),
        ("TRUE", "customer"),
        ("true", "customer"),
        (" False", "agent"),
        ("FALSE", "agent"),
        ("false", "agent"),
    ],
)
def test_the_direction_of_a_message(tmp_path: Path, written: str, role: str) -> None:
    """True, TRUE and true are inbound."""
    assert read_rows(tmp_path, row(1), row(2, inbound=written))[1]["platform_role"] == role


@pytest.mark.parametrize(
    ("cells", "reason", "detail"),
    [
        ({"author": ""}, "empty_author", ""),
        ({"author": "  "}, "empty_author", "  "),
        ({"author": "a b"}, "bad_author_id", "a b"),
        ({"author": "twitter:7"}, "bad_author_id", "twitter:7"),
        ({"inbound": "yes"}, "bad_inbound", "yes"),
        ({"inbound": ""}, "bad_inbound", ""),
        ({"at": ""}, "bad_date", ""),
        ({"at": "soon"}, "bad_date", "soon"),
        ({"at": "Tue Oct 31 22:10:47 +0000 0000"}, "bad_date", "Tue Oct 31 22:10:47 +0000 0000"),
        ({"at": "Wed Jan 01 00:00:01 +0000 2020"}, "future_date", "Wed Jan 01 00:00:01 +0000 2020"),
        ({"text": "a\0b"}, "nul_in_text", "a\u2400b"),
        ({"text": "x" * 100_001}, "text_too_long", "x" * 200),
    ],
)
def test_a_row_that_cannot_be_believed_is_rejected_with_a_reason(
    tmp_path: Path, cells: dict[str, str], reason: str, detail: str
) -> None:
    """The rows around it are read; the reason, the value and the row as it came are kept."""
    bad = row(2, **{"text": 'hi, "you"', **cells})
    found, rejected, _ = read(put(tmp_path / "made.csv", dump([row(1), bad, row(3)])))
    assert [one["external_id"] for one in found] == ["1", "3"]
    raw = dump([bad], header=[]).decode().split("\n", 1)[1].removesuffix("\n")
    assert rejected == [
        {
            "row_number": 2,
            "reason": reason,
            "detail": detail,
            "raw": raw[:100_000].replace("\0", "\u2400"),
        }
    ]


def test_accounts_that_went_through_a_spreadsheet(tmp_path: Path) -> None:
    """A number of an account is mended like an id; a name keeps its case."""
    found = read_rows(tmp_path, row(1, author="115712.0"), row(2, author="1,15,712"), row(3, author="O2"))
    assert [one["participant_external_id"] for one in found] == ["115712", "115712", "O2"]


def test_rows_of_commas_are_blank_and_not_rejected(tmp_path: Path) -> None:
    """Blank rows at the end of a spreadsheet's export are counted."""
    content = dump([row(1)], line_end="\r\n") + b",,,,,,\r\n" * 1000 + b' ,,"",,,,\r\n'
    found, rejected, n_blank = read(put(tmp_path / "made.csv", content))
    assert (len(found), rejected, n_blank) == (1, [], 1001)


def test_an_edit_instant_is_read_where_there_is_one(tmp_path: Path) -> None:
    """The further column edited_at may be empty; one that is no instant, or lies ahead, is refused."""
    header = [*HEADER, "edited_at"]
    [first, second] = read_rows(tmp_path, [*row(1), ""], [*row(2), "2017-11-01T00:00:00Z"], header=header)
    assert (first["edited_at"], second["edited_at"]) == (None, datetime(2017, 11, 1, tzinfo=UTC))
    bad = ([*row(1), "later"], [*row(2), "2021-01-01T00:00:00Z"])
    assert [one[1] for one in refused(tmp_path, *bad, header=header)] == ["bad_edit_date", "future_date"]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        (WRITTEN, WRITTEN_AT),
        ("tue oct 31 22:10:47 +0000 2017", WRITTEN_AT),
        ("Tue Oct 31 23:40:47 +0130 2017", WRITTEN_AT),
        ("Tue Oct 31 20:10:47 -0200 2017", WRITTEN_AT),
        (" 2017-10-31T22:10:47Z", WRITTEN_AT),
        ("2017-10-31 23:10:47+01:00", WRITTEN_AT),
        ("Wed Feb 29 00:00:00 +0000 2012", datetime(2012, 2, 29, tzinfo=UTC)),
        ("Thu Feb 29 00:00:00 +0000 2011", None),
        ("Wed Feb 29 00:00:00 +0000 1900", None),
        ("Tue Oct 32 22:10:47 +0000 2017", None),
        ("Tue Oct 00 22:10:47 +0000 2017", None),
        ("Tue Okt 31 22:10:47 +0000 2017", None),
        ("Die Oct 31 22:10:47 +0000 2017", None),
        ("Tue Oct 31 24:10:47 +0000 2017", None),
        ("Tue Oct 31 22:60:47 +0000 2017", None),
        ("Tue Oct 31 22:10:60 +0000 2017", None),
        ("Tue Oct 31 22:10:4x +0000 2017", None),
        ("Wed Dec 31 23:59:59 +0000 1969", None),
        ("2017-10-31T22:10:47", None),
        ("1509487847", None),
        ("", None),
    ],
)
def test_an_instant_is_read_or_refused(text: str, instant: datetime | None) -> None:
    """Offsets are minded, leap years known, and what is no instant since 1970 is none."""
    micros, is_read = read_instants(pa.array([WRITTEN, text]))
    assert bool(is_read[1]) == (instant is not None)
    assert micros[1] == (0 if instant is None else int(instant.timestamp()) * 1_000_000)
    assert read_instant(text) == instant


@given(
    st.integers(2 * 86_400, 253_402_041_600),
    st.integers(-14 * 60, 14 * 60),
)
@example(951_868_799, 0)
def test_every_instant_is_read_as_strftime_wrote_it(seconds: int, offset_minutes: int) -> None:
    """The quick reading at fixed places and the slow one agree with the standard library."""
    for zone in (UTC, timezone(timedelta(minutes=offset_minutes))):
        instant = datetime.fromtimestamp(seconds, zone)
        written = instant.strftime("%a %b %d %H:%M:%S %z ") + f"{instant.year:04d}"
        micros, is_read = read_instants(pa.array([written]))
        assert is_read.tolist() == [True]
        assert micros.tolist() == [seconds * 1_000_000]


def contained(folder: Path, kind: str, content: bytes, rows: Sequence[Sequence[str]]) -> Path:
    """Put the rows into a container."""
    if kind == "gzip":
        return put(folder / "made.csv.gz", gzip.compress(content[:100]) + gzip.compress(content[100:]))
    if kind == "zip":
        with zipfile.ZipFile(folder / "made.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("folder/made.csv", content)
            archive.writestr("README.txt", "words")
        return folder / "made.zip"
    if kind == "parquet":
        columns = dict(zip(HEADER, map(list, zip(*rows, strict=True)), strict=True))
        pq.write_table(pa.table(columns), folder / "made.parquet")
        return folder / "made.parquet"
    inside = folder / "inside"
    inside.mkdir()
    put(inside / "made.csv", content)
    put(inside / "_SUCCESS", b"")
    put(inside / "notes.txt", b"words")
    return inside if kind == "folder" else folder / "in*" / "*.csv"


@pytest.mark.parametrize("kind", ["gzip", "zip", "parquet", "folder", "glob"])
def test_containers_hold_the_same_rows(tmp_path: Path, kind: str) -> None:
    """Packed, in a folder or found by a pattern, the rows are the same."""
    rows = [row(number, f"text {number}\n&amp;", parent="3") for number in range(1, 50)]
    content = dump(rows)
    plain = read(put(tmp_path / "plain.csv", content))
    assert len(plain[0]) == 49
    assert read(contained(tmp_path, kind, content, rows)) == plain


def test_parquet_with_types_reads_as_text_would(tmp_path: Path) -> None:
    """Whole and floating-point ids, NaN and null, flags and instants of a typed file are understood."""
    columns = {
        "tweet_id": pa.array([1, 2], pa.int64()),
        "author_id": pa.array(["115712", "O2"], pa.large_string()).dictionary_encode(),
        "inbound": pa.array([True, False]),
        "created_at": pa.array([WRITTEN_AT, WRITTEN_AT], pa.timestamp("ns", "Europe/Berlin")),
        "text": pa.array(["hello", None], pa.large_string()),
        "response_tweet_id": pa.array([None, "5,7"], pa.string()),
        "in_response_to_tweet_id": pa.array([float("nan"), 192625.0]),
    }
    pq.write_table(pa.table(columns), tmp_path / "typed.parquet")
    expected = read_rows(
        tmp_path, row(1), row(2, "", author="O2", inbound="False", answers="5,7", parent="192625")
    )
    assert read(tmp_path / "typed.parquet") == (expected, [], 0)


def test_parquet_with_fractions_of_a_second_keeps_them(tmp_path: Path) -> None:
    """An instant between two seconds is not rounded; one without a zone is refused."""
    columns = {name: pa.array([cell]) for name, cell in zip(HEADER, row(1), strict=True)}
    instant = WRITTEN_AT + timedelta(microseconds=250_001)
    columns["created_at"] = pa.array([instant], pa.timestamp("us", "UTC"))
    pq.write_table(pa.table(columns), tmp_path / "fine.parquet")
    [found], _, _ = read(tmp_path / "fine.parquet")
    assert found["interaction_timestamp"] == instant
    columns["created_at"] = pa.array([instant.replace(tzinfo=None)], pa.timestamp("us"))
    pq.write_table(pa.table(columns), tmp_path / "naive.parquet")
    with pytest.raises(SchemaError, match=r"naive\.parquet: column 'created_at' .* without a time zone"):
        read(tmp_path / "naive.parquet")


def test_columns_that_are_missing_are_named_with_what_was_meant(tmp_path: Path) -> None:
    """The error names the file, the columns, what was found and the nearest names."""
    header = ["Tweet_id", "author", "inbound", "created_at", "text", "response_tweet_id"]
    path = put(tmp_path / "made.csv", dump([["1"] * 6], header))
    with pytest.raises(SchemaError) as raised:
        read(path)
    said = str(raised.value)
    assert said.startswith("made.csv lacks the columns ['tweet_id', 'author_id', 'in_response_to_tweet_id']")
    assert f"it has {header}" in said
    assert "'tweet_id'; did you mean 'Tweet_id'?" in said
    assert "'author_id'; did you mean 'author'?" in said


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Of two columns of one name, none is taken on trust."""
    path = put(tmp_path / "made.csv", dump([[*row(1), "x"]], [*HEADER, "text"]))
    with pytest.raises(SchemaError, match=r"made\.csv has the columns \['text'\] more than once"):
        read(path)


def test_an_unknown_source_is_named_with_the_nearest() -> None:
    """A misspelt source is an error that helps."""
    with pytest.raises(SourceError, match="no source 'twiter'; did you mean 'twitter'"):
        source_named("twiter")
