"""Logged decisions as arrays: what was known, what was chosen with which chance, and what came of it.

In: a table with the features, `channel`, `propensity_<action>` and a reward a row. Out: `LoggedDecisions`,
checked; everything else in this room works on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nbalib.errors import PolicyError
from nbalib.evaluation.policy.checks import check_columns, check_log
from nbalib.evaluation.policy.known import NEEDED, known_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True)
class LoggedDecisions:
    """A log of n decisions among the same actions.

    Attributes
    ----------
    actions : tuple of str
        Names of the actions.
    chosen : integer array, shape (n,)
        Place in `actions` of what was done.
    reward : float array, shape (n,)
        What came of it, from 0 to 1.
    propensity : float array, shape (n, n_actions)
        Chance of each action when it was decided; rows add up to 1.
    cluster : integer array, shape (n,)
        Rows of one cluster (a customer, a team) may be alike; clusters are independent.
    known : float array, shape (n, n_known)
        What was known at the decision, for models of the outcome.
    decided_at : datetime64 array, shape (n,)
        Instant of each decision, UTC.
    """

    actions: tuple[str, ...]
    chosen: NDArray[np.int64]
    reward: NDArray[np.float64]
    propensity: NDArray[np.float64]
    cluster: NDArray[np.int64]
    known: NDArray[np.float64]
    decided_at: NDArray[np.datetime64]

    def __len__(self) -> int:
        """Count the decisions."""
        return len(self.chosen)

    @property
    def chosen_propensity(self) -> NDArray[np.float64]:
        """Chance of what was done, shape (n,)."""
        return self.propensity[np.arange(len(self)), self.chosen]

    def rows(self, which: NDArray[Any]) -> LoggedDecisions:
        """Give the decisions at these places, or where this mask is true."""
        names = ("chosen", "reward", "propensity", "cluster", "known", "decided_at")
        return replace(self, **{name: getattr(self, name)[which] for name in names})

    def between(self, start: datetime, end: datetime) -> LoggedDecisions:
        """Give the decisions from `start` until before `end`, both UTC.

        Raises
        ------
        PolicyError
            There is none; the message says which period the log covers.
        """
        first, last = (np.datetime64(at.replace(tzinfo=None), "us") for at in (start, end))
        inside = (self.decided_at >= first) & (self.decided_at < last)
        if not inside.any():
            covered = f"{self.decided_at.min()} to {self.decided_at.max()}" if len(self) else "nothing"
            raise PolicyError(f"no decision from {first} until {last}; the log covers {covered}")
        return self.rows(inside)


def read_log(
    table: pa.Table, actions: Sequence[str], *, reward: str = "resolved", cluster: str = "customer_id"
) -> LoggedDecisions:
    """Read logged decisions and check them.

    Parameters
    ----------
    table : Table, shape (n, …)
        The features, `channel`, one column ``propensity_<action>`` an action, `reward` and `cluster`.
    actions : sequence of str
        Every action that could be chosen.

    Raises
    ------
    PolicyError
        A column is absent, an action unknown, a chance impossible, a reward absent or outside 0 to 1.
    """
    names = [f"propensity_{action}" for action in actions]
    check_columns(table, ["channel", "as_of", reward, cluster, *names], NEEDED, actions)
    place = {action: number for number, action in enumerate(actions)}
    log = LoggedDecisions(
        actions=tuple(actions),
        chosen=np.array([place[name] for name in table["channel"].to_pylist()], dtype="int64"),
        reward=np.asarray(table[reward], dtype="float64"),
        propensity=np.column_stack([np.asarray(table[name], dtype="float64") for name in names]),
        cluster=np.asarray(table[cluster].combine_chunks().dictionary_encode().indices, dtype="int64"),
        known=known_columns(table),
        decided_at=table["as_of"].to_numpy().astype("datetime64[us]"),
    )
    check_log(log.actions, log.chosen, log.reward, log.propensity)
    return log
