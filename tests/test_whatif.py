"""What changes with the method, how a conversation looked earlier, and a trace in words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from tweets import Tweet, store_of

from nbalib.decisions.rules import load_rules
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import InputError, NotFoundError
from nbalib.evaluation import whatif
from nbalib.evaluation.looking_back import looking_back
from nbalib.evaluation.trace_table import trace_table
from nbalib.params import load_params

AT = datetime(2017, 11, 1, 12, tzinfo=UTC)
LATER = datetime(2017, 11, 1, 14, tzinfo=UTC)
PARAMS = Path(__file__).resolve().parents[1] / "params"


def decisions(*rows: tuple[str, str, str, datetime | None]) -> pa.Table:
    """Give decisions: conversation, rule, channel, time to send."""
    return pa.Table.from_pylist(
        [
            {
                "conversation_id": name,
                "as_of": AT,
                "rule": rule,
                "channel": channel,
                "send_time": send_time,
                "reasoning": f"because of {rule}",
            }
            for name, rule, channel, send_time in rows
        ]
    )


BEFORE = decisions(
    ("a", "fresh", "dm", AT),
    ("b", "fresh", "dm", AT),
    ("c", "late", "dm", AT),
    ("d", "answered", "none", None),
    ("e", "fresh", "dm", AT),
)
AFTER = decisions(
    ("e", "fresh", "dm", AT),
    ("d", "answered", "none", None),
    ("c", "late", "dm", LATER),
    ("b", "angry", "call", AT),
    ("a", "angry", "call", AT),
)


def test_reasons_kept_as_codes_are_texts_in_what_moved() -> None:
    """A notebook may write another text into such a column, which a column of codes would refuse."""
    coded = BEFORE.set_column(
        BEFORE.column_names.index("reasoning"), "reasoning", BEFORE["reasoning"].dictionary_encode()
    )
    pd.testing.assert_frame_equal(whatif.moved(coded, AFTER), whatif.moved(BEFORE, AFTER))


def test_who_moves_from_what_to_what() -> None:
    """Conversations are matched by name, not by place; a change of time alone is a move too."""
    assert whatif.moves(BEFORE, AFTER).to_dict("split", index=False)["data"] == [
        ["fresh", "dm", "angry", "call", 2],
        ["late", "dm", "late", "dm", 1],
    ]
    moved = whatif.moved(BEFORE, AFTER)
    assert moved["conversation_id"].tolist() == ["a", "b", "c"]
    assert moved.loc[0, ["reasoning_before", "reasoning_after"]].tolist() == [
        "because of fresh",
        "because of angry",
    ]


def test_the_same_method_moves_nobody() -> None:
    """Equal decisions, absent times among them, are no move."""
    assert whatif.moves(BEFORE, BEFORE).empty
    assert list(whatif.moves(BEFORE, BEFORE)) == [*whatif.MOVES, "n"]


def test_decisions_about_other_conversations_are_not_compared() -> None:
    """A conversation that only one of the two knows is an error, not a silent gap."""
    with pytest.raises(InputError, match="5 and 4 decisions have 4 conversations"):
        whatif.moved(BEFORE, AFTER.slice(1))


def test_a_conversation_as_it_was_known_at_each_message(tmp_path: Path) -> None:
    """Each moment knows what was written until then, and is decided by the rules that are given."""
    talk = [
        Tweet(8, "Brand", "Hello everybody!", -50),
        Tweet(1, "1001", "@Brand no signal since Monday"),
        Tweet(2, "Brand", "@1001 Please DM us your number ^AB", 1, 1),
        Tweet(3, "1001", "@Brand no. fix it", 30, 2),
        Tweet(4, "1001", "@Brand hello?", 30.5, 3),
        Tweet(9, "1002", "@Brand lol", 31, 2),
    ]
    rules, params = load_rules(PARAMS / "rules.yaml"), load_params(PARAMS)
    with store_of(tmp_path, talk) as store:
        engine = PandasEngine(store.connection)
        seen = looking_back(engine, rules, params, "twitter:1:1001")
        short = looking_back(engine, rules, params, "twitter:1:1001", most=2)
        with pytest.raises(NotFoundError, match="'twitter:1:1003'"):
            looking_back(engine, rules, params, "twitter:1:1003")
    assert seen["n_interactions"].tolist() == [1, 2, 3, 4]
    assert seen["written_by"].tolist() == ["customer", "agent", "customer", "customer"]
    assert seen["awaiting"].tolist() == ["agent", "customer", "agent", "agent"]
    assert seen["as_of"].tolist() == [
        pd.Timestamp(f"2017-11-{at}", tz="UTC") for at in ("01 12:00", "01 13:00", "02 18:00", "02 18:30")
    ]
    assert seen["rule"].tolist()[1] == "silent_after_private_request"
    assert (seen["send_time"] >= seen["as_of"]).all()
    assert short.equals(seen.head(2))


def test_a_trace_is_said_step_by_step() -> None:
    """Every part of the trace is there, in words: what was ruled out, what held, and each number by kind."""
    trace = {
        "candidates": ["email_reply", "no_action"],
        "removed": {"email_reply": None, "scheduling_phone_call": "not_offered"},
        "fired": ["waited_long", "otherwise"],
        "blocked": [],
        "rule": "waited_long",
        "runner_up": None,
        "delay_hours": 24.0,
        "delay_counts_from": "last_agent",
        "status_reason": "customer_waits",
        "numbers": {"mood": -0.51234, "n_interactions": 5, "is_urgent": True, "is_complaint": False}
        | {"awaiting": "agent", "asked_for": None},
    }
    said = trace_table(json.dumps(trace))
    assert dict(zip(said["step"], said["what"], strict=True)) == {
        "Channels that may be used": "e-mail, no contact",
        "Channels ruled out": "phone call: not offered",
        "Fact that decided the state": "customer waits",
        "Rules that held, in their order": "waited long, otherwise",
        "Held, but channel ruled out": "none",
        "Rule that decided": "waited long",
        "Runner-up": "none",
        "Time": "24 h after the agent's last message or later, when the brand's hours allow it",
        "Numbers used": "mood -0.512, n interactions 5",
        "Words used": "awaiting agent",
        "Facts used that hold": "is urgent",
        "Facts used that do not hold": "is complaint",
        "Used, and unknown": "asked for",
    }
