"""Signals packed as the bits of one integer, so that a run of messages is joined by one OR.

In: integers whose bit i stands for `schema.SIGNAL_FLAGS[i]`. Out: Boolean columns, or the SQL that packs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.schema import SIGNAL_FLAGS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BIT = {name: 1 << place for place, name in enumerate(SIGNAL_FLAGS)}


def says(flags: NDArray[np.int64], *names: str) -> NDArray[np.bool_]:
    """Tell for each row whether any of the signals `names` is set."""
    mask = 0
    for name in names:
        mask |= BIT[name]
    said: NDArray[np.bool_] = (flags & mask) != 0
    return said


def readings() -> str:
    """Give the SQL that reads the `signals` of `messages`, their Boolean columns packed as `flags`."""
    bits = " + ".join(f"CASE WHEN s.{name} THEN {bit} ELSE 0 END" for name, bit in BIT.items())
    return (
        "SELECT m.node, s.part, s.asked_for, s.promised, s.mood, s.topic, s.language, s.mentions,"
        f" s.leading_mentions, {bits} AS flags"
        " FROM messages AS m JOIN signals AS s ON s.interaction_id = m.interaction_id"
    )
