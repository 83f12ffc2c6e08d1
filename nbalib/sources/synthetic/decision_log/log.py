"""The made log itself: moments, choices, and the outcome of each choice that might have been made.

In: a number of rows and a seed. Out: a table in the layout `DECISION_LOG`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from nbalib.errors import ParameterError
from nbalib.feature_catalogue import features_schema
from nbalib.params import Policy
from nbalib.sources.synthetic.decision_log.draws import Draws
from nbalib.sources.synthetic.decision_log.moments import customers_of, made_moments
from nbalib.sources.synthetic.decision_log.truth import (
    ACTIONS,
    DIGITS,
    chances,
    given_effect,
    log_odds,
    propensities,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def _each(prefix: str, kind: pa.DataType) -> list[pa.Field]:
    return [pa.field(f"{prefix}_{action}", kind, nullable=False) for action in ACTIONS]


DECISION_LOG = pa.schema(
    [
        *features_schema(),
        pa.field("decision_id", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("propensity", pa.float64(), nullable=False),
        *_each("propensity", pa.float64()),
        pa.field("resolved", pa.bool_(), nullable=False),
        *_each("resolved_if", pa.bool_()),
        *_each("p_resolved_if", pa.float64()),
        pa.field("p_resolved_logged", pa.float64(), nullable=False),
        pa.field("p_resolved_known", pa.float64(), nullable=False),
        pa.field("customer_effect", pa.float64(), nullable=False),
    ]
)
"""The features, and then:

- `channel`: what was chosen; `propensity`: with which chance; `propensity_…`: the chance of each channel.
- `resolved`: whether the issue was resolved within `HORIZON_HOURS`; a log of real decisions ends here.
- `resolved_if_…`: whether it would have been, under each channel (`resolved` is the one of `channel`).
- `p_resolved_if_…`: the true chance of that, given the features and the channel.
- `p_resolved_logged`: that of the channel chosen: the best score for `resolved` of any model that knows
  features and channel (the Bayes score).
- `p_resolved_known`: the same for models that know the features but not the channel: the mean of
  `p_resolved_if_…`, weighted by `propensity_…`.
- `customer_effect`: what makes a customer's issues easier or harder than their features say, in log-odds.
  It is averaged out of every `p_resolved_…`, since nobody can know it, and makes one customer's rows alike.
"""


def made_decision_log(
    n: int,
    seed: int,
    *,
    rows_per_customer: float = 3.0,
    customer_sd: float = 0.5,
    policy: Policy | None = None,
) -> pa.Table:
    """Make a log of `n` decisions; the same arguments give the same log on every machine.

    Parameters
    ----------
    n : int
        Decisions, at least 1.
    rows_per_customer : float
        Mean number of decisions about one customer, at least 1.
    customer_sd : float
        Standard deviation of the customers' own log-odds, at least 0; with 0, rows are independent.
    policy : Policy, optional
        The contact policy that forbade contacts; that of `Policy()` if absent.

    Returns
    -------
    Table, shape (n, …)
        In the layout `DECISION_LOG`, customer by customer.

    Raises
    ------
    ParameterError
        A number is out of its range.
    """
    if n < 1 or rows_per_customer < 1 or customer_sd < 0:
        raise ParameterError(
            f"no log has {n} decisions, {rows_per_customer} a customer, standard deviation {customer_sd}"
        )
    draws = Draws(n, seed)
    customer = customers_of(draws, rows_per_customer)
    features = made_moments(draws, customer)
    effect = draws.around_zero(customer_sd)[: customer[-1] + 1][customer]
    odds = log_odds(features)
    columns: dict[str, Any] = {
        **dict(zip(features.column_names, features.columns, strict=True)),
        "decision_id": [f"made:{seed}:{row}" for row in range(n)],
        **_by_action("propensity", propensities(features, policy or Policy())),
        **_by_action("resolved_if", draws.unit()[:, None] < given_effect(odds, effect)),
        **_by_action("p_resolved_if", chances(odds, customer_sd)),
        "customer_effect": effect,
    }
    columns |= _of_the_chosen(draws, columns)
    return pa.table({name: columns[name] for name in DECISION_LOG.names}, schema=DECISION_LOG)


def _by_action(prefix: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Name each channel's column of `values`."""
    return {f"{prefix}_{action}": values[:, place] for place, action in enumerate(ACTIONS)}


def _of_the_chosen(draws: Draws, columns: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Draw the channel by its chances, and give what the log holds of the channel drawn."""
    chance, outcome, truth = (
        np.column_stack([columns[f"{prefix}_{action}"] for action in ACTIONS])
        for prefix in ("propensity", "resolved_if", "p_resolved_if")
    )
    chosen = drawn_actions(chance, draws.unit())
    rows = np.arange(draws.n)
    return {
        "channel": np.array(ACTIONS, dtype=object)[chosen],
        "propensity": chance[rows, chosen],
        "resolved": outcome[rows, chosen],
        "p_resolved_logged": truth[rows, chosen],
        "p_resolved_known": (truth * chance).sum(axis=1).round(DIGITS),
    }


def drawn_actions(chance: NDArray[np.float64], unit: NDArray[np.float64]) -> NDArray[np.int64]:
    """Turn numbers in [0, 1) into actions, each in its row's chance; one without a chance is never drawn."""
    bounds = np.cumsum(chance, axis=1)
    bounds /= bounds[:, -1:]
    return np.asarray((unit[:, None] >= bounds).sum(axis=1), dtype="int64")
