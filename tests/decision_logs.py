"""Small logs of decisions for tests: one whose numbers are worked out by hand, and one that is made.

In: nothing, or a size. Out: `LoggedDecisions` and the policy in question.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from nbalib.evaluation.policy import LoggedDecisions, read_log
from nbalib.sources.synthetic.decision_log import ACTIONS, made_decision_log

SITUATION = {
    "awaiting": "agent",
    "last_author": "customer",
    "n_interactions": 1,
    "hours_since_customer": 1.0,
    "mood": 0.0,
    "asked_channel": "dm",
    "topic": "billing",
    **dict.fromkeys(
        ("is_urgent", "is_escalation", "is_complaint", "is_question", "says_thanks", "moved_private"), False
    ),
}
"""A moment of which nothing remarkable is known."""


def by_hand() -> tuple[LoggedDecisions, np.ndarray]:
    """Give four decisions between two actions, and a policy with weights 2, 0, 4 and 2."""
    log = LoggedDecisions(
        actions=("write", "wait"),
        chosen=np.array([0, 1, 0, 1]),
        reward=np.array([1.0, 1.0, 0.0, 1.0]),
        propensity=np.array([[0.5, 0.5], [0.25, 0.75], [0.25, 0.75], [0.5, 0.5]]),
        cluster=np.array([0, 0, 1, 1]),
        known=np.zeros((4, 1)),
        decided_at=np.array(["2017-10-01", "2017-10-02", "2017-11-01", "2017-11-02"], dtype="datetime64[us]"),
    )
    return log, np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def logged(*changed: dict[str, object]) -> pa.Table:
    """Give a table of decisions between writing and waiting, one for each dictionary of changes."""
    plain = SITUATION | {"channel": "write", "propensity_write": 0.5, "propensity_wait": 0.5, "resolved": 1.0}
    rows = [
        plain | {"customer_id": f"made:{row}", "as_of": np.datetime64("2017-10-01T00:00:00", "us")} | change
        for row, change in enumerate(changed)
    ]
    return pa.Table.from_pylist(rows)


def made(n: int, seed: int = 5) -> tuple[LoggedDecisions, pa.Table]:
    """Make a log, and give the table with its truth."""
    table = made_decision_log(n, seed)
    return read_log(table, ACTIONS), table


def preferring(log: LoggedDecisions, action: str) -> np.ndarray:
    """Give the policy that does one action wherever it had a chance, and nothing elsewhere."""
    places = np.where(log.propensity[:, log.actions.index(action)] > 0, log.actions.index(action), 3)
    return np.eye(len(log.actions))[places]
