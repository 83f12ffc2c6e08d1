"""What is true of the made conversations: one row for each root and customer.

In: threads as they stand in the file, numbered. Out: an Arrow table in the layout `TRUTH`.
The truth holds for a run whose accounts are those of `brands.accounts()`. A message that no agent has
answered and that addresses no account of a brand is no issue, as long as that is so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from nbalib.sources.synthetic.messages import Message, Thread

INSTANT = pa.timestamp("us", tz="UTC")
CHANGE = pa.struct([pa.field("at", INSTANT, nullable=False), pa.field("status", pa.string(), nullable=False)])
TRUTH = pa.schema(
    [
        pa.field("conversation_id", pa.string(), nullable=False),
        pa.field("customer_id", pa.string(), nullable=False),
        pa.field("brand", pa.string()),
        pa.field("topic", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("n_messages", pa.int64(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("awaiting", pa.string(), nullable=False),
        pa.field("mood_end", pa.int64(), nullable=False),
        pa.field("agent_action", pa.string(), nullable=False),
        pa.field("status_history", pa.list_(pa.field("item", CHANGE, nullable=False)), nullable=False),
    ]
)
"""`brand` is null where no known account answers or is addressed; `mood_end` is the mood of the
customer's last message, 0 if none is in the file; `agent_action` is what the agent's last message does;
`status_history` holds the first status and every change of it."""

MICROSECONDS = 1_000_000


@dataclass
class Conversation:
    """One customer's part of a thread, read message by message in the order of time."""

    brand: str | None = None
    is_answered: bool = False
    n_messages: int = 0
    status: str = "no_issue"
    awaiting: str = "nobody"
    mood: int = 0
    action: str = "none"
    history: list[tuple[int, str]] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Read the next message."""
        self.n_messages += 1
        if message.is_agent:
            self.is_answered = True
            self.brand, self.action = message.brand, message.action
        else:
            self.mood = message.mood
            self.brand = self.brand or message.brand
        if self.is_answered or self.brand is not None:
            self.status, self.awaiting = message.status, message.awaiting
        if not self.history or self.history[-1][1] != self.status:
            self.history.append((message.at, self.status))


class Truth:
    """Truth rows on their way into a table."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {name: [] for name in TRUTH.names}

    def __len__(self) -> int:
        """Count the rows that were added since the last table."""
        return len(self.rows["status"])

    def add(self, thread: Thread) -> list[str]:
        """Add the conversations of a numbered thread; give their customers."""
        found: dict[str, Conversation] = {}
        for message in thread.messages:
            for customer in message.customers:
                found.setdefault(customer, Conversation()).add(message)
        for customer, conversation in found.items():
            topic, language = thread.about[customer]
            row = (
                f"twitter:{thread.root.number}:{customer}",
                f"twitter:{customer}",
                conversation.brand,
                topic,
                language,
                conversation.n_messages,
                conversation.status,
                conversation.awaiting,
                conversation.mood,
                conversation.action,
                conversation.history,
            )
            for column, value in zip(self.rows.values(), row, strict=True):
                column.append(value)
        return list(found)

    def table(self) -> pa.Table:
        """Give the rows added so far, and start anew."""
        histories = self.rows["status_history"]
        offsets = [0]
        for history in histories:
            offsets.append(offsets[-1] + len(history))
        changes = [change for history in histories for change in history]
        instants = pa.array([at * MICROSECONDS for at, _ in changes], pa.int64()).cast(INSTANT)
        structs = pa.StructArray.from_arrays(
            [instants, pa.array([status for _, status in changes], pa.string())], fields=list(CHANGE)
        )
        columns = [pa.array(values, TRUTH.field(name).type) for name, values in list(self.rows.items())[:-1]]
        columns.append(
            pa.ListArray.from_arrays(
                pa.array(offsets, pa.int32()), structs, type=TRUTH.field("status_history").type
            )
        )
        self.rows = {name: [] for name in TRUTH.names}
        return pa.table(columns, schema=TRUTH)
