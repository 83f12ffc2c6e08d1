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

_READ = ", ".join(
    f"s.{name}"
    for name in ("part", "asked_for", "promised", "mood", "topic", "language", "mentions", "leading_mentions")
)
_MESSAGE = ", ".join(
    f"i.{name}"
    for name in (
        "interaction_id",
        "external_id",
        "platform_type",
        "participant_external_id",
        "author_role",
        "brand_account_id",
        "interaction_timestamp",
        "parent_interaction_id",
    )
)
HANDED_SIGNALS = (
    f"SELECT s.interaction_id, {_READ}, "
    + ", ".join(f"(s.flags & {bit}) <> 0 AS {name}" for name, bit in BIT.items())
    + " FROM handed AS s"
)
"""The SQL that reads `signals` out of `handed`, which is what `handed_readings` selects."""


def says(flags: NDArray[np.int64], *names: str) -> NDArray[np.bool_]:
    """Tell for each row whether any of the signals `names` is set."""
    mask = 0
    for name in names:
        mask |= BIT[name]
    said: NDArray[np.bool_] = (flags & mask) != 0
    return said


def readings() -> str:
    """Give the SQL that reads the `signals` of `messages`, their Boolean columns packed as `flags`."""
    return (
        f"SELECT m.node, {_READ}, {_packed()} AS flags"
        " FROM messages AS m JOIN signals AS s ON s.interaction_id = m.interaction_id"
    )


def handed_readings() -> str:
    """Give the SQL that puts the messages in `scope` together with their readings."""
    return (
        f"SELECT {_MESSAGE}, {_READ}, {_packed()} AS flags"
        " FROM scope AS i JOIN signals AS s ON s.interaction_id = i.interaction_id"
    )


def _packed() -> str:
    return " + ".join(f"CASE WHEN s.{name} THEN {bit} ELSE 0 END" for name, bit in BIT.items())
