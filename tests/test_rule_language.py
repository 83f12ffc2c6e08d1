"""The rule language admits what it names and nothing else, and means what SQL means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbalib.decisions.predicates import compiled
from nbalib.decisions.rule_language import MAX_CHARACTERS, read_predicate
from nbalib.errors import RuleError
from nbalib.feature_catalogue import FEATURES
from nbalib.schema import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbalib.decisions.predicates import Value

PARAMETERS: dict[str, Value] = {"few": 3, "low": -0.25, "word": "billing", "calls": True}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Functions, casts, arithmetic and other SQL
        ("upper(topic) = 'x'", "a function or cast is not allowed"),
        ("read_text('secret') = 'x'", "a function or cast is not allowed"),
        ("n_interactions::VARCHAR = '1'", "a function or cast is not allowed"),
        ("CASE WHEN is_urgent THEN is_question END", "not allowed"),
        ("n_interactions + 1 > 2", "Add is not allowed"),
        ("topic || 'x' = 'x'", "not allowed"),
        ("topic ILIKE 'x'", "ILike is not allowed"),
        ("topic ~ 'x'", "not allowed"),
        ("topic LIKE 'x' ESCAPE '!'", "not allowed"),
        ("topic LIKE ANY ('x', 'y')", "not allowed"),
        ("is_urgent IS TRUE", "Is is not allowed"),
        ("topic IS DISTINCT FROM 'x'", "not allowed"),
        ("mood BETWEEN SYMMETRIC 1 AND 0", "Between is not allowed"),
        ("topic COLLATE nocase = 'x'", "not allowed"),
        ("$1 > 2", "Placeholder is not allowed"),
        ("? > 2", "Placeholder is not allowed"),
        ("e'x' = topic", "not allowed"),
        ("*", "not allowed"),
        # Other tables and statements
        ("n_interactions IN (SELECT 1)", "a subquery is not allowed"),
        ("EXISTS (SELECT 1 FROM interactions)", "a subquery is not allowed"),
        ("n_interactions > ALL (SELECT 1)", "a subquery is not allowed"),
        ("(FROM interactions)", "a subquery is not allowed"),
        ("FROM interactions", "not a predicate"),
        ("SELECT 1", "not a predicate"),
        ("DROP TABLE interactions", "not a predicate"),
        ("ATTACH 'other.db'", "not a predicate"),
        ("COPY interactions TO 'file'", "not a predicate"),
        ("is_urgent; DROP TABLE interactions", "not a predicate"),
        ("is_urgent; is_question", "2 predicates where one is due"),
        ("is_urgent) OR (is_question", "not a predicate"),
        ("is_urgent AS x", "not a predicate"),
        ("urgent: is_urgent", "not a predicate"),
        ("(urgent: is_urgent)", "Alias is not allowed"),
        ("interactions.is_urgent", "is not a feature's name"),
        ("main.interactions.is_urgent", "is not a feature's name"),
        # Not predicates
        ("", "0 predicates where one is due"),
        ("is_urgent =", "not a predicate"),
        ("is_urgent AND", "not a predicate"),
        ("(is_urgent", "not a predicate"),
        ("topic = 'x", "not a predicate"),
        ("mood", "is a number, where true or false is due"),
        (":few", "is a number, where true or false is due"),
        ("'true'", "is a text, where true or false is due"),
        ("is_urgent AND topic", "is a text, where true or false is due"),
        # Comparisons that cannot be, or cannot hold
        ("n_interactions = 'many'", "'n_interactions' is a number, compared with a text"),
        ("topic > 3", "'topic' is a text, compared with a number"),
        ("is_urgent = 1", "'is_urgent' is true or false, compared with a number"),
        ("topic BETWEEN 1 AND 2", "'topic' is a text, compared with a number"),
        ("topic IN ('x', 3)", "'topic' is a text, compared with a number"),
        ("topic < 'x'", "which has no order"),
        ("is_urgent >= is_question", "which has no order"),
        ("hours_open = topic", "'hours_open' is a number, compared with a text"),
        ("mood = NULL", "write IS NULL"),
        ("mood IN (1, NULL)", "write IS NULL"),
        ("n_interactions LIKE '1%'", "'n_interactions' is a number"),
        ("topic LIKE language", "LIKE compares a feature with a pattern"),
        ("'awaiting' = 'agent'", "compares two constants"),
        ("1 = 1", "compares two constants"),
        ("n_interactions IN ()", "IN needs at least one value"),
        ("n_interactions > 9223372036854775808", "too large a number"),
        ("mood < 1e999", "too large a number"),
        ("as_of > '2017-01-01'", "compare hours instead"),
        # Names that were meant otherwise
        ("is_urgnt", "unknown feature 'is_urgnt'; did you mean 'is_urgent'?"),
        ("Is_Urgent", "unknown feature 'Is_Urgent'; did you mean 'is_urgent'?"),
        ("n_interactions > :fw", "unknown parameter ':fw'; did you mean 'few'?"),
        ("awaiting = 'agnet'", "'awaiting' is never 'agnet'; did you mean 'agent'?"),
        ("'agnet' = awaiting", "'awaiting' is never 'agnet'; did you mean 'agent'?"),
        ("awaiting IN ('customer', 'Agent')", "'awaiting' is never 'Agent'; did you mean 'agent'?"),
        ("resolution_status <> :word", "'resolution_status' is never 'billing'"),
    ],
)
def test_what_is_not_allowed_is_refused(text: str, said: str) -> None:
    """A predicate outside the language is refused with what is wrong, before any row is looked at."""
    with pytest.raises(RuleError) as caught:
        read_predicate(text, PARAMETERS)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NOT " * 1_000 + "is_urgent", f"at most {MAX_CHARACTERS} are allowed"),
        ("(" * 1_000 + "is_urgent" + ")" * 900, "nested too deeply"),
        ("[" * 1_500, "nested too deeply"),
        ("NOT " * 450 + "is_urgent", "nested too deeply"),
        ("NOT " * 20 + "is_urgent", "nested more than 20 deep"),
        ("(" * 20 + "is_urgent" + ")" * 20, "nested more than 20 deep"),
        ("n_interactions = " + "- " * 900 + "1", ""),
        ("upper(" * 300 + "topic", ""),
    ],
)
def test_depth_is_refused_and_not_run_into(text: str, said: str) -> None:
    """A predicate that is too long or too deep is refused by a `RuleError`."""
    with pytest.raises(RuleError) as caught:
        read_predicate(text, PARAMETERS)
    assert said in str(caught.value)


def test_what_is_just_not_too_deep_is_read() -> None:
    """Nineteen NOTs around a feature are twenty levels, and turn it round."""
    forms = compiled(read_predicate("NOT " * 19 + "is_urgent", {}))
    assert [forms.row({"is_urgent": value}) for value in (True, False, None)] == [False, True, None]


def test_a_long_list_is_not_deep() -> None:
    """Fifty conditions joined by AND are read, however the parser nests them."""
    forms = compiled(read_predicate(" AND ".join(["is_urgent"] * 50), {}))
    assert [forms.row({"is_urgent": value}) for value in (True, False, None)] == [True, False, None]


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("mood < :low", {"mood": -0.3}, True),
        ("mood < :low", {"mood": None}, None),
        ("NOT mood < :low", {"mood": None}, None),
        ("mood < :low OR is_urgent", {"mood": None, "is_urgent": True}, True),
        ("mood < :low AND is_urgent", {"mood": None, "is_urgent": False}, False),
        ("mood IS NULL", {"mood": None}, True),
        ("mood IS NOT NULL", {"mood": None}, False),
        ("topic NOT LIKE 'bill%'", {"topic": "billing"}, False),
        ("topic NOT IN ('a', 'b')", {"topic": None}, None),
        ("n_interactions NOT BETWEEN 2 AND 4", {"n_interactions": 4}, False),
        ("5 < n_interactions", {"n_interactions": 6}, True),
        (
            "hours_since_agent < hours_since_customer",
            {"hours_since_agent": 1.0, "hours_since_customer": 2},
            True,
        ),
        (":calls AND is_urgent", {"is_urgent": True}, True),
        ("is_urgent = false", {"is_urgent": False}, True),
        ("topic = 'it''s; -- x'", {"topic": "it's; -- x"}, True),
        ("topic LIKE '100%_.'", {"topic": "100 %é."}, True),
        ("topic LIKE 'a_%c'", {"topic": "a\n\nc"}, True),
        ("topic LIKE 'a.c'", {"topic": "abc"}, False),
        ("topic LIKE 'a\\%'", {"topic": "a\\b"}, True),
    ],
)
def test_a_predicate_means_what_sql_means(text: str, row: dict[str, Any], expected: bool | None) -> None:
    """Both forms give true, false or null as SQL's three-valued logic has it."""
    forms = compiled(read_predicate(text, PARAMETERS))
    assert forms.row(row) is expected
    columns = {name: pa.array([value], ARROW_TYPES[FEATURES[name].kind]) for name, value in row.items()}
    assert forms.columns(columns).to_pylist() == [expected]


# From here on: random predicates on random rows, against DuckDB.

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "n_interactions": st.integers(-3, 8),
    "n_customer_24h": st.integers(-3, 8),
    "hours_since_customer": st.sampled_from([-1.5, 0.0, 2.5, 3.0, 24.0, 1e6]),
    "mood": st.sampled_from([-1.0, -0.25, 0.0, 0.1, 1.0]),
    "is_urgent": st.booleans(),
    "is_complaint": st.booleans(),
    "topic": st.text("ab%_.\\é\n'", max_size=4),
    "language": st.text("ab%_.\\é\n'", max_size=4),
    "awaiting": st.sampled_from(["agent", "customer", "nobody"]),
}
NUMBERS = ("n_interactions", "n_customer_24h", "hours_since_customer", "mood")
TEXTS = ("topic", "language")

numbers = st.sampled_from([":few", ":low", "0", "2.5", "-1", "24", "1e2"]) | st.integers(-3, 8).map(str)
texts = st.text("ab%_.\\é\n'", max_size=4).map(lambda text: "'" + text.replace("'", "''") + "'") | st.just(
    ":word"
)
orders = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "!="])


def _atoms() -> st.SearchStrategy[str]:
    """Predicates without AND, OR and NOT."""
    number, text = st.sampled_from(NUMBERS), st.sampled_from(TEXTS)
    nots = st.sampled_from(["", "NOT "])
    flags = st.sampled_from(["is_urgent", "is_complaint", "true", "false", ":calls"])
    words = st.lists(st.sampled_from(["'agent'", "'customer'", "'nobody'"]), min_size=1, max_size=2)
    return st.one_of(
        st.tuples(number, orders, numbers | number).map(" ".join),
        st.tuples(numbers, orders, number).map(" ".join),
        st.tuples(text, st.sampled_from(["=", "<>"]), texts | text).map(" ".join),
        st.builds("{} {}LIKE {}".format, text, nots, texts),
        st.builds("{} {}BETWEEN {} AND {}".format, number, nots, numbers | number, numbers),
        st.builds(
            lambda name, no, among: f"{name} {no}IN ({', '.join(among)})",
            number,
            nots,
            st.lists(numbers, min_size=1, max_size=3),
        ),
        st.builds(lambda no, among: f"awaiting {no}IN ({', '.join(among)})", nots, words),
        st.builds("{} IS {}NULL".format, st.sampled_from(tuple(VALUES)), nots),
        flags,
        st.sampled_from(["is_urgent = is_complaint", "is_urgent <> true"]),
    )


predicates = st.recursive(
    _atoms(),
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.builds("({}) AND ({})".format, inner, inner),
        st.builds("({}) OR ({})".format, inner, inner),
        st.builds("{} AND {} OR {}".format, _atoms(), _atoms(), _atoms()),
    ),
    max_leaves=6,
)
rows = st.lists(
    st.fixed_dictionaries({name: values | st.none() for name, values in VALUES.items()}),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty database."""
    with duckdb.connect(":memory:") as opened:
        yield opened


@settings(max_examples=400)
@given(predicates, rows)
def test_both_forms_agree_with_duckdb(
    connection: duckdb.DuckDBPyConnection, text: str, several: list[dict[str, Any]]
) -> None:
    """Columns, single rows and DuckDB give the same true, false or null for every row."""
    schema = pa.schema([pa.field(name, ARROW_TYPES[FEATURES[name].kind]) for name in VALUES])
    table = pa.Table.from_pylist(several, schema=schema)
    bound = text
    for name, value in PARAMETERS.items():
        bound = bound.replace(f":{name}", f"'{value}'" if isinstance(value, str) else str(value))
    connection.register("several", table)
    expected = [found for (found,) in connection.sql(f"SELECT ({bound}) FROM several").fetchall()]

    forms = compiled(read_predicate(text, PARAMETERS))
    found = forms.columns(
        dict(zip(table.column_names, (c.combine_chunks() for c in table.columns), strict=True))
    )
    assert (found.to_pylist() if isinstance(found, pa.Array) else [found.as_py()] * len(several)) == expected
    assert [forms.row(row) for row in several] == expected
