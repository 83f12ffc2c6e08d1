"""Predict: a decision, a message and a likelihood for every conversation known at an instant.

In: a store's tables, parameters, rules, templates. Out: `Predictions`, one row per conversation.
The batch and the service call the same function; only the conversations asked for differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.decisions.channels import NO_ACTION
from nbalib.decisions.engine import decide
from nbalib.features.snapshot import settled, take_snapshot
from nbalib.messages.templates import write_messages
from nbalib.predictions.chat_logs import chat_logs
from nbalib.predictions.identify import data_digests, decision_ids
from nbalib.predictions.likely import with_likelihood, with_likelihood_said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbalib.as_of import AsOf
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.predictions.method import Method

READ = ("interactions", "turns", "contacts")
"""Tables that are read."""
CARRIED = ("thread_root_id", "brand_account_id", "last_interaction_id")


@dataclass(frozen=True)
class Predictions:
    """One row per conversation, in the order of conversation_id; `method` made them.

    `rows` has the features, what was decided, the message and its source, the chat log, and
    decision_id, data_digest, thread_root_id, brand_account_id, last_interaction_id.
    """

    rows: pa.Table
    method: Method

    def counted(self, column: str) -> dict[str, int]:
        """Count the rows by the values of a column, most frequent first."""
        counts = pc.value_counts(self.rows[column]).to_pylist()
        return {str(c["values"]): int(c["counts"]) for c in sorted(counts, key=lambda c: -c["counts"])}


def predict(
    engine: PandasEngine, method: Method, as_of: AsOf, customer_ids: Sequence[str] | None = None
) -> Predictions:
    """Predict for all conversations, or those of some customers, from templates alone.

    Parameters
    ----------
    engine : PandasEngine
        Holds the tables `interactions`, `turns` and `contacts`.
    as_of : AsOf
        Instant of decision; nothing later is looked at.

    Returns
    -------
    Predictions
        No row where nothing was known.
    """
    as_of = settled(engine, as_of)
    known = take_snapshot(engine, as_of, method.params.status, customer_ids)
    snapshot = with_likelihood(engine, known, method.likelihood)
    decided = decide(snapshot, method.rules, method.params)
    decided = with_likelihood_said(decided, snapshot.features, method.likelihood)
    rows = joined(snapshot.features, snapshot.state.select(CARRIED), decided)
    written = write_messages(rows, method.params.brands, method.templates)
    logs = chat_logs(engine, as_of.at, customer_ids)
    rows = joined(rows, written, pa.table({"chat_log": logs, "data_digest": data_digests(logs)}))
    return Predictions(rows.append_column("decision_id", decision_ids(rows, method.digest)), method)


def joined(*tables: pa.Table) -> pa.Table:
    """Put tables of equally many rows side by side."""
    columns: dict[str, pa.ChunkedArray] = {}
    for table in tables:
        columns |= zip(table.column_names, table.columns, strict=True)
    return pa.table(columns)


def gets_action(rows: pa.Table) -> pa.ChunkedArray:
    """Tell which rows are open issues that get an action."""
    return pc.and_(pc.equal(rows["resolution_status"], "open"), pc.not_equal(rows["channel"], NO_ACTION))
