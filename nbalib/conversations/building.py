"""Build threads, turns and conversations of whole reply trees.

In: an engine that holds `scope` (rows of `interactions`), their `signals`, and `known_accounts`. Out:
rows of its tables `threads`, `turns` and `conversations`. What is built of a tree depends on nothing
outside it, so that an engine may have it done tree by tree, elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.flags import HANDED_SIGNALS, handed_readings
from nbalib.conversations.judging import judge
from nbalib.conversations.keeping import keep_threads
from nbalib.conversations.placing import messages_placed, place, turns_of
from nbalib.engines.pandas_engine import Trees
from nbalib.engines.side_by_side import side_by_side
from nbalib.schema import CONVERSATIONS, THREADS, TURNS

if TYPE_CHECKING:
    from datetime import datetime

    from nbalib.engines.pandas_engine import PandasEngine, Told
    from nbalib.params import Params

MOOD_POINTS = 10_000

TREES = Trees(
    rows=handed_readings(),
    id="interaction_id",
    parent="parent_interaction_id",
    shared=("known_accounts",),
    views={"scope": "SELECT * FROM handed", "signals": HANDED_SIGNALS},
    made={table.name: table.arrow for table in (THREADS, TURNS, CONVERSATIONS)},
)
"""Messages that answer each other, with what was read in them."""


def build(
    engine: PandasEngine, tell: Told, *, params: Params, now: datetime, latest: datetime | None
) -> None:
    """Place the messages in scope, and judge their conversations.

    Parameters
    ----------
    tell : callable
        Called with the messages done, after each piece.
    now : datetime
        UTC; becomes `created_at`.
    latest : datetime, optional
        The moment that conversations are judged at: the latest stored message, of all trees.
    """

    def built(ordered: pa.Table) -> tuple[pa.Table, pa.Table]:
        turns = turns_of(ordered, params.policy)
        return turns, conversations_of(judge(_as_known_at(turns, latest), params.status), now)

    place(engine, params.policy)
    keep_threads(engine)
    done = 0
    for turns, conversations in side_by_side(built, messages_placed(engine)):
        engine.append("turns", TURNS.conform(turns.select(TURNS.names)))
        engine.append("conversations", conversations)
        done += turns.num_rows
        tell(done)


def _as_known_at(turns: pa.Table, latest: datetime | None) -> pa.Table:
    """Give the counted turns with the moment they are judged at: the latest stored message."""
    counted = turns.filter(pc.invert(turns["is_opening"]))
    as_of = pa.repeat(pa.scalar(latest, pa.timestamp("us", tz="UTC")), counted.num_rows)
    return counted.append_column("as_of", as_of).rename_columns({"conversation": "moment"})


def conversations_of(state: pa.Table, now: datetime) -> pa.Table:
    """Shape states as rows of the table `conversations`."""
    moods = np.asarray(state["n_moods"])
    mean = np.asarray(state["mood_points_sum"]) / np.maximum(moods, 1) / MOOD_POINTS
    mood = pa.array(mean, mask=moods == 0)
    count = pc.cast(state["total_interactions"], pa.string())
    mix = pc.binary_join_element_wise('{"', state["platform_type"], '":', count, "}", "")
    whole = state.append_column("customer_sentiment_score", mood).append_column("channel_mix", mix)
    whole = whole.append_column("created_at", pa.array([now] * state.num_rows, pa.timestamp("us", tz="UTC")))
    return CONVERSATIONS.conform(whole.select(CONVERSATIONS.names))
