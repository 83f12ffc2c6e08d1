"""Count the open issues of a customer with a brand that were under way at a moment, and went on after it.

In: states, each at a moment of its own, not before its end. Out: a count for each.
What is known of a conversation stays the same for a spell: until its next message, or until an account that
its customer named is known to be a brand's. A spell is judged once, however many moments fall into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.conversations.judging import judge_moments
from nbalib.distinct import distinct
from nbalib.engines.statements import statement
from nbalib.features.columns import is_open
from nbalib.features.events import Events, micros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import StatusWeights

    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

HERE = "nbalib.features"
RELATION = ("customer_id", "brand_account_id")


@dataclass(frozen=True)
class _Spells:
    """Parts of conversations, shape (n,): place of the state, from when (included), till when (not)."""

    place: Integers
    begin: Integers
    end: Integers

    def where(self, chosen: Truths) -> _Spells:
        """Keep some."""
        return _Spells(self.place[chosen], self.begin[chosen], self.end[chosen])


def count_under_way(
    engine: PandasEngine, state: pa.Table, customer: Integers, weights: StatusWeights
) -> Integers:
    """Count for each row the open issues of its customer and brand that were under way at its moment.

    Parameters
    ----------
    state : Table, shape (n, …)
        As `judge` gives it.
    customer : array of integers, shape (n,)
        Number of each row's customer, from 0.

    Returns
    -------
    array of int64, shape (n,)
    """
    found, at = np.zeros(state.num_rows, dtype=np.int64), micros(state["as_of"])
    several = np.flatnonzero(np.bincount(customer)[customer] > 1)
    moments = Events(customer[several], at[several])

    def seen(spells: _Spells) -> _Spells:
        group = customer[spells.place]
        return spells.where(moments.until(group, spells.end - 1) > moments.until(group, spells.begin - 1))

    met = seen(_whole(state, several))
    if met.place.size:
        spells = seen(_spells(engine, state, met))
        asking = several[np.isin(customer[several], customer[met.place])]
        rows = state.select(RELATION).take(pa.array(asking))
        found[asking] = _open_at(at[asking], rows, spells, _judged(engine, state, spells, weights))
    return found


def _open_at(at: Integers, rows: pa.Table, spells: _Spells, judged: pa.Table) -> Integers:
    """Count the open spells of each row's customer and brand that its moment falls into."""
    both = pa.concat_tables([rows, judged.select(RELATION)])
    relation, counted = distinct(both.columns).of_row.to_numpy(), is_open(judged)
    asking, asked = relation[: len(at)], relation[len(at) :][counted]
    begun, over = (Events(asked, ends[counted]).until(asking, at) for ends in (spells.begin, spells.end))
    return np.asarray(begun - over)


def _whole(state: pa.Table, places: Integers) -> _Spells:
    """Give conversations from their first message until their last."""
    ends = (state[f"conversation_{end}_timestamp"].take(pa.array(places)) for end in ("start", "end"))
    return _Spells(places, *map(micros, ends))


def _spells(engine: PandasEngine, state: pa.Table, met: _Spells) -> _Spells:
    """Split conversations where more became known of them."""
    engine.table("met", _named(state, met, "ended", met.end))
    found = engine.arrays(statement(HERE, "became_known"))
    place, begin = found["place"], found["begin_at"]
    end = np.append(begin[1:], 0)
    last = np.append(place[1:] != place[:-1], True)
    end[last] = met.end[np.searchsorted(met.place, place[last])]
    return _Spells(place, begin, end)


def _judged(engine: PandasEngine, state: pa.Table, spells: _Spells, weights: StatusWeights) -> pa.Table:
    """Give state and status of conversations as they stood at the beginning of each spell."""
    moments = _named(state, spells, "as_of", spells.begin)
    engine.table("moments", moments.append_column("moment", pa.array(np.arange(moments.num_rows))))
    return judge_moments(engine, weights)


def _named(state: pa.Table, spells: _Spells, name: str, instants: Integers) -> pa.Table:
    """Give conversations by place and id, with instants."""
    ids = state["conversation_id"].take(pa.array(spells.place))
    at = pa.array(instants, pa.timestamp("us", tz="UTC"))
    return pa.table({"place": spells.place, "conversation_id": ids, name: at})
