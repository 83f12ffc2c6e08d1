"""Drift: a period like the one before is stable, another one is told by column, and the command says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from commands import done, run
from test_likelihood_used import store, trained
from tweets import LOADED

from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import InputError
from nbalib.evaluation.drift import Comparison, Drift, find_drift, with_action_mix
from nbalib.evaluation.likelihood_summaries import rows_until_the_end
from nbalib.params import digest_of, shipped_status
from nbalib.predictions.method import Method, load_method
from nbalib.resolution.candidates import Examples
from nbalib.resolution.prefixes import prefixes
from nbalib.resolution.reference import Shift
from nbalib.resolution.storing import save
from nbalib.runs.drift_page import write_drift

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.resolution.likelihood import Likelihood
    from nbalib.resolution.training import Trained
    from nbalib.stores.duckdb_store import DuckDBStore

__all__ = ["store", "trained"]

BEGIN = datetime(2017, 10, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def method(repository: Path) -> Method:
    """Give the shipped rules and parameters."""
    return load_method(repository / "params")


@pytest.fixture(scope="module")
def likelihood(store: DuckDBStore, trained: Trained, method: Method) -> Likelihood:
    """Give the trained likelihood with the actions of the rules in its reference."""
    examples = Examples.of_prefixes(prefixes(PandasEngine(store.connection), 72, shipped_status()))
    seen = rows_until_the_end(trained, examples)
    return with_action_mix(trained.likelihood, seen, method.rules, method.params)


def drift_of(store: DuckDBStore, likelihood: Likelihood, method: Method, **period: Any) -> Drift:
    """Find the drift of a period."""
    engine = PandasEngine(store.connection)
    return find_drift(engine, likelihood, method.rules, method.params, **period)


def test_the_period_it_was_made_of_is_stable(
    store: DuckDBStore, likelihood: Likelihood, method: Method
) -> None:
    """All that the model was made of, looked at as a period, has moved in nothing."""
    until = datetime.fromisoformat(likelihood.card.calibrated_until)
    found = drift_of(store, likelihood, method, since=datetime(2000, 1, 1, tzinfo=UTC), until=until)
    assert {shift.column for shift in found.shifts} == {*likelihood.card.columns, "p_resolved", "action"}
    assert max(shift.index for shift in found.shifts) < 0.01
    assert (found.verdict, found.calibration.verdict) == ("stable", "stable")
    assert found.calibration.n_rows == found.n_rows


def test_a_store_that_changed_its_ways_has_moved(
    store: DuckDBStore, likelihood: Likelihood, method: Method
) -> None:
    """Against a reference in which nobody was asked to move to DM, that column is the first to be named."""
    spread = likelihood.reference.spreads["status_reason"]
    place = spread.levels.index("moved_private")
    kept = tuple(0 if number == place else count for number, count in enumerate(spread.counts))
    other = type(spread)(spread.edges, spread.levels, kept)
    reference = type(likelihood.reference)(
        {**likelihood.reference.spreads, "status_reason": other}, likelihood.reference.n_conversations
    )
    changed = type(likelihood)(likelihood.card, likelihood.fitted, likelihood.curve, reference)
    found = drift_of(store, changed, method, since=BEGIN)
    first = found.shifts[0]
    assert (first.column, first.most, first.verdict) == ("status_reason", "moved_private", "moved")
    assert found.verdict == "moved"


def test_fallbacks_of_the_period_are_counted(
    store: DuckDBStore, likelihood: Likelihood, method: Method
) -> None:
    """Of the logged messages of the period, those that fell back are counted; others are not."""
    sources = ["template:timeout", "template", "llm", "none"]
    rows = [
        {
            "decision_id": f"d{n}",
            "conversation_id": "twitter:1:1",
            "last_interaction_id": "twitter:1",
            "customer_id": "twitter:1",
            "as_of": datetime(2017, 11 if n < 4 else 9, 20, tzinfo=UTC),
            "channel": "twitter_dm_reply",
            "issue_status": "monitoring",
            "rule": "r",
            "message_source": source,
            "params_digest": "p",
            "code_version": "0",
            "data_digest": "d",
            "created_at": LOADED,
            "brand_account_id": None,
            "send_time": None,
        }
        for n, source in enumerate([*sources, "template:refused"])
    ]
    store.append("decisions", pa.Table.from_pylist(rows))
    found = drift_of(store, likelihood, method, since=BEGIN)
    assert (found.n_messages, found.n_fallbacks) == (3, 1)
    assert found.as_dict()["fallbacks"]["share"] == pytest.approx(1 / 3)


def test_a_period_without_messages_is_refused(
    store: DuckDBStore, likelihood: Likelihood, method: Method
) -> None:
    """Where nothing is known, the error says until when there is something."""
    later = datetime(2031, 1, 1, tzinfo=UTC)
    with pytest.raises(
        InputError, match=r"no open issue is known after 2031-01-01T00:00:00Z .* messages until 20"
    ):
        drift_of(store, likelihood, method, since=later, until=later.replace(year=2032))


@pytest.mark.parametrize(
    ("gap", "verdict"), [((0.03, 0.08), "moved"), ((-0.02, 0.08), "stable"), ((0.001, 0.02), "stable")]
)
def test_calibration_is_off_if_sure_and_large(gap: tuple[float, float], verdict: str) -> None:
    """A difference counts if its interval leaves 0 out and it is at least two points."""
    middle = sum(gap) / 2
    assert Comparison(100, 100, 0.2, 0.2 + middle, *gap).verdict == verdict
    assert Comparison(10, 10).verdict == "unknown"


def test_the_worst_verdict_counts() -> None:
    """One column that moved makes the whole move; an unknown calibration does not."""
    shifts = (Shift("a", 0.0, 0.01, "x", 0.5, 0.5), Shift("b", 0.3, 0.01, "x", 0.2, 0.5))
    for used, verdict in ((shifts, "moved"), (shifts[:1], "stable")):
        drift = Drift(BEGIN, LOADED, "m", "", 1, 1, used, Comparison(0, 0), 0, 0)
        assert drift.verdict == verdict


def test_other_weights_of_statuses_are_told(
    store: DuckDBStore, likelihood: Likelihood, method: Method, tmp_path: Path
) -> None:
    """A model whose labels were made by other weights has moved, and the page says what to do."""
    same = replace(likelihood, card=replace(likelihood.card, statuses=digest_of(method.params.status)))
    other = replace(likelihood, card=replace(likelihood.card, statuses="another"))
    told = [drift_of(store, each, method, since=BEGIN) for each in (same, other)]
    assert [drift.statuses_changed for drift in told] == [False, True]
    assert told[1].verdict == "moved"
    assert "train it again" in write_drift(told[1], tmp_path).read_text(encoding="utf-8")


def test_the_page_says_what_the_file_says(
    store: DuckDBStore, likelihood: Likelihood, method: Method, tmp_path: Path
) -> None:
    """`drift.json` holds every column; the page is whole without a network and names the verdict."""
    found = drift_of(store, likelihood, method, since=BEGIN)
    page = write_drift(found, tmp_path / "new").read_text(encoding="utf-8")
    facts = json.loads((tmp_path / "new" / "drift.json").read_text(encoding="utf-8"))
    assert facts == found.as_dict()
    assert f"<dd>{found.verdict}</dd>" in page
    assert all(column["column"].replace("_", " ") in page.replace("_", " ") for column in facts["columns"])
    assert "<script" not in page


def test_the_command(store: DuckDBStore, likelihood: Likelihood, tmp_path: Path) -> None:
    """`nba drift --json` gives the facts; without a model, or a period, it exits 2 and says why."""
    store.connection.execute("CHECKPOINT")
    path = tmp_path / "nba.duckdb"
    path.write_bytes(store.path.read_bytes())
    absent = run(path, "drift")
    assert (absent.code, "there is no model" in absent.error) == (2, True)
    save(likelihood, tmp_path / "nba.model")
    told = done(path, "drift", "--json", "--since", "2017-10-05", "--out", tmp_path / "out")
    facts = json.loads(told.said)
    assert facts["since"] == "2017-10-05T00:00:00Z"
    assert facts["model"] == likelihood.digest
    assert (tmp_path / "out" / "drift.html").exists()
    empty = run(path, "drift", "--since", "2031-01-01", "--until", "2031-02-01")
    assert (empty.code, "no open issue is known" in empty.error) == (2, True)


def test_the_reference_has_the_actions(likelihood: Likelihood) -> None:
    """The reference counts what the rules would do, of channels that there are."""
    spread = likelihood.reference.spreads["action"]
    assert set(spread.levels) <= {"twitter_dm_reply", "email_reply", "scheduling_phone_call", "no_action"}
    assert sum(spread.counts) == sum(likelihood.reference.spreads["awaiting"].counts) > 1000
