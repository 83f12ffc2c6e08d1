"""What cannot be: logs and policies that no estimator may be given.

In: columns of a log, or the actions of a policy. Out: nothing, or a `PolicyError` that says how many rows
are at fault and shows one. These are mistakes in the data; too little data is a matter of `floors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nbalib.errors import PolicyError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

TOLERANCE = 1e-6


def check_columns(
    table: pa.Table, names: Sequence[str], features: Sequence[str], actions: Sequence[str]
) -> None:
    """Refuse a table that is empty, lacks a column, has a null in one of `names`, or an unknown action."""
    absent = [name for name in (*names, *features) if name not in table.column_names]
    if absent:
        raise PolicyError(f"the log lacks {absent[0]!r}{nearest(absent[0], table.column_names)}")
    if not table.num_rows:
        raise PolicyError("the log has no decisions")
    for name in names:
        if n_null := table[name].null_count:
            raise PolicyError(f"column {name!r} of the log is null in {n_null:,} of {table.num_rows:,} rows")
    taken = table["channel"].value_counts().to_pylist()
    unknown = [entry for entry in taken if entry["values"] not in actions]
    if unknown:
        name, n = unknown[0]["values"], sum(entry["counts"] for entry in unknown)
        raise PolicyError(f"{n:,} logged actions are unknown, such as {name!r}{nearest(name, actions)}")


def check_log(
    actions: Sequence[str],
    chosen: NDArray[np.int64],
    reward: NDArray[np.float64],
    propensity: NDArray[np.float64],
) -> None:
    """Refuse chances that are no chances, and rewards that are not from 0 to 1.

    Raises
    ------
    PolicyError
        A chance is not from 0 to 1, a row of them does not add up to 1, what was done had no chance, or a
        reward is out of range.
    """
    _refuse(~_is_share(reward), "rewards are not from 0 to 1", reward)
    rows, places = np.nonzero(~_is_share(propensity))
    if len(rows):
        raise PolicyError(
            f"{len(rows):,} logged propensities are not from 0 to 1: row {rows[0]}, {actions[places[0]]}, "
            f"{propensity[rows[0], places[0]]:g}"
        )
    total = propensity.sum(axis=1)
    _refuse(np.abs(total - 1) > TOLERANCE, "rows of logged propensities do not add up to 1", total)
    taken = propensity[np.arange(len(chosen)), chosen]
    _refuse(taken <= 0, "actions were done although their logged propensity is 0", chosen)


def check_target(target: NDArray[np.float64], n: int, actions: Sequence[str]) -> None:
    """Refuse a policy that is not one row of chances for each of the `n` decisions.

    Raises
    ------
    PolicyError
        The shape is another, a chance is not from 0 to 1, or a row does not add up to 1.
    """
    if target.shape != (n, len(actions)):
        raise PolicyError(f"the policy has shape {target.shape}; the log asks for {(n, len(actions))}")
    total = np.where(_is_share(target).all(axis=1), target.sum(axis=1), np.nan)
    _refuse(
        ~(np.abs(total - 1) <= TOLERANCE), "rows of the policy are no chances that add up to 1", target.sum(1)
    )


def _is_share(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which values are from 0 to 1; NaN is not."""
    return np.asarray((values >= 0) & (values <= 1))


def _refuse(bad: NDArray[np.bool_], what: str, values: NDArray[np.float64] | NDArray[np.int64]) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise PolicyError(f"{int(bad.sum()):,} of {len(bad):,} {what}: row {row}, {values[row]:g}")
