"""A rules file is refused if it cannot do what it says; the rules decide alike for many rows and for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from nbalib.decisions.rules import RuleSet, load_rules
from nbalib.errors import RuleError
from nbalib.feature_catalogue import features_schema

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
parameters:
  many: 5
  wait_hours: 24
rules:
  - name: call
    when: n_interactions > :many
    action: scheduling_phone_call
    issue_status: escalated
    because: "{n_interactions} are more than {many}"
  - name: mail
    when: hours_since_customer > :wait_hours
    action: email_reply
    issue_status: pending_customer_response
    delay_hours: 1.5
    after: last_customer
    because: "waiting for {hours_since_customer}"
  - name: rest
    when: true
    action: no_action
    issue_status: monitoring
    because: "nothing else holds"
"""


def written(folder: Path, text: str) -> Path:
    """Write a rules file."""
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path: Path) -> RuleSet:
    """Read the three rules above."""
    return load_rules(written(tmp_path, GOOD))


def table(**columns: list[Any]) -> pa.Table:
    """Features of the given columns, in the catalogue's types."""
    schema = features_schema()
    return pa.table({name: pa.array(values, schema.field(name).type) for name, values in columns.items()})


# What is refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "delay_hours: 1.5",
            "delay: 1.5",
            "rules.yaml: unknown key 'rules.1.delay'; did you mean 'delay_hours'?",
        ),
        ("parameters:", "parameter:", "unknown key 'parameter'; did you mean 'parameters'?"),
        (
            "action: email_reply",
            "action: mail_reply",
            "rule 'mail': unknown action 'mail_reply'; did you mean",
        ),
        ("issue_status: escalated", "issue_status: escalate", "rules.0.issue_status: Input should be"),
        ("after: last_customer", "after: last_word", "rules.1.after: Input should be"),
        ("when: true", "when: is_urgent", "the last rule, 'rest', must hold for all the rest"),
        (
            "when: hours_since_customer > :wait_hours",
            "when: true",
            "rules ['rest'] cannot be reached: 'mail'",
        ),
        ("name: mail", "name: call", "rule 'call' is there 2 times"),
        ("name: mail", "name: Mail it", "rule 'Mail it': a name is of small letters"),
        ("name: mail", "name: nothing_allowed", "rule 'nothing_allowed': a name is of small letters"),
        ("delay_hours: 1.5", "delay_hours: -1", "rule 'mail': 'delay_hours' is a number of hours, 0 or more"),
        (
            "delay_hours: 1.5",
            "delay_hours: .inf",
            "rule 'mail': 'delay_hours' is a number of hours, 0 or more",
        ),
        ("delay_hours: 1.5", "delay_hours: wait_hours", "'delay_hours' is a number or a :parameter"),
        ("delay_hours: 1.5", "delay_hours: ':wait_hour'", "':wait_hour'; did you mean 'wait_hours'?"),
        ("delay_hours: 1.5", "delay_hours: true", "rules.1.delay_hours"),
        (
            "issue_status: monitoring",
            "issue_status: monitoring\n    delay_hours: 2",
            "'no_action' sends nothing",
        ),
        (
            "issue_status: monitoring",
            "issue_status: pending_customer_response",
            "after 'no_action' the status is",
        ),
        ("issue_status: escalated", "issue_status: resolved", "after 'scheduling_phone_call' the status is"),
        (
            "{hours_since_customer}",
            "{hours_since_custmer}",
            "rule 'mail': unknown slot {hours_since_custmer}",
        ),
        ("{hours_since_customer}", "{hours_since_customer!r}", "a slot is a bare name"),
        ("{hours_since_customer}", "{hours_since_customer:.1f}", "a slot is a bare name"),
        ("{hours_since_customer}", "{hours_since_customer", "the braces in"),
        ('because: "nothing else holds"', 'because: " "', "rule 'rest': 'because' is empty"),
        ("  many: 5\n", "  many: 5\n  mood: 1\n", "parameter 'mood': a name is of small letters"),
        ("  many: 5\n", "  many: 5\n  left_over: 1\n", "no rule uses the parameters ['left_over']"),
        ("  many: 5\n", "  many: [5]\n", "parameters.many"),
        ("  many: 5\n", "  many: five\n", "'n_interactions' is a number, compared with a text"),
        ("  wait_hours: 24\n", "  wait_hours: .nan\n", "parameter 'wait_hours' is nan"),
        (
            "n_interactions > :many",
            "n_interactions > :mani",
            "rule 'call': unknown parameter ':mani'; did you mean",
        ),
        ("n_interactions > :many", "DROP TABLE x", "rule 'call': not a predicate"),
        ("n_interactions > :many", "5", "rules.0.when"),
        ("rules:", "rules: 5\nnot_rules:", "rules: Input should be a valid tuple, not 5; unknown key"),
        ("rules:", "rules: [", "rules.yaml is not readable YAML"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Each fault is refused when the file is read, with its place and the nearest name."""
    assert old in GOOD
    with pytest.raises(RuleError) as caught:
        load_rules(written(tmp_path, GOOD.replace(old, new, 1)))
    assert said in str(caught.value)
    assert str(caught.value).startswith("rules.yaml")


@pytest.mark.parametrize("text", ["", "rules: []", "parameters: {}", "# only a comment\n"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    """No rules at all would decide nothing."""
    with pytest.raises(RuleError, match=r"there are no rules; the least is one with 'when: true'"):
        load_rules(written(tmp_path, text))


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    """A wrong path is named."""
    with pytest.raises(RuleError, match=r"no_such\.yaml does not exist"):
        load_rules(tmp_path / "no_such.yaml")


def test_more_than_sixty_rules_are_refused(tmp_path: Path) -> None:
    """Rules are counted in the bits of one number."""
    rule = "  - {{name: r{0}, when: is_urgent, action: no_action, issue_status: monitoring, because: x}}\n"
    rest = "  - {name: rest, when: true, action: no_action, issue_status: monitoring, because: x}\n"
    rules = "rules:\n" + "".join(rule.format(n) for n in range(59)) + rest
    assert len(load_rules(written(tmp_path, rules)).rules) == 60
    with pytest.raises(RuleError, match="there are 61 rules; at most 60"):
        load_rules(written(tmp_path, rules.replace("rules:\n", "rules:\n" + rule.format("60"))))


# What is decided


def test_the_first_rule_that_holds_decides(small: RuleSet) -> None:
    """The order is the priority; a comparison with null does not hold; the runner-up is the next."""
    features = table(n_interactions=[6, 6, 5, 5], hours_since_customer=[30.0, None, 24.5, 24.0])
    decided = small.decide(features)
    assert decided["rule"].to_pylist() == ["call", "call", "mail", "rest"]
    assert decided["action"].to_pylist() == [
        "scheduling_phone_call",
        "scheduling_phone_call",
        "email_reply",
        "no_action",
    ]
    assert decided["issue_status"].to_pylist() == [
        "escalated",
        "escalated",
        "pending_customer_response",
        "monitoring",
    ]
    assert decided["delay_hours"].to_pylist() == [0.0, 0.0, 1.5, 0.0]
    assert decided["after"].to_pylist() == ["as_of", "as_of", "last_customer", "as_of"]
    assert decided["runner_up"].to_pylist() == ["mail", "rest", "rest", None]
    assert decided["fired"].to_pylist() == ["call,mail,rest", "call,rest", "mail,rest", "rest"]
    assert decided["blocked"].to_pylist() == ["", "", "", ""]
    assert small.because(features, decided["rule"]).to_pylist() == [
        "6 interactions are more than 5",
        "6 interactions are more than 5",
        "waiting for 24 h",
        "nothing else holds",
    ]


def test_a_rule_whose_action_is_not_allowed_is_passed_over(small: RuleSet) -> None:
    """The next rule decides, and the one passed over is named; a null mask is no."""
    features = table(n_interactions=[6] * 5, hours_since_customer=[30.0] * 5)
    allowed = {
        "scheduling_phone_call": pa.array([True, False, None, False, True]),
        "email_reply": pa.array([True, True, True, False, False]),
    }
    decided = small.decide(features, allowed)
    assert decided["rule"].to_pylist() == ["call", "mail", "mail", "rest", "call"]
    assert decided["blocked"].to_pylist() == ["", "call", "call", "call,mail", ""]
    assert decided["runner_up"].to_pylist() == ["mail", "rest", "rest", None, "rest"]
    assert decided["fired"].to_pylist() == ["call,mail,rest"] * 5


def test_doing_nothing_is_always_allowed(small: RuleSet) -> None:
    """A mask for `no_action` changes nothing."""
    row = {"n_interactions": 1, "hours_since_customer": 1.0}
    features = pa.Table.from_pylist([row])
    assert small.decide(features, {"no_action": pa.array([False])})["rule"].to_pylist() == ["rest"]
    assert small.one(row, {"no_action": False})["rule"] == "rest"


def test_a_rule_can_be_switched_off(tmp_path: Path) -> None:
    """`when: false` holds for no row, in either form."""
    text = GOOD.replace("n_interactions > :many", "false").replace("{many}", "x").replace("  many: 5\n", "")
    rules = load_rules(written(tmp_path, text))
    row = {"hours_since_customer": 30.0}
    assert rules.one(row)["fired"] == "mail,rest"
    assert rules.decide(pa.Table.from_pylist([row]))["fired"].to_pylist() == ["mail,rest"]


def test_where_nothing_is_allowed_nothing_is_done(tmp_path: Path) -> None:
    """A last rule that contacts everybody does not get past the policy."""
    text = GOOD.replace("action: no_action", "action: email_reply").replace("monitoring", "escalated")
    rules = load_rules(written(tmp_path, text))
    row = {"n_interactions": 1, "hours_since_customer": 30.0}
    decided = rules.one(row, {"email_reply": False})
    assert decided == {
        "rule": "nothing_allowed",
        "action": "no_action",
        "issue_status": "monitoring",
        "delay_hours": 0.0,
        "after": "as_of",
        "runner_up": None,
        "fired": "mail,rest",
        "blocked": "mail,rest",
    }
    features = pa.Table.from_pylist([row])
    assert rules.decide(features, {"email_reply": pa.array([False])}).to_pylist() == [decided]
    assert rules.because(features, pa.array(["nothing_allowed"])).to_pylist() == [
        "every action that the rules propose is ruled out right now"
    ]


def test_no_rows_are_decided_as_no_rows(small: RuleSet) -> None:
    """An empty table gives an empty one of the same columns."""
    features = table(n_interactions=[], hours_since_customer=[])
    decided = small.decide(features, {"email_reply": pa.array([], pa.bool_())})
    assert decided.num_rows == 0
    assert decided.column_names[:2] == ["rule", "action"]
    assert small.because(features, decided["rule"]).to_pylist() == []


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (pa.table({"n_interactions": [1]}), r"the features lack \['hours_since_customer'\]"),
        (
            pa.table({"n_interactions": [1, 2], "hours_since_customer": [1.0, float("nan")]}),
            "'hours_since_customer' holds NaN in 1 of 2 rows",
        ),
        (
            pa.table({"n_interactions": ["1"], "hours_since_customer": [1.0]}),
            "'n_interactions' is of type string, which is no int",
        ),
        (
            pa.table({"n_interactions": [1.0], "hours_since_customer": [1.0]}),
            "'n_interactions' is of type double, which is no int",
        ),
    ],
)
def test_features_that_do_not_fit_are_refused(small: RuleSet, features: pa.Table, said: str) -> None:
    """Rules never guess what a missing or wrong feature would have been, in a table or in a row."""
    with pytest.raises(RuleError, match=said):
        small.decide(features)
    with pytest.raises(RuleError, match=said.partition(" is of")[0].partition(" holds")[0]):
        small.one(features.to_pylist()[-1])


@pytest.mark.parametrize("mask", [pa.array([True, False]), pa.array([1])])
def test_a_mask_that_does_not_fit_is_refused(small: RuleSet, mask: pa.Array) -> None:
    """A mask of another length or type is an error, not a broadcast."""
    with pytest.raises(RuleError, match="the mask of 'email_reply'"):
        small.decide(table(n_interactions=[1], hours_since_customer=[1.0]), {"email_reply": mask})


def test_columns_in_pieces_and_other_layouts_are_taken(small: RuleSet) -> None:
    """Chunks, 32-bit integers and columns of nothing but null are the same features."""
    features = pa.table(
        {
            "n_interactions": pa.chunked_array([pa.array([6], pa.int32()), pa.array([1], pa.int32())]),
            "hours_since_customer": pa.nulls(2),
        }
    )
    assert small.decide(features)["rule"].to_pylist() == ["call", "rest"]


def test_parameters_can_be_replaced(tmp_path: Path) -> None:
    """Tuning reads the same file with other numbers; a number that is not in the file is refused."""
    path = written(tmp_path, GOOD)
    patient = load_rules(path, {"many": 6})
    assert patient.one({"n_interactions": 6, "hours_since_customer": 1.0})["rule"] == "rest"
    assert patient.parameters == {"many": 6, "wait_hours": 24}
    with pytest.raises(RuleError, match="unknown parameter 'mny'; did you mean 'many'"):
        load_rules(path, {"mny": 6})


def test_the_digest_names_what_is_decided(tmp_path: Path) -> None:
    """Comments and layout do not count; a parameter, an order or a sentence does."""
    digests = [
        load_rules(written(tmp_path, text)).digest
        for text in (
            GOOD,
            "# a remark\n" + GOOD,
            GOOD.replace("many: 5", "many: 6"),
            GOOD.replace("nothing else holds", "nothing holds"),
            GOOD.replace("after: last_customer", "after: last_agent"),
        )
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


def test_the_features_used_are_named(small: RuleSet) -> None:
    """Compared or said, sorted, without parameters."""
    assert small.features_used == ("hours_since_customer", "n_interactions")
