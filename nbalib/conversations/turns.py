"""Number the messages of each conversation: turns, runs, clocks and waits.

In: messages sorted by conversation and within it by time, openings first. Out: for each its place, the run
of one side it belongs to, whether it starts the conversation's clock, and the wait that it ends.
Instants are microseconds since 1970, UTC. A message's numbers depend on nothing after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbalib.conversations.segments import NONE, Segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

MICROS_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class Turns:
    """The numbers of each message, shape (n,).

    Attributes
    ----------
    turn : array of int64
        Place in the conversation, from 0, openings included.
    run : array of int64
        Number of the run of messages of one side, from 1; 0 in the opening.
    starts_clock : array of bool
        First customer message, or the first after a long silence.
    answers_since : array of int64
        For an agent's answer, the instant since when the customer waited; else `NONE`.
    """

    turn: NDArray[np.int64]
    run: NDArray[np.int64]
    starts_clock: NDArray[np.bool_]
    answers_since: NDArray[np.int64]


def number_turns(
    conversation: NDArray[np.int64],
    is_opening: NDArray[np.bool_],
    is_customer: NDArray[np.bool_],
    at: NDArray[np.int64],
    restart_days: int,
) -> Turns:
    """Give sorted messages their numbers.

    Parameters
    ----------
    conversation : array of int64, shape (n,)
        Equal for the messages of a conversation, which are neighbours.
    restart_days : int
        A silence of so many days restarts the clocks.
    """
    counted = ~is_opening
    whole = Segments(conversation)
    parts = Segments(conversation * 2 + counted)
    before = parts.before(at, 0).astype(np.int64)
    silence = counted & ~parts.begins & (at - before >= restart_days * MICROS_PER_DAY)
    turns_side = parts.begins | (is_customer != parts.before(is_customer, False))
    episodes = Segments(np.cumsum(parts.begins | silence))
    wrote_before = episodes.running(is_customer.astype(np.int64)) - is_customer
    starts_clock = counted & is_customer & (wrote_before == 0)
    waits_from = parts.latest(counted & is_customer & (turns_side | starts_clock))
    answers = counted & ~is_customer & turns_side & ~parts.begins
    return Turns(
        turn=whole.place,
        run=np.where(counted, parts.running(turns_side.astype(np.int64)), 0),
        starts_clock=starts_clock,
        answers_since=np.where(answers, at[waits_from] if len(at) else at, NONE),
    )
