"""What one text says: find the named signals of each message.

In: the texts and who wrote them. Out: the columns of `schema.SIGNALS` that come from the text.
Pure and row-wise: a row's result depends on its own text and role, never on its neighbours.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.language import find_language
from nbalib.conversations.mood import find_mood
from nbalib.conversations.sides import agent_flags, asked_for, customer_flags, promised
from nbalib.conversations.texts import replace_where, take_apart
from nbalib.conversations.topics import find_topic
from nbalib.errors import SchemaError
from nbalib.schema import SIGNAL_FLAGS, SIGNALS

_NOT_OF_THE_TEXT = ("interaction_id", "read_as")
_SCHEMA = pa.schema([field for field in SIGNALS.arrow if field.name not in _NOT_OF_THE_TEXT])
_ROWS_AT_ONCE = 65_536


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
    pieces = [
        _find(
            texts.slice(start, _ROWS_AT_ONCE), customers.slice(start, _ROWS_AT_ONCE), language, mood, topics
        )
        for start in range(0, max(len(texts), 1), _ROWS_AT_ONCE)
    ]
    return pa.concat_tables(pieces)


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


def _find(
    text: pa.StringArray, is_customer: pa.BooleanArray, language: bool, mood: bool, topics: bool
) -> pa.Table:
    """Find what each of some texts says."""
    parts = take_apart(text)
    is_agent = pc.invert(is_customer)
    theirs, ours = parts.words.filter(is_customer), parts.words.filter(is_agent)
    no_words = pa.nulls(len(text), pa.string())
    spoken = find_language(pc.utf8_lower(parts.plain)) if language else no_words
    flags = _both_sides(theirs, ours, is_customer, is_agent)
    wanted = replace_where(no_words, is_agent, asked_for(ours))
    flags["asks_information"] = pc.or_(flags["asks_information"], pc.is_valid(wanted))
    columns = {
        **flags,
        "is_signed": parts.is_signed,
        "asked_for": wanted,
        "promised": replace_where(no_words, is_agent, promised(ours)),
        "mentions": parts.mentions,
        "leading_mentions": parts.leading_mentions,
        "part": parts.part,
        "language": spoken,
        "mood": pa.nulls(len(text), pa.float64()),
        "topic": replace_where(no_words, is_customer, find_topic(theirs)) if topics else no_words,
    }
    if mood:
        english = pc.and_(is_customer, pc.fill_null(pc.equal(spoken, "en"), True))
        feelings = find_mood(parts.plain.filter(english), flags["is_sarcastic"].filter(english))
        columns["mood"] = replace_where(columns["mood"], english, feelings)
    return pa.table([columns[name] for name in _SCHEMA.names], schema=_SCHEMA)


def _both_sides(
    theirs: pa.StringArray, ours: pa.StringArray, is_customer: pa.BooleanArray, is_agent: pa.BooleanArray
) -> dict[str, pa.BooleanArray]:
    """Find the signals of either side's texts, and put them into their places; False elsewhere."""
    nowhere = pa.repeat(pa.scalar(False), len(is_customer))
    flags = dict.fromkeys(SIGNAL_FLAGS, nowhere)
    for where, found in ((is_customer, customer_flags(theirs)), (is_agent, agent_flags(ours))):
        for name, flag in found.items():
            flags[name] = replace_where(flags[name], where, flag)
    return flags
