"""The floors under which no value is given, and the sentences that say so.

In: diagnostics. Out: reasons, with the numbers; none if the value may be given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbalib.evaluation.policy.chances import misfit

if TYPE_CHECKING:
    import pandas as pd

    from nbalib.evaluation.policy.diagnostics import Diagnostics

MIN_ROWS_OF_A_MONTH = 30


@dataclass(frozen=True)
class Floors:
    """What a log must have before a policy's value is given.

    Attributes
    ----------
    min_n_effective : float
        Below about a hundred effective rows intervals of weighted means hold the truth too rarely.
    min_clusters : int
        Below about forty clusters cluster-robust errors are too small (Cameron and Miller, 2015).
    max_cluster_share : float
        One customer or team must not decide the answer.
    max_unsupported : float
        Share of the policy's actions that had no chance in the log: so far can the value be off, unseen.
    min_p_value : float
        Below it the logged chances do not fit what was done. Right chances fell below it in none of 500 made
        logs of 700 customers; chances that ignore the situation fell below it in every one.
    """

    min_n_effective: float = 100
    min_clusters: int = 40
    max_cluster_share: float = 0.1
    max_unsupported: float = 0.01
    min_p_value: float = 1e-6


def refusals(
    found: Diagnostics, by_month: pd.DataFrame, doubt: pd.DataFrame, floors: Floors
) -> tuple[str, ...]:
    """Say why no value can be given; nothing if it can."""
    reasons = [*_too_little(found, floors), *_no_overlap(found, by_month, floors)]
    if misfit(doubt) < floors.min_p_value:
        worst = doubt.nsmallest(1, "p_value").iloc[0]
        reasons.append(
            f"the logged chances do not fit what was done: {worst['action']} was done in "
            f"{worst['share_done']:.1%} of the rows and logged with {worst['propensity']:.1%}, but not where "
            f"the log says; of right logs, fewer than one in {1 / floors.min_p_value:,.0f} look like this"
        )
    return tuple(reasons)


def _too_little(found: Diagnostics, floors: Floors) -> list[str]:
    reasons = []
    if found.n_clusters < floors.min_clusters:
        reasons.append(f"{found.n_clusters:,} clusters, fewer than {floors.min_clusters}")
    if found.n_effective < floors.min_n_effective:
        reasons.append(
            f"{found.n:,} rows count as {found.n_effective:,.0f} for this policy, fewer than "
            f"{floors.min_n_effective:,.0f}: it does what was rarely done"
        )
    if found.largest_cluster_share > floors.max_cluster_share:
        reasons.append(
            f"one cluster has {found.largest_cluster_share:.0%} of the weight, more than "
            f"{floors.max_cluster_share:.0%}"
        )
    return reasons


def _no_overlap(found: Diagnostics, by_month: pd.DataFrame, floors: Floors) -> list[str]:
    reasons = []
    if found.unsupported > floors.max_unsupported:
        reasons.append(
            f"{found.unsupported:.1%} of what it does had no chance in the log, more than "
            f"{floors.max_unsupported:.1%}"
        )
    large = by_month[by_month["n"] >= MIN_ROWS_OF_A_MONTH]
    beyond = large[large["share_unsupported"] > floors.max_unsupported]
    if 0 < len(beyond) < len(large):
        worst = beyond.nlargest(1, "share_unsupported").iloc[0]
        reasons.append(
            f"in {worst['month']}, {worst['share_unsupported']:.1%} of what it does had no chance: "
            f"evaluate the other months"
        )
    return reasons
