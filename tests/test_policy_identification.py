"""A store says what it can answer, with its counts, and what is missing for the rest."""

from __future__ import annotations

import pyarrow as pa
import pytest

from nbalib.errors import ParameterError
from nbalib.evaluation.policy.identification import Evidence, answers, decisions_needed, find_evidence

TEXT = pa.string()
VALUE_QUESTIONS = ["Would other rules resolve more?", "Which channel works best?"]


def tables(n: int, contacts: list[str | None], outcomes: list[str | None], **more: list[float | None]):
    """Give decisions d0, d1, …, and contacts and outcomes about the decisions that are named."""
    channels = ["twitter_dm_reply" if row % 2 else "no_action" for row in range(n)]
    decisions = {
        "decision_id": pa.array([f"d{row}" for row in range(n)], TEXT),
        "channel": pa.array(channels, TEXT),
    }
    about = [pa.table({"decision_id": pa.array(named, TEXT)}) for named in (contacts, outcomes)]
    return pa.table(decisions | more), *about


def said(evidence: Evidence) -> dict[str, str]:
    """Give each question's answer."""
    frame = answers(evidence)
    return dict(zip(frame["question"], frame["answer"], strict=True))


def test_an_empty_store_says_so():
    """Nothing logged: rules can be compared, and nothing about their worth can be said."""
    evidence = find_evidence(*tables(0, [], []), n_conversations=7)
    assert evidence == Evidence(7, 0, 0, 0, 0)
    assert evidence.missing == ("no decision is logged, with its chance, and with what came of it",)
    found = said(evidence)
    assert [found[question] for question in VALUE_QUESTIONS] == ["no", "no"]
    assert found["What would other rules decide, and for whom?"] == "yes"
    assert found["How did the decided ones end?"] == "no"


def test_decisions_of_rules_are_counted_and_not_judged():
    """Certain decisions, none carried out, no outcome: three reasons, each with its count."""
    evidence = find_evidence(*tables(3, [None, "unknown"], []), n_conversations=7)
    assert evidence == Evidence(
        n_conversations=7, n_decisions=3, n_with_chance=0, n_carried_out=0, n_with_outcome=0
    )
    chance, carried, outcome = evidence.missing
    assert chance.startswith(
        "3 of 3 decisions hold no chance of what was decided: rules decide with certainty"
    )
    assert carried == "of 3 decisions, none is reported as carried out"
    assert outcome == "3 of 3 decisions have no outcome"
    why = answers(evidence).set_index("question").loc[VALUE_QUESTIONS, "because"]
    assert set(why) == {"; ".join(evidence.missing)}


def test_a_decision_counts_once_and_only_if_known():
    """Two contacts about one decision carry out one; an outcome of another store's decision is none."""
    evidence = find_evidence(
        *tables(4, ["d1", "d1"], ["d0", "d3", "d9"], propensity=[0.5, None, 1.0, 0.2]), n_conversations=7
    )
    assert (evidence.n_carried_out, evidence.n_with_outcome, evidence.n_with_chance) == (1, 2, 3)
    assert said(evidence)["How did the decided ones end?"] == "yes"
    assert len(evidence.missing) == 2


def test_a_whole_log_can_be_judged():
    """With chances, contacts and outcomes the two questions of worth are open to the estimators."""
    evidence = find_evidence(*tables(2, ["d1"], ["d0", "d1"], propensity=[0.5, 0.5]), n_conversations=7)
    assert evidence.missing == ()
    assert [said(evidence)[question] for question in VALUE_QUESTIONS] == ["yes", "yes"]
    assert said(evidence)["Did the channels that agents chose work best?"] == "no"


def test_how_many_decisions_it_takes():
    """By hand: ±5 points take 1.96² / 4 / 0.05² = 384.1; a tenth, by lot among four, 40 times that."""
    assert decisions_needed(0.05, 0.1, 4) == 15_366
    assert decisions_needed(0.05, 1.0, 2) == 769
    for wrong in ((0, 0.1, 4), (0.05, 0, 4), (0.05, 1.5, 4), (0.05, 0.1, 1)):
        with pytest.raises(ParameterError, match="no number of decisions"):
            decisions_needed(*wrong)
