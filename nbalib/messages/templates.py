"""Messages without a language model: situation, topic and voice woven into a checked text.

In: decisions with their feature columns, the brands' voices, the templates. Out: a message for each row,
within its channel's characters; '' where no contact is made. Equal rows are worded once, then spread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.decisions.channels import NO_ACTION
from nbalib.errors import SchemaError, nearest
from nbalib.messages.situations import COLUMNS, situation_codes
from nbalib.messages.template_file import KINDS, TOPICS
from nbalib.messages.texts import MOTHER_TONGUE, Templates, load_templates
from nbalib.messages.voices import frames_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nbalib.messages.voices import Frame
    from nbalib.params import Brands

__all__ = ["Templates", "load_templates", "write_messages"]

NEEDED = (*COLUMNS, "conversation_id", "brand", "topic", "language", "channel")
ROWS_AT_ONCE = 65_536
"""Rows whose ids are summed in one go; bounds the memory that takes."""


def write_messages(decisions: pa.Table, brands: Brands, templates: Templates) -> pa.Table:
    """Write each decision's message from the templates.

    Parameters
    ----------
    decisions : Table, shape (n, …)
        Has at least `NEEDED`: feature columns and `channel`.
    brands : Brands
        The voices.
    templates : Templates
        The texts.

    Returns
    -------
    Table, shape (n, 2)
        message ('' for no_action; as codes, for many rows share one) and message_source ('template' or
        'none'); never null.

    Raises
    ------
    SchemaError
        A column is missing, or a channel has no texts.
    """
    given = set(decisions.column_names)
    missing = [name for name in NEEDED if name not in given]
    if missing:
        raise SchemaError(f"table 'decisions': missing columns {missing}; messages need {list(NEEDED)}")
    channel = _channel_codes(decisions["channel"], templates)
    written = channel >= 0
    parts, sizes, frames = _parts(decisions, np.maximum(channel, 0), brands, templates)
    numbers = np.where(written, np.ravel_multi_index(parts, sizes), -1)
    encoded = pa.array(numbers).dictionary_encode()
    worded = _worded(encoded.dictionary.to_numpy(), sizes, frames, templates)
    source = pa.array(["none", "template"]).take(pa.array(written.astype(np.int8)))
    message = pa.DictionaryArray.from_arrays(encoded.indices, worded)
    return pa.table({"message": message, "message_source": source})


def _channel_codes(channel: pa.ChunkedArray, templates: Templates) -> NDArray[np.int64]:
    """Give each row's place among the templates' channels, -1 for no contact."""
    codes = _codes(channel, list(templates.channels), -1)
    unknown = (codes < 0) & (_codes(channel, [NO_ACTION], -1) < 0)
    if unknown.any():
        example = str(channel[int(unknown.argmax())].as_py())
        raise SchemaError(
            f"table 'decisions', column 'channel': {int(unknown.sum())} rows are of a channel without texts, "
            f"such as {example!r}{nearest(example, [*templates.channels, NO_ACTION])}"
        )
    return codes


def _parts(
    decisions: pa.Table, channel: NDArray[np.int64], brands: Brands, templates: Templates
) -> tuple[tuple[NDArray[np.int64], ...], tuple[int, ...], list[Frame]]:
    """Say what each row's message is made of.

    Returns places of text, topic, ask, promise and frame, each of shape (n,); how many there are of each;
    and the frames. A part that the text does not use is 0, so that equal places mean equal messages.
    """
    topic = _codes(decisions["topic"], TOPICS, TOPICS.index("other"))
    asked = _codes(decisions["asked_for"], templates.asked_for, -1)
    promise = _codes(decisions["promised"], templates.promised, -1)
    language = _codes(decisions["language"], templates.languages, templates.languages.index(MOTHER_TONGUE))
    kind = np.array([KINDS.index(c.kind) for c in templates.channels.values()])[channel]
    is_letter = kind == KINDS.index("email")
    formal, frame, frames = frames_of(decisions["brand"], language, is_letter, brands, templates)
    # What was asked for or promised in a word that has no phrase is as good as not known.
    known = _with_known(_with_known(decisions, "asked_for", asked >= 0), "promised", promise >= 0)
    place = (language, formal, kind, situation_codes(known))
    text = templates.first[place] + _checksums(decisions["conversation_id"]) % templates.count[place]
    ask = np.where(asked >= 0, asked, topic + len(templates.asked_for))
    parts = (
        text,
        np.where(templates.uses["topic"][text], topic, 0),
        np.where(templates.uses["ask"][text], ask, 0),
        np.where(templates.uses["promise"][text], promise, 0),
        frame,
    )
    n_asks = len(templates.asked_for) + len(TOPICS)
    return parts, (len(templates.texts), len(TOPICS), n_asks, len(templates.promised), len(frames)), frames


def _codes(column: pa.ChunkedArray, names: Sequence[str], otherwise: int) -> NDArray[np.int64]:
    """Give each value's place in `names`; `otherwise` for a null or an unknown one."""
    found = pc.index_in(column.cast(pa.string()), value_set=pa.array(names, pa.string()))
    codes: NDArray[np.int64] = pc.fill_null(found, otherwise).to_numpy().astype(np.int64)
    return codes


def _with_known(decisions: pa.Table, name: str, is_known: NDArray[np.bool_]) -> pa.Table:
    """Make null in column `name` what is not known."""
    column = pc.if_else(pa.array(is_known), decisions[name], pa.scalar(None, decisions[name].type))
    return decisions.set_column(decisions.column_names.index(name), name, column)


def _checksums(ids: pa.ChunkedArray) -> NDArray[np.int64]:
    """Give a number for each id that depends on nothing but its letters, shape (n,); 0 for a null.

    It is the sum of its bytes: neighbouring ids get different wordings, and the same id always the same.
    """
    sums = [np.zeros(0, dtype=np.int64)]
    for chunk in ids.cast(pa.large_binary()).chunks:
        for start in range(0, len(chunk), ROWS_AT_ONCE):
            part = chunk.slice(start, ROWS_AT_ONCE).fill_null(b"")
            offsets = np.frombuffer(part.buffers()[1], np.int64)[part.offset : part.offset + len(part) + 1]
            letters = np.frombuffer(part.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
            running = np.concatenate([[0], np.cumsum(letters, dtype=np.int64)])
            sums.append(np.diff(running[offsets - offsets[0]]))
    return np.concatenate(sums)


def _worded(
    numbers: NDArray[np.int64], sizes: tuple[int, ...], frames: list[Frame], templates: Templates
) -> pa.StringArray:
    """Word each number once; -1 is no message."""
    texts, topics, asks, promises, framed = np.unravel_index(np.maximum(numbers, 0), sizes)
    messages = []
    for text_at, topic, ask, promise, frame in zip(
        texts.tolist(), topics.tolist(), asks.tolist(), promises.tolist(), framed.tolist(), strict=True
    ):
        text = templates.texts[text_at]
        phrases = templates.phrases[text.language, text.formal]
        slots = {"about": phrases.about[topic], "with": phrases.trouble[topic]}
        words = text.words.format(ask=phrases.ask[ask], promise=phrases.promise[promise], **slots)
        messages.append(frames[frame].around(words))
    spoken = np.where(numbers < 0, "", np.array(messages, dtype=object))
    return pa.array(spoken, pa.string())
