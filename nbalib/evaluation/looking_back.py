"""One conversation as it was known at each of its messages: what was seen, and what was decided then.

In: a conversation's id, rules and parameters. Out: a small frame, one row per moment, oldest first.
Nothing later than a moment is looked at for its row. Instants are UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.as_of import AsOf
from nbalib.decisions.engine import decide
from nbalib.errors import NotFoundError
from nbalib.features.snapshot import take_snapshot

if TYPE_CHECKING:
    from datetime import datetime

    from nbalib.decisions.rules import RuleSet
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import Params

MOMENTS = """
SELECT t.customer_id, t.interaction_timestamp AS as_of, min(t.author_role) AS written_by
FROM turns AS t
WHERE t.conversation_id = $conversation_id AND NOT t.is_opening
GROUP BY t.customer_id, t.interaction_timestamp
ORDER BY as_of
"""
SEEN = ("n_interactions", "resolution_status", "awaiting")
DECIDED = ("rule", "channel", "send_time")


def looking_back(
    engine: PandasEngine, rules: RuleSet, params: Params, conversation_id: str, *, most: int = 12
) -> pd.DataFrame:
    """Decide about one conversation as of each of its first `most` messages.

    Returns
    -------
    DataFrame, shape (n, 8)
        as_of, written_by (who wrote at that instant), n_interactions, resolution_status, awaiting, rule,
        channel, send_time (null for no_action).

    Raises
    ------
    NotFoundError
        There is no such conversation.
    """
    moments = engine.sql(MOMENTS, {"conversation_id": conversation_id}).to_pylist()[:most]
    if not moments:
        raise NotFoundError(f"there is no conversation {conversation_id!r}")
    rows = [{**moment, **_known_at(engine, rules, params, conversation_id, **moment)} for moment in moments]
    return pd.DataFrame(rows)[["as_of", "written_by", *SEEN, *DECIDED]]


def _known_at(
    engine: PandasEngine,
    rules: RuleSet,
    params: Params,
    conversation_id: str,
    *,
    customer_id: str,
    as_of: datetime,
    **_other: object,
) -> dict[str, object]:
    """Give what was known of the conversation at `as_of`, and what the rules say to it."""
    snapshot = take_snapshot(engine, AsOf("instant", as_of), params.status, [customer_id])
    decided = decide(snapshot, rules, params)
    place = pc.index(snapshot.features["conversation_id"], conversation_id).as_py()
    row = pa.table(
        {name: snapshot.features[name] for name in SEEN} | {name: decided[name] for name in DECIDED}
    )
    found: dict[str, object] = row.slice(place, 1).to_pylist()[0]
    return found
