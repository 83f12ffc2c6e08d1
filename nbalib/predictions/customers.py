"""Find a customer by the id that a person types.

In: ``twitter:115712`` or, where only one platform has it, ``115712``. Out: the full id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbalib.engines.pandas_engine import PandasEngine

WHOLE = "SELECT customer_id FROM customer_profiles WHERE customer_id = $text"
PLATFORMS = "SELECT DISTINCT platform_type FROM conversations"


def find_customer(engine: PandasEngine, text: str) -> str:
    """Give the full id of the customer that `text` names.

    Raises
    ------
    NotFoundError
        No profile has this id.
    InputError
        Customers of several platforms have it.
    """
    if engine.one(WHOLE, {"text": text}):
        return text
    # Full ids are looked up; bare ones, of which there is no index, would have to be searched for.
    possible = (f"{platform}:{text}" for platform in engine.sql(PLATFORMS)["platform_type"].to_pylist())
    return only_one(text, [one for one in possible if engine.one(WHOLE, {"text": one})])


def only_one(text: str, found: Sequence[str]) -> str:
    """Give the one customer that was found for `text`.

    Raises
    ------
    NotFoundError
        There is none.
    InputError
        There are several.
    """
    if not found:
        raise NotFoundError(f"Customer profile not found for ID: {text}")
    if len(found) > 1:
        names = ", ".join(sorted(found))
        raise InputError(f"{len(found)} customers have the id {text!r}; give one of {names}")
    return found[0]
