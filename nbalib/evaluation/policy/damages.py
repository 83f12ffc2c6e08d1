"""Ways in which a log can be wrong, done to a sound one, to see what estimators and floors make of it.

In: a log. Out: the same log with one thing wrong.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nbalib.errors import PolicyError, nearest

if TYPE_CHECKING:
    from nbalib.evaluation.policy.log import LoggedDecisions


def with_averaged_chances(log: LoggedDecisions) -> LoggedDecisions:
    """Log the mean chance of each action in the place of its chance in the situation.

    It is what one has who counts afterwards how often each channel was used. Rows in which one action was
    certain keep their chances.
    """
    is_free = log.propensity.max(axis=1) < 1
    mean = log.propensity[is_free].mean(axis=0)
    return replace(log, propensity=np.where(is_free[:, None], mean, log.propensity))


def without_action(log: LoggedDecisions, action: str, month: str) -> LoggedDecisions:
    """Leave an action out of one month (``2017-11``), as if the channel had not existed then.

    Raises
    ------
    PolicyError
        The action is not one of the log's.
    """
    if action not in log.actions:
        raise PolicyError(f"the log has no action {action!r}{nearest(action, log.actions)}")
    place = log.actions.index(action)
    then = log.decided_at.astype("datetime64[M]") == np.datetime64(month, "M")
    left = log.propensity.copy()
    left[then, place] = 0
    kept = ~then | ((log.chosen != place) & (left.sum(axis=1) > 0))
    left /= np.maximum(left.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return replace(log, propensity=left).rows(kept)
