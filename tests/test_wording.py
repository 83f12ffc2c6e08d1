"""Values are said in their units, and whole columns are filled as each row alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbalib.decisions.saying import say, say_all
from nbalib.decisions.wording import fill, read_template
from nbalib.errors import ParameterError


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("hours_open", 0.0, "0 min"),
        ("hours_open", 0.4, "24 min"),
        ("hours_open", 0.99, "59 min"),
        ("hours_open", 0.995, "1 h"),  # 59.7 minutes
        ("hours_open", 3.5, "3.5 h"),
        ("hours_open", 3.04, "3 h"),
        ("hours_open", 9.94, "9.9 h"),
        ("hours_open", 9.96, "10 h"),
        ("hours_open", 26.3, "26 h"),
        ("hours_open", 72.4, "72 h"),
        ("hours_open", 72.6, "3 days"),
        ("hours_open", 120.0, "5 days"),
        ("hours_open", 54_000.0, "2,250 days"),
        ("hours_since_agent", None, "unknown"),
        ("n_customer_24h", 1, "1 message"),
        ("n_customer_24h", 0, "0 messages"),
        ("n_interactions", 1234, "1,234 interactions"),
        ("n_open_issues", 2, "2 issues"),
        ("n_contacts_7d", 1, "1 contact"),
        ("mood", -0.345, "-0.34"),
        ("mood", 0.5, "+0.50"),
        ("mood", 0.001, "0"),
        ("p_resolved", 0.634, "63 %"),
        ("is_urgent", True, "yes"),
        ("is_urgent", None, "unknown"),
        ("awaiting", "agent", "an agent"),
        ("resolution_status", "no_issue", "no issue"),
        ("asked_channel", "email", "e-mail"),
        ("topic", "billing", "billing"),
        ("topic", None, "unknown"),
        ("as_of", datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC), "2017-10-31 22:10 UTC"),
        # Not features: the suffix tells the unit, else they are said plainly.
        ("wait_hours", 24, "24 h"),
        ("many", 5, "5"),
        ("many", 2.5, "2.5"),
        ("many", 1_000_000, "1,000,000"),
        ("brand_name", "Café {x}", "Café {x}"),
        ("switched", True, "yes"),
    ],
)
def test_a_value_is_said_in_its_unit(name: str, value: Any, words: str) -> None:
    """Numbers are rounded to what a reader needs, and carry their unit."""
    assert say(name, value) == words


def test_a_template_is_filled_for_every_row() -> None:
    """Slots take each row's words, constants are the same for all, and doubled braces are braces."""
    template = read_template(
        "{{{topic}}}: {n_customer_24h}, more than {many}, waiting {hours_open}.",
        ["topic", "n_customer_24h", "hours_open"],
        {"many": 2},
    )
    columns = {
        "topic": pa.array(["billing", None]),
        "n_customer_24h": pa.array([3, 1]),
        "hours_open": pa.chunked_array([pa.array([0.5]), pa.array([100.0])]),
    }
    assert fill(template, columns).to_pylist() == [
        "{billing}: 3 messages, more than 2, waiting 30 min.",
        "{unknown}: 1 message, more than 2, waiting 4 days.",
    ]


def test_words_are_not_read_as_a_template_again() -> None:
    """A text with braces is shown as it is, whatever it names."""
    columns = {"topic": pa.array(["{language}"]), "language": pa.array(["en"])}
    assert fill("{topic}/{language}", columns).to_pylist() == ["{language}/en"]


def test_a_text_without_slots_is_repeated() -> None:
    """Every row gets it, also when there are no rows."""
    assert fill("hello", {"topic": pa.array(["a", "b"])}).to_pylist() == ["hello", "hello"]
    assert fill("hello", {"topic": pa.array([], pa.string())}).to_pylist() == []
    assert fill("hello {topic}", {"topic": pa.array([], pa.string())}).to_pylist() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{topc}", r"unknown slot {topc} in '{topc}'; did you mean 'topic'\?"),
        ("{topic.x}", "a slot is a bare name"),
        ("{topic[0]}", "a slot is a bare name"),
        ("{topic!r}", "a slot is a bare name"),
        ("{topic:>10}", "a slot is a bare name"),
        ("{}", "a slot is a bare name"),
        ("{0}", "a slot is a bare name"),
        ("{ topic }", "a slot is a bare name"),
        ("{topic", "the braces in '{topic' do not match"),
        ("topic}", "the braces in 'topic}' do not match"),
    ],
)
def test_a_faulty_template_is_refused(text: str, said: str) -> None:
    """A slot is the name of a column and nothing more; the error shows the template."""
    with pytest.raises(ParameterError, match=said):
        read_template(text, ["topic"])


def test_a_missing_column_is_refused() -> None:
    """A template that was read for other columns is not filled with gaps."""
    template = read_template("{topic}", ["topic"])
    with pytest.raises(ParameterError, match=r"slot {topic} has no column; did you mean 'topics'\?"):
        fill(template, {"topics": pa.array(["x"])})
    with pytest.raises(ParameterError, match="no column to tell how many"):
        fill(template, {})


@given(st.lists(st.none() | st.floats(0, 1e5), max_size=30))
def test_a_column_is_said_as_its_values_alone(hours: list[float | None]) -> None:
    """A row's words do not depend on the rows around it."""
    said = say_all("hours_open", pa.array(hours, pa.float64())).to_pylist()
    assert said == [say("hours_open", one) for one in hours]


@given(st.floats(0, 1e5))
def test_a_span_is_not_far_from_its_words(hours: float) -> None:
    """What is said differs from what is meant by half of the last digit at most."""
    amount, unit = say("hours_open", hours).split()
    size, step = {"min": (1 / 60, 1), "h": (1, 0.1 if hours < 9.95 else 1), "days": (24, 1)}[unit]
    assert abs(float(amount.replace(",", "")) * size - hours) <= size * step / 2 + 1e-6
