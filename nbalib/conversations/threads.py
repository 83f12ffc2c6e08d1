"""Find, for every message, its thread's root, its depth and its nearest ancestor of a kind.

In: integer links, `parent[i]` = position of the message that message i answers, -1 for none.
Out: integer arrays of the same length. All by pointer jumping: the number of rounds grows with the
logarithm of the deepest thread, so a chain of 200,000 replies costs 18 rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Climb:
    """Where each message ends up when its links are followed upwards.

    Attributes
    ----------
    top : array of int64, shape (n,)
        Last message reached; the message itself if it has no link.
    steps : array of int64, shape (n,)
        Links followed.
    circular : array of bool, shape (n,)
        True for a message that stands in a circle; its link was cut.
    """

    top: NDArray[np.int64]
    steps: NDArray[np.int64]
    circular: NDArray[np.bool_]


def climb(parent: NDArray[np.int64], stop: NDArray[np.bool_] | None = None) -> Climb:
    """Follow links upwards to the root, or to the first ancestor where `stop` holds.

    Parameters
    ----------
    parent : array of int64, shape (n,)
        Position of the message answered; -1 for none.
    stop : array of bool, shape (n,), optional
        Messages that end the way up of those below them. A message does not stop itself.

    Notes
    -----
    A circle is never followed: each link inside one is cut, and its messages are marked.
    """
    circular = np.zeros(len(parent), dtype=bool)
    top, steps, left = _jump(parent, stop)
    if left.size:
        # Having jumped further than there are messages, those still on their way stand in circles.
        circular[top[left]] = True
        top, steps, _ = _jump(np.where(circular, -1, parent), stop)
    return Climb(top, steps, circular)


def _jump(
    parent: NDArray[np.int64], stop: NDArray[np.bool_] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Double the reach of each message's pointer until all rest; return also those that never do."""
    here = np.arange(len(parent), dtype=np.int64)
    top = np.where(parent >= 0, parent, here)
    steps = (parent >= 0).astype(np.int64)
    rests = parent < 0
    if stop is not None:
        rests = rests | stop
    moving = here[(parent >= 0) & ~rests[top]]
    for _ in range(len(parent).bit_length() + 1):
        if not moving.size:
            break
        via = top[moving]
        # A pointer is only lengthened through one that started at a message where none may rest.
        steps[moving] += steps[via]
        top[moving] = top[via]
        moving = moving[~rests[top[moving]]]
    return top, steps, moving


def openings(
    first: NDArray[np.int64], parent: NDArray[np.int64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the `most` nearest ancestors of each of the messages `first`.

    Returns
    -------
    which, ancestor : arrays of int64, shape (n_pairs,)
        Position in `first`, and the ancestor's position among all messages.
    """
    which, ancestors = [], []
    asking = np.arange(len(first), dtype=np.int64)
    at = parent[first] if len(first) else first
    for _ in range(most):
        known = at >= 0
        asking, at = asking[known], at[known]
        if not asking.size:
            break
        which.append(asking)
        ancestors.append(at)
        at = parent[at]
    empty = np.zeros(0, dtype=np.int64)
    return (np.concatenate(which) if which else empty), (np.concatenate(ancestors) if ancestors else empty)
