"""The facts of labelled conversations, as a store holds them: what weights of the status are fitted to.

In: an engine on a store's tables, settled labels. Out: facts and labels in one order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.conversations.facts import facts_of
from nbalib.conversations.roles import HERE
from nbalib.conversations.state import states_of
from nbalib.engines.statements import statement
from nbalib.resolution.labels import join

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from nbalib.engines.pandas_engine import PandasEngine

MOMENTS = """
SELECT row_number() OVER (ORDER BY conversation_id) AS moment, conversation_id,
    conversation_end_timestamp AS as_of
FROM conversations
WHERE conversation_id IN (SELECT conversation_id FROM labelled)
"""


@dataclass(frozen=True)
class Labelled:
    """Labelled conversations: `facts` (fact → array of bool, shape (n,)) and `frame`, n rows, in one order.

    `frame` has the labels' columns, thread and brand.
    """

    facts: dict[str, NDArray[np.bool_]]
    frame: pd.DataFrame


def labelled_facts(engine: PandasEngine, settled: pd.DataFrame) -> Labelled:
    """Find the facts of each labelled conversation that is stored and was not labelled unclear.

    Parameters
    ----------
    settled : DataFrame
        One label a conversation, as `labels.gold` gives it.
    """
    stored = engine.sql("SELECT conversation_id, last_interaction_id FROM conversations").to_pandas()
    known = join(settled, stored, partial=True).frame
    known = known[known["resolution"] != "unclear"]
    engine.table("labelled", pa.table({"conversation_id": pa.array(known["conversation_id"], pa.string())}))
    engine.make("moments", MOMENTS)
    state = states_of(engine.sql(statement(HERE, "known")))
    engine.drop("labelled", "moments")
    columns = ["conversation_id", "thread_root_id", "brand_account_id", "n_customer_messages"]
    beside = state.select(columns).to_pandas().rename(columns={"thread_root_id": "thread"})
    beside["brand"] = beside.pop("brand_account_id").fillna("")
    return Labelled(facts_of(state), beside.merge(known, on="conversation_id", validate="one_to_one"))
