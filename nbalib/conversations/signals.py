"""What one text says: find the named signals of each message.

In: the texts and who wrote them. Out: the columns of `schema.SIGNALS` that come from the text.
Pure and row-wise: a row's result depends on its own text and role, never on its neighbours.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.language import find_language
from nbalib.conversations.mood import find_mood
from nbalib.conversations.rows import put_where, taken
from nbalib.conversations.sides import agent_says, customer_says
from nbalib.conversations.sieve import Words
from nbalib.conversations.texts import Texts, lower, take_apart
from nbalib.conversations.topics import find_topic
from nbalib.errors import SchemaError
from nbalib.schema import SIGNAL_FLAGS, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.conversations.rows import Rows
    from nbalib.conversations.sides import Flags

_NOT_OF_THE_TEXT = ("interaction_id", "read_as")
_SCHEMA = pa.schema([field for field in SIGNALS.arrow if field.name not in _NOT_OF_THE_TEXT])
# To prepare all expressions costs as much as to read 25,000 texts: the more at once, the better.
_ROWS_AT_ONCE = 262_144


_Task = tuple["Callable[[pa.StringArray], pa.Table]", "Rows"]


class _Switches(NamedTuple):
    """Which of the slower readings are done."""

    language: bool
    mood: bool
    topics: bool


def find_signals(
    text: pa.Array | pa.ChunkedArray,
    is_customer: pa.Array | pa.ChunkedArray,
    *,
    language: bool = True,
    mood: bool = True,
    topics: bool = True,
) -> pa.Table:
    """Find what each text says.

    Parameters
    ----------
    text : Array of strings, shape (n,)
        As written; a null is read as an empty text.
    is_customer : Array of Booleans, shape (n,)
        Whether a customer wrote it; a null is read as False.
    language, mood, topics : bool
        Switches of the slower readings; their columns are null when off. With `language` off, `mood`
        takes every text for English. Mood and topic are read in customers' texts only.

    Returns
    -------
    Table, shape (n, 30)
        Columns and types of `schema.SIGNALS`, without `interaction_id` and `read_as`.

    Raises
    ------
    SchemaError
        The two differ in length, or are not strings and Booleans.
    """
    texts, customers = _checked(text, is_customer)
    theirs = customers.to_numpy(zero_copy_only=False)
    switches = _Switches(language, mood, topics)
    tasks: list[_Task] = [
        (partial(read, switches=switches), rows)
        for read, side in ((_read_customers, np.flatnonzero(theirs)), (_read_agents, np.flatnonzero(~theirs)))
        for rows in np.split(side, range(_ROWS_AT_ONCE, len(side), _ROWS_AT_ONCE))
        if len(rows)
    ]
    return _in_place(tasks, texts)


def _in_place(tasks: list[_Task], texts: pa.StringArray) -> pa.Table:
    """Do tasks, each on some of the rows; put what they give into the order of the rows."""
    if len(tasks) <= 1:
        return tasks[0][0](texts) if tasks else _SCHEMA.empty_table()
    place = np.empty(len(texts), np.intp)
    place[np.concatenate([rows for _, rows in tasks])] = np.arange(len(texts))
    return pa.concat_tables([read(taken(texts, rows)) for read, rows in tasks]).take(pa.array(place))


def _checked(
    text: pa.Array | pa.ChunkedArray, is_customer: pa.Array | pa.ChunkedArray
) -> tuple[pa.StringArray, pa.BooleanArray]:
    """Give both columns in one piece and without nulls."""
    if len(text) != len(is_customer):
        raise SchemaError(f"find_signals: {len(text)} texts, but {len(is_customer)} values of is_customer")
    try:
        texts, customers = text.cast(pa.string()), is_customer.cast(pa.bool_())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SchemaError(f"find_signals: text must be strings and is_customer Booleans: {error}") from error
    whole = [v.combine_chunks() if isinstance(v, pa.ChunkedArray) else v for v in (texts, customers)]
    return pc.fill_null(whole[0], ""), pc.fill_null(whole[1], False)


def _read_customers(text: pa.StringArray, switches: _Switches) -> pa.Table:
    """Find what each of some customers' texts says."""
    parts = take_apart(text)
    words = Words(parts.words)
    flags = customer_says(words)
    found: dict[str, pa.Array] = {}
    if switches.topics:
        found["topic"] = find_topic(words)
    if switches.language:
        found["language"] = find_language(lower(parts))
    if switches.mood:
        spoken = found.get("language", pa.nulls(len(text), pa.string()))
        english = pc.fill_null(pc.equal(spoken, "en"), True)
        feelings = find_mood(parts.plain.filter(english), pa.array(flags["is_sarcastic"]).filter(english))
        found["mood"] = put_where(pa.nulls(len(text), pa.float64()), english, feelings)
    return _table(parts, flags, found)


def _read_agents(text: pa.StringArray, switches: _Switches) -> pa.Table:
    """Find what each of some agents' texts says."""
    parts = take_apart(text)
    said = agent_says(Words(parts.words))
    found = {"asked_for": said.asked_for, "promised": said.promised}
    if switches.language:
        found["language"] = find_language(lower(parts))
    return _table(parts, said.flags, found)


def _table(parts: Texts, flags: Flags, found: dict[str, pa.Array]) -> pa.Table:
    """Lay out what was found; what is not of this side is False, or null."""
    n_texts = len(parts.words)
    columns: dict[str, pa.Array] = {name: pa.repeat(pa.scalar(False), n_texts) for name in SIGNAL_FLAGS}
    columns |= {name: pa.array(flag) for name, flag in flags.items()}
    columns |= {"is_signed": parts.is_signed, "part": parts.part}
    columns |= {"mentions": parts.mentions, "leading_mentions": parts.leading_mentions}
    columns |= found
    missing = (pa.nulls(n_texts, field.type) for field in _SCHEMA)
    return pa.table(
        [columns.get(name, empty) for name, empty in zip(_SCHEMA.names, missing, strict=True)], schema=_SCHEMA
    )
