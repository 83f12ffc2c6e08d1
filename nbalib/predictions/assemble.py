"""Predict: a decision, a message and a likelihood for every conversation known at an instant.

In: a store's tables, parameters, rules, templates. Out: `Predictions`, one row per conversation.
The batch and the service call the same function; only the conversations asked for differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib import __version__
from nbalib.decisions.channels import NO_ACTION
from nbalib.decisions.engine import decide
from nbalib.engines.statements import statement
from nbalib.features.snapshot import take_snapshot
from nbalib.messages.templates import write_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbalib.as_of import AsOf
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.predictions.method import Method

HERE = "nbalib.predictions"
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
    snapshot = take_snapshot(engine, as_of, customer_ids)
    decided = decide(snapshot, method.rules, method.params)
    rows = joined(snapshot.features, snapshot.state.select(CARRIED), decided)
    written = write_messages(rows, method.params.brands, method.templates)
    logs = engine.sql(statement(HERE, "chat_logs")).drop_columns(["conversation_id"])
    rows = joined(rows, written, logs)
    return Predictions(rows.append_column("decision_id", _identify(engine, rows, method)), method)


def _identify(engine: PandasEngine, rows: pa.Table, method: Method) -> pa.ChunkedArray:
    """Name each decision by what it was made of: conversation, instant, method, version and data."""
    named = rows.select(["conversation_id", "as_of", "data_digest"])
    engine.table("identified", named.append_column("row_place", pa.array(range(rows.num_rows))))
    return engine.sql(statement(HERE, "identify"), {"method": method.digest, "version": __version__})[
        "decision_id"
    ]


def joined(*tables: pa.Table) -> pa.Table:
    """Put tables of equally many rows side by side."""
    columns = {name: table[name] for table in tables for name in table.column_names}
    return pa.table(columns)


def with_action(rows: pa.Table) -> pa.Table:
    """Keep the open issues that get an action."""
    return rows.filter(
        pc.and_(pc.equal(rows["resolution_status"], "open"), pc.not_equal(rows["channel"], NO_ACTION))
    )
