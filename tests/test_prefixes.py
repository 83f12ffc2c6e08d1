"""Rows of the past: what was known at an instant, what came of it, and nothing of the future."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from test_features import TALK, talks
from tweets import NOON, Tweet, store_of

from nbalib.as_of import AsOf
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.features.snapshot import take_snapshot
from nbalib.params import Account, Accounts, Params, shipped_status
from nbalib.resolution.prefixes import MOST_INSTANTS, OF_OTHERS, Prefixes, prefixes
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HORIZON = 24
ENDS = Tweet(90, "9009", "@Brand are you there?", 1000)
"""Somebody who writes six weeks later, so that the data go on long after the rest."""
LISTED = Params(accounts=Accounts(accounts=(Account(account="Brand"),)))
"""The brand is known from the first message on."""
SETTLED = (
    Tweet(1, "1001", "@Brand no signal since noon", 0),
    Tweet(2, "Brand", "@1001 Sorry to hear that! Please DM us your phone number. ^AB", 2, 1),
    Tweet(3, "1001", "@Brand thanks, it works now!", 5, 2),
    ENDS,
)


def rows_of(store: DuckDBStore, **how: Any) -> tuple[Prefixes, dict[tuple[str, float], dict[str, Any]]]:
    """Give the rows, and each by conversation and hours after noon."""
    found = prefixes(PandasEngine(store.connection), HORIZON, shipped_status(), **how)
    keyed = {}
    for features, words, resolved in zip(
        found.features.to_pylist(), found.words.to_pylist(), found.resolved, strict=True
    ):
        hours = (features["as_of"] - NOON) / timedelta(hours=1)
        name = features["conversation_id"].removeprefix("twitter:")
        keyed[name, hours] = {**features, "words": words, "resolved": bool(resolved)}
    return found, keyed


def test_rows_say_what_was_known_and_what_came(tmp_path: Path) -> None:
    """An issue that is settled after five hours has four open instants before, all resolved later."""
    with store_of(tmp_path, SETTLED, LISTED) as store:
        found, rows = rows_of(store)
    mine = {hours: row for (name, hours), row in rows.items() if name == "1:1001"}
    assert set(mine) == {0.0, 1.0, 2.0, 3.0}
    assert [mine[hours]["awaiting"] for hours in (0.0, 1.0, 2.0, 3.0)] == ["agent"] * 2 + ["customer"] * 2
    assert [mine[hours]["n_interactions"] for hours in (1.0, 3.0)] == [1, 2]
    assert {row["words"] for row in mine.values()} == {"@Brand no signal since noon"}
    assert all(row["resolved"] for row in mine.values())
    # The thanks at 5, 6, 29 and 173 h are instants at which nothing was open.
    assert found.n_not_open == 4
    # Of the last writer, the horizon of the first and of the three later instants is not over.
    assert found.n_censored == 4
    assert found.n_instants == len(found) + found.n_not_open + found.n_censored


def test_a_label_is_what_stands_at_the_end_of_the_horizon(tmp_path: Path) -> None:
    """An issue that is settled, and taken up again within the horizon, is not resolved."""
    again = Tweet(4, "1001", "@Brand it is broken again!", 20, 3)
    with store_of(tmp_path, (*SETTLED[:3], again, ENDS), LISTED) as store:
        _, rows = rows_of(store)
    assert [rows["1:1001", hours]["resolved"] for hours in (0.0, 1.0, 2.0, 3.0)] == [False] * 4


def test_features_are_those_of_a_decision_at_that_instant(tmp_path: Path) -> None:
    """A row's features are what `take_snapshot` gives at its instant, but for what tells of others."""
    with store_of(tmp_path, (*TALK, ENDS)) as store:
        _, rows = rows_of(store)
        for hours in sorted({hours for _, hours in rows}):
            snapshot = take_snapshot(
                PandasEngine(store.connection),
                AsOf("instant", NOON + timedelta(hours=hours)),
                shipped_status(),
            )
            for expected in snapshot.features.drop_columns(list(OF_OTHERS)).to_pylist():
                name = expected["conversation_id"].removeprefix("twitter:")
                if (row := rows.get((name, hours))) is not None:
                    assert expected == {key: row[key] for key in expected}
    assert len(rows) >= 10


def test_a_period_is_open_at_its_begin_and_closed_at_its_end(tmp_path: Path) -> None:
    """Only instants after `since` and up to `until` are rows."""
    since, until = NOON + timedelta(hours=1), NOON + timedelta(hours=3)
    with store_of(tmp_path, SETTLED, LISTED) as store:
        _, rows = rows_of(store, since=since, until=until)
    assert set(rows) == {("1:1001", 2.0), ("1:1001", 3.0)}


def test_long_conversations_give_their_first_instants(tmp_path: Path) -> None:
    """Of a talk of forty messages the first instants are rows: which they are does not depend on its end."""
    long = [Tweet(n, "1001", "@Brand still nothing", n * 0.5, n - 1 or None) for n in range(1, 41)]
    with store_of(tmp_path, (*long, ENDS), LISTED) as store:
        found, rows = rows_of(store)
    hours = sorted(hours for name, hours in rows if name == "1:1001")
    assert len(hours) == MOST_INSTANTS
    assert hours == [0.5 * n for n in range(1, MOST_INSTANTS + 1)]
    assert found.n_not_open == 0


def test_a_share_of_conversations_is_whole_and_always_the_same(tmp_path: Path) -> None:
    """With a limit some conversations are left out, and those that stay keep all their rows."""
    many = [Tweet(n, str(1000 + n), "@Brand no signal", n) for n in range(1, 201)]
    with store_of(tmp_path, (*many, ENDS), LISTED) as store:
        _, every = rows_of(store)
        few, chosen = rows_of(store, most_rows=250)
        _, again = rows_of(store, most_rows=250)
    assert 0.3 < len(chosen) / len(every) < 0.7
    assert chosen == again == {key: row for key, row in every.items() if key[0] in {n for n, _ in chosen}}
    assert few.n_instants < 800


def test_an_empty_store_gives_no_rows(tmp_path: Path) -> None:
    """Where nothing is stored there is nothing to learn from, and no error yet."""
    with DuckDBStore.open(tmp_path / "empty.duckdb") as store:
        found, _ = rows_of(store)
    assert (len(found), found.n_instants, found.features.num_rows) == (0, 0, 0)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talk=talks())
def test_the_future_does_not_matter(talk: list[Tweet], tmp_path_factory: pytest.TempPathFactory) -> None:
    """A row's features and words are the same when all that came after it was never written."""
    folder = tmp_path_factory.mktemp("leak")
    with store_of(folder, (*talk, ENDS)) as store:
        _, rows = rows_of(store)
    for hours in sorted({hours for _, hours in rows})[:4]:
        cut = folder / f"until{hours}"
        cut.mkdir()
        known = [tweet for tweet in talk if tweet.hours <= hours]
        with store_of(cut, (*known, ENDS)) as store:
            _, of_known = rows_of(store, until=NOON + timedelta(hours=hours))
        for key, row in rows.items():
            if key[1] == hours:
                left = {name: value for name, value in row.items() if name != "resolved"}
                assert {name: of_known[key][name] for name in left} == left


def test_instants_of_rows_are_utc(tmp_path: Path) -> None:
    """Instants have a zone, as everywhere."""
    with store_of(tmp_path, SETTLED, LISTED) as store:
        found, _ = rows_of(store)
    assert found.features["as_of"][0].as_py() == datetime(2017, 11, 1, 12, tzinfo=UTC)
