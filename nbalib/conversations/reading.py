"""Read each message once: find its signals, language, mood and topic, and keep them.

In: `interactions`. Out: rows of `signals` for messages that were never read, were edited since, or were
read as another role or with other switches. Committed batch by batch: a killed run goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.signals import find_signals
from nbalib.schema import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.stores.duckdb_store import DuckDBStore


@dataclass(frozen=True)
class Switches:
    """Which of the slower readings are done."""

    language: bool = True
    mood: bool = True
    topics: bool = True

    @property
    def word(self) -> str:
        """Name of the setting, as kept in `signals.read_as`."""
        on = [name for name, done in (("l", self.language), ("m", self.mood), ("t", self.topics)) if done]
        return "+".join(["signals", *on])


UNREAD = """
SELECT i.interaction_id, i.content_text, i.author_role, s.interaction_id IS NOT NULL AS is_old
FROM interactions AS i
LEFT JOIN signals AS s ON s.interaction_id = i.interaction_id
WHERE s.interaction_id IS NULL
    OR s.read_as <> CASE WHEN i.author_role = 'customer' THEN 'customer' ELSE 'agent' END || ' ' || $word
"""
DROP_OLD = "DELETE FROM signals WHERE interaction_id IN (SELECT interaction_id FROM read_again)"


def read_messages(
    store: DuckDBStore,
    engine: PandasEngine,
    switches: Switches,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Find the signals of all unread messages and keep them; note the messages in `touched`.

    An edited message counts as unread: whoever stores the edit drops its signals.

    Returns
    -------
    int
        Messages read now.
    """
    read = 0
    is_first = not engine.one("SELECT EXISTS (SELECT 1 FROM threads)")
    for old, rows in engine.map_batches(UNREAD, partial(_read, switches=switches), {"word": switches.word}):
        with store.transaction():
            if old.num_rows:
                engine.table("read_again", old)
                engine.execute(DROP_OLD)
            store.append("signals", rows)
            if not is_first:
                store.append_new("touched", rows.select(["interaction_id"]))
        read += rows.num_rows
        if progress is not None:
            progress(read)
    engine.drop("read_again")
    return read


def _read(messages: pa.Table, switches: Switches) -> tuple[pa.Table, pa.Table]:
    """Find the signals of one batch of messages; give the ids of those that had some before, too."""
    is_customer = pc.equal(messages["author_role"], "customer")
    found = find_signals(
        messages["content_text"].combine_chunks(),
        is_customer.combine_chunks(),
        language=switches.language,
        mood=switches.mood,
        topics=switches.topics,
    )
    side = pc.if_else(is_customer, "customer", "agent")
    read_as = pc.binary_join_element_wise(side, switches.word, " ")
    whole = found.append_column("read_as", read_as).append_column(
        "interaction_id", messages["interaction_id"]
    )
    old = messages.filter(messages["is_old"]).select(["interaction_id"])
    return old, whole.select(SIGNALS.names)
