"""What a store of real decisions can answer, and what it cannot, with the counts that say why.

In: the tables `decisions`, `contacts` and `outcomes`, and the number of conversations. Out: questions with
yes or no and the reason, and how many decisions would have to be logged, in which way, to answer the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from statistics import NormalDist
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.compute as pc

from nbalib.errors import ParameterError

if TYPE_CHECKING:
    import pyarrow as pa

CERTAIN = "rules decide with certainty, so that one situation is always met with one channel"
COMPUTED = "decisions are computed for any rules, whatever is logged: notebooks 00 and 70"
WHOLE = "all it takes is logged; whether it suffices, the floors say"
UNREAD = (
    "what agents did is read from their messages, but why they did it is nowhere written: they treat hard "
    "cases otherwise than easy ones, so that averages compare the cases and not the channels"
)


@dataclass(frozen=True)
class Evidence:
    """What a store holds for judging actions.

    Attributes
    ----------
    n_conversations, n_decisions : int
        Conversations, and logged decisions.
    n_with_chance : int
        Decisions logged with the chance of what was decided.
    n_carried_out : int
        Decisions that a contact says were carried out.
    n_with_outcome : int
        Decisions of which an outcome is known.
    """

    n_conversations: int
    n_decisions: int
    n_with_chance: int
    n_carried_out: int
    n_with_outcome: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps the store from telling whether another policy would do better, if anything."""
        n, whole = self.n_decisions, f"{self.n_decisions:,} decisions"
        lacks = [
            (not n, "no decision is logged, with its chance, and with what came of it"),
            (
                bool(n) and self.n_with_chance < n,
                f"{n - self.n_with_chance:,} of {whole} hold no chance of what was decided: {CERTAIN}",
            ),
            (bool(n) and not self.n_carried_out, f"of {whole}, none is reported as carried out"),
            (self.n_with_outcome < n, f"{n - self.n_with_outcome:,} of {whole} have no outcome"),
        ]
        return tuple(text for holds, text in lacks if holds)


def find_evidence(
    decisions: pa.Table, contacts: pa.Table, outcomes: pa.Table, *, n_conversations: int
) -> Evidence:
    """Count what the three tables hold; a contact or an outcome of an unknown decision does not count."""
    known = decisions["decision_id"]
    has_chance = "propensity" in decisions.column_names
    return Evidence(
        n_conversations=n_conversations,
        n_decisions=decisions.num_rows,
        n_with_chance=decisions.num_rows - decisions["propensity"].null_count if has_chance else 0,
        n_carried_out=_n_about(known, contacts["decision_id"]),
        n_with_outcome=_n_about(known, outcomes["decision_id"]),
    )


def answers(evidence: Evidence) -> pd.DataFrame:
    """Say which questions can be answered.

    Returns
    -------
    DataFrame
        question, answer (yes or no), because.
    """
    n, n_read, missing = evidence.n_decisions, evidence.n_conversations, "; ".join(evidence.missing)
    rows = [
        ("What would other rules decide, and for whom?", n_read > 0, COMPUTED),
        (
            "How did the conversations end, by what was written?",
            n_read > 0,
            f"it is read from the messages of {n_read:,} conversations: notebook 20",
        ),
        (
            "How did the decided ones end?",
            evidence.n_with_outcome > 0,
            f"{evidence.n_with_outcome:,} of {n:,} decisions have an outcome",
        ),
        ("Would other rules resolve more?", not missing, missing or WHOLE),
        ("Which channel works best?", not missing, missing or WHOLE),
        ("Did the channels that agents chose work best?", False, UNREAD),
    ]
    return pd.DataFrame(
        [(question, "yes" if holds else "no", because) for question, holds, because in rows],
        columns=["question", "answer", "because"],
    )


def decisions_needed(half_width: float, share_at_random: float, n_actions: int, level: float = 0.95) -> int:
    """Count the decisions after which a policy's value is known to ± `half_width`.

    For the worst case: a policy that always does something else than the team, and outcomes that are as
    uncertain as can be. A share of decisions, drawn evenly among the actions, is all that speaks of it; so
    n_effective = n · share / n_actions must reach z² · ¼ / half_width².

    Raises
    ------
    ParameterError
        A number is out of its range.
    """
    if not (0 < half_width < 1 and 0 < share_at_random <= 1 and n_actions > 1 and 0 < level < 1):
        raise ParameterError(
            f"no number of decisions gives ±{half_width} at {level} with {share_at_random} at random "
            f"among {n_actions} actions"
        )
    z = NormalDist().inv_cdf((1 + level) / 2)
    return ceil(z**2 / 4 / half_width**2 * n_actions / share_at_random)


def _n_about(known: pa.ChunkedArray, named: pa.ChunkedArray) -> int:
    """Count the known decisions that are named at least once."""
    return int(pc.sum(pc.is_in(known, value_set=named.drop_null())).as_py() or 0)
