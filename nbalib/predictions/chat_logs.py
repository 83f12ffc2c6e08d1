"""Write each conversation as it was known at the instant of decision: its chat log.

In: the tables `turns` and `interactions`. Out: one text per conversation, one line a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.segments import Segments
from nbalib.distinct import runs
from nbalib.engines.side_by_side import side_by_side
from nbalib.engines.statements import statement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from nbalib.engines.pandas_engine import PandasEngine

HERE = "nbalib.predictions"
LINE_FEEDS = r"\s*[\r\n]+\s*"


def chat_logs(
    engine: PandasEngine, at: datetime | None, customer_ids: Sequence[str] | None
) -> pa.ChunkedArray:
    """Give the chat log of each conversation that had begun, in the order of conversation_id.

    Parameters
    ----------
    at : datetime, optional
        The instant until which messages are known (UTC); None for all messages.
    customer_ids : sequence of str, optional
        Whose conversations; None for all.
    """
    values = {"at": at, "customer_ids": customer_ids}
    parts = engine.parts(statement(HERE, "known_messages"), "conversation_id", values)
    return pa.chunked_array(list(side_by_side(_logs, parts)), pa.string())


def _logs(messages: pa.Table) -> pa.StringArray:
    """Join the lines of each conversation, leaving out those of which only the opening is known."""
    segments = Segments(runs(messages["conversation_id"]))
    begins = pa.array(np.append(segments.starts, messages.num_rows), pa.int32())
    logs = pc.binary_join(pa.ListArray.from_arrays(begins, _lines(messages)), "\n")
    has_begun = segments.count(~np.asarray(messages["is_opening"])) > 0
    return logs.filter(pa.array(has_begun))


def _lines(messages: pa.Table) -> pa.StringArray:
    """Write each message on one line, such as ``[2017-10-31 22:10 UTC] Customer 115712: …``."""
    seconds = messages["interaction_timestamp"].cast(pa.timestamp("us")).cast(pa.string())
    minutes = pc.utf8_slice_codeunits(seconds, 0, len("2017-10-31 22:10"))
    who = pc.if_else(pc.equal(messages["author_role"], "customer"), " UTC] Customer ", " UTC] Agent ")
    text = on_one_line(messages["content_text"].combine_chunks())
    lines = pc.binary_join_element_wise(
        "[", minutes, who, messages["participant_external_id"], ": ", text, ""
    )
    return lines.combine_chunks()


def on_one_line(texts: pa.StringArray) -> pa.StringArray:
    """Put " / " in the place of line feeds."""
    broken = pa.array(_have_line_feeds(texts))
    return pc.replace_with_mask(
        texts, broken, pc.replace_substring_regex(texts.filter(broken), LINE_FEEDS, " / ")
    )


def _have_line_feeds(texts: pa.StringArray) -> NDArray[np.bool_]:
    """Tell which texts have a line feed, by looking at the bytes of all of them at once."""
    found = np.zeros(len(texts), dtype=bool)
    if len(texts):
        _, offsets, letters = texts.buffers()
        ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
        spelt = np.frombuffer(letters or b"", np.uint8)[ends[0] : ends[-1]]
        feeds = np.flatnonzero((spelt == ord("\n")) | (spelt == ord("\r")))
        found[np.searchsorted(ends - ends[0], feeds, side="right") - 1] = True
    return found
