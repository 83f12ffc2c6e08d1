"""Count the contacts that were made with the customers of conversations.

In: the table `contacts`, states, one row a moment. Out: columns for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from nbalib.distinct import coded
from nbalib.engines.statements import statement
from nbalib.features.columns import HOUR
from nbalib.features.events import Events, micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from nbalib.engines.pandas_engine import PandasEngine

HERE = "nbalib.features"
HOW_MANY = "SELECT count(*) FROM contacts"
WEEK = 7 * 24 * HOUR


def count_contacts(
    engine: PandasEngine, state: pa.Table, customer_ids: Sequence[str] | None
) -> dict[str, NDArray[Any]]:
    """Count contacts in the seven days before each moment, and tell whether any followed the last message.

    Parameters
    ----------
    state : Table, shape (n, …)
        As `judge` gives it.
    customer_ids : sequence of str, optional
        Those whose conversations the states are of; None for all.

    Returns
    -------
    dict
        n_contacts_7d (int64) and is_followed_up (bool), shape (n,).
    """
    if not engine.one(HOW_MANY):  # until something was sent, nothing is looked up
        nothing = np.zeros(state.num_rows, dtype=np.int64)
        return {"n_contacts_7d": nothing, "is_followed_up": nothing > 0}
    contacts = engine.sql(statement(HERE, "contacts"), {"customer_ids": customer_ids})
    as_of, ended = (micros(state[name]) for name in ("as_of", "conversation_end_timestamp"))
    customer, by_customer = _grouped(state["customer_id"], contacts["customer_id"], contacts["sent_at"])
    talk, by_talk = _grouped(state["conversation_id"], contacts["conversation_id"], contacts["sent_at"])
    week = by_customer.until(customer, as_of) - by_customer.until(customer, as_of - WEEK)
    after = by_talk.until(talk, as_of) - by_talk.until(talk, np.minimum(ended - 1, as_of))
    return {"n_contacts_7d": week, "is_followed_up": after > 0}


def _grouped(
    column: pa.ChunkedArray, of_contact: pa.ChunkedArray, sent_at: pa.ChunkedArray
) -> tuple[NDArray[np.int64], Events]:
    """Give the number of each value of a column, and the contacts of each number."""
    codes = coded(column)
    group = pc.index_in(of_contact, value_set=codes.dictionary)
    known = group.is_valid()
    events = Events(np.asarray(group.filter(known)).astype(np.int64), micros(sent_at.filter(known)))
    return codes.indices.to_numpy(), events
