"""Find a customer by the id that a person types.

In: ``twitter:115712`` or, where only one platform has it, ``115712``. Out: the full id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from nbalib.engines.pandas_engine import PandasEngine

WHOLE = "SELECT customer_id FROM customer_profiles WHERE customer_id = $text"
BARE = """
SELECT customer_id FROM customer_profiles
WHERE substr(customer_id, strpos(customer_id, ':') + 1) = $text
ORDER BY customer_id
"""


def find_customer(engine: PandasEngine, text: str) -> str:
    """Give the full id of the customer that `text` names.

    Raises
    ------
    NotFoundError
        No profile has this id.
    InputError
        Customers of several platforms have it.
    """
    # The full id is looked up, the bare one searched for: among many customers that takes far longer.
    found = engine.sql(WHOLE, {"text": text})["customer_id"].to_pylist()
    found = found or engine.sql(BARE, {"text": text})["customer_id"].to_pylist()
    if not found:
        raise NotFoundError(f"Customer profile not found for ID: {text}")
    if len(found) > 1:
        raise InputError(f"{len(found)} customers have the id {text!r}; give one of {', '.join(found)}")
    return str(found[0])
