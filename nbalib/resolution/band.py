"""Where a likelihood says nothing beyond the average: the band in which the model abstains.

In: likelihoods and outcomes of rows that the model did not see. Out: the band's two ends. Inside it the
share that came true cannot be told from the overall share, at 95 % over conversations; the likelihood is
still given there, but no words are made of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

N_GROUPS = 20
Z = 1.96


def abstain_band(p: Floats, y: Truths, groups: Integers) -> tuple[float, float]:
    """Find the band around the overall share.

    Parameters
    ----------
    p : array, shape (n,)
        Likelihoods.
    groups : array of int64, shape (n,)
        Conversations.

    Returns
    -------
    tuple of float
        Lowest and highest likelihood of the neighbouring groups of rows, up from the one that the overall
        share lies in, whose interval holds the overall share; equal ends where none does.
    """
    share = float(y.mean())
    parts = np.array_split(np.argsort(p, kind="stable"), N_GROUPS)
    tells_nothing = [_holds(y[part], groups[part], share) for part in parts]
    middle = int(np.argmin([abs(p[part].mean() - share) for part in parts]))
    low = high = middle
    if not tells_nothing[middle]:
        return share, share
    while low > 0 and tells_nothing[low - 1]:
        low -= 1
    while high < N_GROUPS - 1 and tells_nothing[high + 1]:
        high += 1
    return float(p[parts[low]].min()), float(p[parts[high]].max())


def _holds(y: Truths, groups: Integers, share: float) -> bool:
    """Tell whether the interval of the mean of `y`, rows of a conversation being alike, holds `share`.

    The spread is the one that would be expected if `share` were true, so that a group without any outcome
    has one as well; conversations of several rows widen it by the design effect.
    """
    rows = np.bincount(np.unique(groups, return_inverse=True)[1])
    spread = np.sqrt(share * (1 - share) * (rows**2).sum()) / len(y)
    return bool(abs(y.mean() - share) <= Z * spread)
