"""Evaluations as small frames, for reports.

In: evaluations of several policies on one log. Out: pandas frames in the order in which they are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nbalib.evaluation.policy.row_values import DOUBLY_ROBUST, REPLAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from nbalib.evaluation.policy.evaluate import Evaluation
    from nbalib.evaluation.policy.log import LoggedDecisions


def comparison(evaluations: Sequence[Evaluation], truth: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Put the policies beside each other, in the order of their estimated value, refused ones last.

    Returns
    -------
    DataFrame
        policy, value, low, high (doubly robust; null if refused), plain (mean reward where the log did what
        the policy does), truth (null where not given), gain, gain_low, gain_high (over the log), n_effective.
    """
    rows = [_row(evaluation, (truth or {}).get(evaluation.name)) for evaluation in evaluations]
    return pd.DataFrame(rows).sort_values("value", ascending=False, kind="stable", ignore_index=True)


def _row(evaluation: Evaluation, truth: float | None) -> dict[str, object]:
    answer, gain = evaluation.estimates.get(DOUBLY_ROBUST), evaluation.gain
    plain = evaluation.estimates.get(REPLAY)
    nothing = float("nan")
    return {
        "policy": evaluation.name,
        "value": answer.value if answer else nothing,
        "low": answer.low if answer else nothing,
        "high": answer.high if answer else nothing,
        "plain": plain.value if plain else nothing,
        "truth": nothing if truth is None else truth,
        "gain": gain.value if gain else nothing,
        "gain_low": gain.low if gain else nothing,
        "gain_high": gain.high if gain else nothing,
        "n_effective": evaluation.diagnostics.n_effective,
    }


def plain_averages(log: LoggedDecisions, truth: NDArray[np.float64]) -> pd.DataFrame:
    """Set what the log shows of each action beside what it would have brought everywhere.

    Parameters
    ----------
    truth : float array, shape (n, n_actions)
        True chance of the reward under each action, which only made logs have.

    Returns
    -------
    DataFrame
        action, n_decisions, share_in_log (mean reward where it was done), share_in_truth (mean reward had it
        been done everywhere); decisions in which only one action was allowed are left out.
    """
    is_free = (log.propensity > 0).sum(axis=1) > 1
    rows = [
        (action, int(done.sum()), float(log.reward[done].mean()), float(truth[is_free, place].mean()))
        for place, action in enumerate(log.actions)
        for done in [(log.chosen == place) & is_free]
        if done.any()
    ]
    return pd.DataFrame(rows, columns=["action", "n_decisions", "share_in_log", "share_in_truth"])


def by_method(evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    """Give the value by every method, a row per policy; refused policies have none."""
    rows = [
        {"policy": evaluation.name} | {method: found.value for method, found in evaluation.estimates.items()}
        for evaluation in evaluations
        if evaluation.estimates
    ]
    return pd.DataFrame(rows)


def verdicts(evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    """Say of each policy how well the log covers it, and whether its value is given.

    Returns
    -------
    DataFrame
        policy, n_decisions, n_effective, largest_weight, share_unsupported, verdict.
    """
    rows = [
        {
            "policy": evaluation.name,
            "n_decisions": evaluation.diagnostics.n,
            "n_effective": round(evaluation.diagnostics.n_effective),
            "largest_weight": evaluation.diagnostics.max_weight,
            "share_unsupported": evaluation.diagnostics.unsupported,
            "verdict": f"refused: {'; '.join(evaluation.refused)}" if evaluation.refused else "value given",
        }
        for evaluation in evaluations
    ]
    return pd.DataFrame(rows)
