"""From features to a decision, a message, and the files that people read."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tweets import LOADED, NOON, Tweet, store_of

from nbalib.as_of import AsOf
from nbalib.decisions import traces
from nbalib.engines import pandas_engine
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import InputError, NotFoundError
from nbalib.predictions import export
from nbalib.predictions.assemble import Predictions, predict
from nbalib.predictions.chat_logs import on_one_line
from nbalib.predictions.customers import find_customer
from nbalib.predictions.export import CSV_COLUMNS, csv_rows, iso_instants, limited, most_pressing, write
from nbalib.predictions.log import log_decisions
from nbalib.predictions.method import Method, load_method

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.stores.duckdb_store import DuckDBStore

TALK = (
    Tweet(1, "1001", "@Brand no signal\nsince noon & it is urgent!", 0),
    Tweet(2, "Brand", "@1001 Sorry to hear that! Please DM us your phone number. ^AB", 2, 1),
    Tweet(5, "1001", "@Brand why was my bill doubled?", 5),
    Tweet(8, "1002", "@Brand the app crashes since the update", 1),
    Tweet(9, "Brand", "@1002 Please reinstall the app. ^AB", 2, 8),
    Tweet(11, "1002", "@Brand that worked, thank you!", 3, 9),
    Tweet(13, "1003", "@1001 same here", 3, 1),
)


@pytest.fixture(scope="module")
def method(repository: Path) -> Method:
    """Give the method that is shipped."""
    return load_method(repository / "params")


def predicted(store: DuckDBStore, method: Method, hours: float = 30) -> Predictions:
    """Predict `hours` after noon."""
    return predict(PandasEngine(store.connection), method, AsOf("instant", NOON + timedelta(hours=hours)))


def by_conversation(predictions: Predictions) -> dict[str, dict[str, Any]]:
    """Conversation → its row."""
    rows = predictions.rows.to_pylist()
    return {row["conversation_id"].removeprefix("twitter:"): row for row in rows}


def test_every_conversation_gets_a_full_answer(tmp_path: Path, method: Method) -> None:
    """Open issues get a channel, words and an instant; resolved ones get no_action with a reason."""
    with store_of(tmp_path, TALK) as store:
        rows = by_conversation(predicted(store, method))
    assert set(rows) == {"1:1001", "5:1001", "8:1002", "1:1003"}
    done, waiting = rows["8:1002"], rows["5:1001"]
    assert (done["resolution_status"], done["channel"], done["message"]) == ("resolved", "no_action", "")
    assert (done["issue_status"], done["send_time"]) == ("resolved", None)
    assert (waiting["resolution_status"], waiting["awaiting"]) == ("open", "agent")
    assert waiting["channel"] != "no_action"
    assert waiting["message_source"] == "template"
    assert waiting["send_time"] >= NOON + timedelta(hours=30)


def test_reasoning_names_the_rule_and_its_facts(tmp_path: Path, method: Method) -> None:
    """The sentence has the rule's name, and each fact it compares with its value."""
    with store_of(tmp_path, TALK) as store:
        row = by_conversation(predicted(store, method))["5:1001"]
    assert f"[rule {row['rule']}" in row["reasoning"]
    assert "awaiting an agent" in row["reasoning"]


def test_the_trace_tells_candidates_removals_and_numbers(tmp_path: Path, method: Method) -> None:
    """A trace lists what could be done, what was removed and why, who came second, and every number used."""
    with store_of(tmp_path, TALK) as store:
        row = by_conversation(predicted(store, method))["5:1001"]
    trace = json.loads(row["trace"])
    assert "no_action" in trace["candidates"]
    assert set(trace["removed"]) == {"twitter_dm_reply", "email_reply", "scheduling_phone_call"}
    assert trace["rule"] == row["rule"]
    assert trace["numbers"]["hours_since_customer"] == 25.0


def test_the_chat_log_has_one_line_a_message(tmp_path: Path, method: Method) -> None:
    """Line feeds inside a message become slashes, so that a line is a message."""
    with store_of(tmp_path, TALK) as store:
        row = by_conversation(predicted(store, method))["1:1001"]
    assert row["chat_log"].splitlines() == [
        "[2017-11-01 12:00 UTC] Customer 1001: @Brand no signal / since noon & it is urgent!",
        "[2017-11-01 14:00 UTC] Agent Brand: @1001 Sorry to hear that! Please DM us your phone number. ^AB",
    ]


def test_a_follow_up_waits_for_the_cool_off(tmp_path: Path, method: Method) -> None:
    """Where an agent spoke last, nothing is sent before the cool-off since then has passed."""
    with store_of(tmp_path, TALK) as store:
        row = by_conversation(predicted(store, method, hours=3))["1:1001"]
    assert row["channel"] != "no_action"
    assert row["send_time"] >= NOON + timedelta(hours=2 + method.params.policy.cool_off_hours)


def test_the_most_pressing_issue_stands_for_the_customer(tmp_path: Path, method: Method) -> None:
    """The CSV file has one row per customer and brand; the Parquet file has every conversation."""
    with store_of(tmp_path, TALK) as store:
        predictions = predicted(store, method)
    written = write(predictions, tmp_path / "out")
    with written.csv.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["customer_id"] for row in rows] == ["twitter:1001"]
    assert rows[0]["chat_log"].count("\n") == 0
    assert "bill doubled" in rows[0]["chat_log"]
    assert rows[0]["send_time"].endswith("Z")
    assert pq.read_table(written.parquet).num_rows == 4
    assert (written.n_csv, written.n_resolved, written.n_no_issue, written.n_less_pressing) == (1, 1, 1, 1)


def test_cells_are_safe_in_a_spreadsheet(tmp_path: Path, method: Method) -> None:
    """A text that a spreadsheet would compute is shown as text."""
    with store_of(tmp_path, TALK) as store:
        rows = most_pressing(predicted(store, method))
    place = rows.column_names.index("message")
    for text in ("=1+1", "+1", "-1", "@sum", "\tx"):
        made = csv_rows(rows.set_column(place, "message", [[text] * rows.num_rows]))
        assert set(made["message"].to_pylist()) == {f"'{text}"}


def test_a_number_of_customers_keeps_the_most_pressing(tmp_path: Path, method: Method) -> None:
    """--customers 1 keeps every conversation of the most pressing customer and of no other."""
    with store_of(tmp_path, TALK) as store:
        kept = limited(predicted(store, method), 1)
    assert set(by_conversation(kept)) == {"1:1001", "5:1001"}


def test_one_customer_is_decided_as_in_the_batch(tmp_path: Path, method: Method) -> None:
    """Asked for one customer, every column of every row is as it is for all."""
    with store_of(tmp_path, TALK) as store:
        engine = PandasEngine(store.connection)
        instant = AsOf("instant", NOON + timedelta(hours=30))
        whole = predict(engine, method, instant).rows.to_pylist()
        alone = predict(engine, method, instant, ["twitter:1001"]).rows.to_pylist()
    assert alone == [row for row in whole if row["customer_id"] == "twitter:1001"]


@pytest.mark.parametrize("as_of", [AsOf("last-message"), AsOf("instant", NOON + timedelta(hours=4))])
def test_the_size_of_parts_does_not_matter(
    tmp_path: Path, method: Method, monkeypatch: pytest.MonkeyPatch, as_of: AsOf
) -> None:
    """Read, explained and written some rows at a time, all predictions and both files are the same."""
    small = {
        (pandas_engine, "READ_ROWS"): 2,
        (pandas_engine, "PART_BYTES"): 1,
        (traces, "ROWS_AT_ONCE"): 2,
        (export, "BYTES_AT_ONCE"): 1,
        (export, "ROWS_IN_A_GROUP"): 1,
    }
    with store_of(tmp_path, TALK) as store:
        engine = PandasEngine(store.connection)
        whole = predict(engine, method, as_of)
        one = write(whole, tmp_path / "one")
        for (module, name), size in small.items():
            monkeypatch.setattr(module, name, size)
        parted = predict(engine, method, as_of)
    assert parted.rows["chat_log"].num_chunks > 1
    assert parted.rows.to_pylist() == whole.rows.to_pylist()
    other = write(parted, tmp_path / "other")
    assert other.csv.read_bytes() == one.csv.read_bytes()
    assert pq.read_table(other.parquet).equals(pq.read_table(one.parquet))
    assert pq.read_metadata(other.parquet).num_row_groups == whole.rows.num_rows


@given(st.lists(st.text(alphabet="ab \t\r\n", max_size=8), max_size=8), st.integers(0, 3))
def test_line_feeds_and_the_blanks_around_them_become_a_stroke(texts: list[str], begin: int) -> None:
    """Also in a slice of a longer column, and in its first and last text."""
    found = on_one_line(pa.array(texts, pa.string()).slice(begin)).to_pylist()
    assert found == [re.sub(r"\s*[\r\n]+\s*", " / ", text) for text in texts[begin:]]


def test_instants_are_said_to_the_second() -> None:
    """In UTC with a Z, whatever is below a second left out; null stays null."""
    instants = pa.chunked_array([[NOON + timedelta(microseconds=999_999), None]], pa.timestamp("us", "UTC"))
    assert iso_instants(instants).to_pylist() == ["2017-11-01T12:00:00Z", None]


def test_a_decision_is_logged_once(tmp_path: Path, method: Method) -> None:
    """Predicting the same again adds nothing to the log; another instant does."""
    with store_of(tmp_path, TALK) as store:
        first = predicted(store, method)
        assert log_decisions(store, first, LOADED) == 4
        assert log_decisions(store, predicted(store, method), LOADED) == 0
        assert log_decisions(store, predicted(store, method, hours=31), LOADED) == 4


def test_nothing_known_is_no_prediction(tmp_path: Path, method: Method) -> None:
    """Before the first message there is no row, and the files say so by being empty."""
    with store_of(tmp_path, TALK) as store:
        predictions = predicted(store, method, hours=-1)
    written = write(predictions, tmp_path / "out")
    assert (written.n_csv, written.n_parquet) == (0, 0)
    assert written.csv.read_text(encoding="utf-8").strip() == ",".join(CSV_COLUMNS)


def test_customers_are_found_by_either_id(tmp_path: Path) -> None:
    """The bare id is enough where it is unambiguous; an unknown one is named."""
    with store_of(tmp_path, TALK) as store:
        engine = PandasEngine(store.connection)
        assert find_customer(engine, "1001") == find_customer(engine, "twitter:1001") == "twitter:1001"
        with pytest.raises(NotFoundError, match="Customer profile not found for ID: 7"):
            find_customer(engine, "7")
        with pytest.raises(NotFoundError):
            find_customer(engine, "x' OR '1'='1")
        for table, platform in (("customer_profiles", ""), ("conversations", ", 'email' AS platform_type")):
            store.connection.execute(
                f"INSERT INTO {table} SELECT * REPLACE ('email:1001' AS customer_id{platform}) "
                f"FROM {table} WHERE customer_id = 'twitter:1001'"
            )
        with pytest.raises(InputError, match="give one of email:1001, twitter:1001"):
            find_customer(engine, "1001")
