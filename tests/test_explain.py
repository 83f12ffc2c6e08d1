"""The reasoning names the rule, and tells the facts that fired it as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from nbalib.decisions.explain import facts_template
from nbalib.decisions.rules import load_rules
from nbalib.decisions.wording import fill
from nbalib.feature_catalogue import FEATURES, features_schema

if TYPE_CHECKING:
    from pathlib import Path

ONE_RULE = """
rules:
  - name: one
    when: {when}
    action: no_action
    issue_status: monitoring
    because: "so"
  - name: rest
    when: true
    action: no_action
    issue_status: monitoring
    because: "nothing else"
"""


def told(folder: Path, when: str, rule: int = 0, **values: Any) -> str:
    """Tell the facts of one of the two rules for one row."""
    path = folder / "rules.yaml"
    path.write_text(ONE_RULE.format(when=when), encoding="utf-8")
    schema = features_schema()
    columns = {name: pa.array([value], schema.field(name).type) for name, value in values.items()}
    return str(fill(facts_template(load_rules(path).rules[rule]), columns)[0])


@pytest.mark.parametrize(
    ("when", "values", "facts"),
    [
        ("n_interactions > 6", {"n_interactions": 7}, "7 interactions"),
        ("n_interactions > 0", {"n_interactions": 1}, "1 interaction"),
        ("n_customer_24h >= 3", {"n_customer_24h": 3}, "3 messages from the customer within 24 h"),
        ("n_agent_messages = 2", {"n_agent_messages": 2}, "2 messages from agents"),
        ("n_open_issues > 1", {"n_open_issues": 2}, "2 issues open"),
        ("n_contacts_7d < 2", {"n_contacts_7d": 1}, "1 contact within 7 days"),
        (
            "hours_since_customer > 2",
            {"hours_since_customer": 3.5},
            "3.5 h since the customer's last message",
        ),
        ("hours_open > 24", {"hours_open": 26.0}, "open for 26 h"),
        ("is_urgent AND mood < 0", {"is_urgent": True, "mood": -0.5}, "urgent yes, mood -0.50"),
        ("p_resolved < 0.5", {"p_resolved": None}, "likelihood of resolution unknown"),
    ],
)
def test_facts_are_told_once_with_their_unit(
    tmp_path: Path, when: str, values: dict[str, Any], facts: str
) -> None:
    """A count is said with the thing it counts, a span with what it is of; nothing is said twice."""
    assert told(tmp_path, when, **values) == f" [rule one: {facts}]"


def test_a_rule_without_facts_is_named_alone(tmp_path: Path) -> None:
    """Where nothing is compared there is nothing to tell."""
    assert told(tmp_path, "n_interactions > 6", rule=1, n_interactions=1) == " [rule rest]"


def test_no_feature_is_told_by_the_letters_of_its_name() -> None:
    """Neither the `n` of a count nor the `is` of a yes or no is read aloud, and each has its one slot."""
    for feature in FEATURES.values():
        words = feature.told.replace(f"{{{feature.name}}}", "…").split()
        assert not {"n", "is", "p", "7d", "24h"} & set(words)
        assert words.count("…") == 1
