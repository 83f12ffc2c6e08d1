"""What simulated logs must show of each estimator, for few simulations and for many.

In: a frame of `simulate`. Out: the coverage, bias or another figure of one estimator in one scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

RIGHT = ("snips", "doubly_robust")
"""The estimators whose intervals are to be believed where the logged chances are right."""


def figure(found: pd.DataFrame, scenario: str, method: str, name: str) -> float:
    """Give one figure of one estimator in one scenario."""
    chosen = found[(found["scenario"] == scenario) & (found["method"] == method)]
    return float(chosen[name].iloc[0])
