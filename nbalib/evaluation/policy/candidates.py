"""Policies to be evaluated, as the chance of each action in each logged situation.

In: features, rules or a channel's name, and the contact policy. Out: float arrays of shape (n, n_actions)
whose rows add up to 1. Where no contact is allowed, each of them does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nbalib.decisions.channels import NO_ACTION
from nbalib.decisions.eligibility import find_eligible
from nbalib.errors import PolicyError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from nbalib.decisions.rules import RuleSet
    from nbalib.params import Params


def by_rules(
    features: pa.Table, rules: RuleSet, params: Params, actions: Sequence[str]
) -> NDArray[np.float64]:
    """Do what the rules decide, within the contact policy."""
    allowed = find_eligible(features, params.brands, params.policy).allowed
    return by_channel(rules.decide(features, allowed)["action"].to_pylist(), actions)


def always(channel: str, features: pa.Table, params: Params, actions: Sequence[str]) -> NDArray[np.float64]:
    """Use one channel wherever the contact policy allows it, and do nothing elsewhere."""
    if channel == NO_ACTION:
        return by_channel([NO_ACTION] * features.num_rows, actions)
    allowed = find_eligible(features, params.brands, params.policy).allowed
    if channel not in allowed:
        raise PolicyError(f"no channel is named {channel!r}{nearest(channel, allowed)}")
    return by_channel(np.where(np.asarray(allowed[channel]), channel, NO_ACTION).tolist(), actions)


def by_channel(decided: Sequence[str], actions: Sequence[str]) -> NDArray[np.float64]:
    """Do what is named for each row, with certainty.

    Raises
    ------
    PolicyError
        A name is not among the actions.
    """
    names, numbers = np.unique(np.asarray(decided, dtype="str"), return_inverse=True)
    unknown = sorted(set(names.tolist()) - set(actions))
    if unknown:
        n = sum(name in unknown for name in decided)
        raise PolicyError(f"{n:,} actions are unknown, such as {unknown[0]!r}{nearest(unknown[0], actions)}")
    places = np.array([list(actions).index(name) for name in names])
    certain: NDArray[np.float64] = np.eye(len(actions))[places[numbers]]
    return certain
