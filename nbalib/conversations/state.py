"""Reduce the messages known of each conversation to its state.

In: rows of `turns` known at a moment, sorted by moment and turn, openings left out. Out: one row a moment.
The same function serves all conversations of a store and one customer's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.segments import NONE, Segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

HOURS_24 = 24 * 3_600_000_000
INSTANT = pa.timestamp("us", tz="UTC")
CARRIED = ("conversation_id", "thread_root_id", "customer_id", "platform_type", "as_of")
"""Columns that are equal for all rows of a moment."""


def states_of(known: pa.Table) -> pa.Table:
    """Give the state of each moment.

    Parameters
    ----------
    known : Table, shape (n_rows, …)
        `moment` (int, equal for neighbouring rows), as_of, and the columns of `turns`.

    Returns
    -------
    Table, shape (n_moments, …)
        In the order of `known`. Flags are bits in the order of `schema.SIGNAL_FLAGS`.
    """
    known = known.combine_chunks()
    segments = Segments(_whole(known["moment"]))
    is_customer = _truth(pc.equal(known["author_role"], "customer"))
    made: dict[str, Any] = {name: known[name].take(pa.array(segments.starts)) for name in CARRIED}
    everything = np.ones(known.num_rows, dtype=bool)
    last = segments.last(everything)
    made |= {
        "conversation_start_timestamp": known["interaction_timestamp"].take(pa.array(segments.starts)),
        "conversation_end_timestamp": known["interaction_timestamp"].take(pa.array(last)),
        "last_interaction_id": known["interaction_id"].take(pa.array(last)),
        "last_author": pc.if_else(pa.array(is_customer[last]), "customer", "agent"),
        "total_interactions": pa.array(segments.count(everything)),
        "n_customer_messages": pa.array(segments.count(is_customer)),
        "n_agent_messages": pa.array(segments.count(~is_customer)),
    }
    made |= _clocks(known, segments, is_customer)
    made |= _words(known, segments, is_customer)
    made |= _moods(known, segments)
    return pa.table(made)


def _clocks(known: pa.Table, segments: Segments, is_customer: Truths) -> dict[str, Any]:
    """Find when whose last word was, and how long answers took."""
    at, as_of = _micros(known["interaction_timestamp"]), _micros(known["as_of"])
    clock = segments.last(_truth(known["starts_clock"]))
    # A conversation without a customer's message counts from its first.
    begun = at[np.where(clock == NONE, segments.starts, clock)]
    answers = _truth(known["answers_since"].is_valid())
    waited = np.where(answers, (at - _micros(known["answers_since"])) // 1_000_000, 0)
    first = segments.first(answers & (_micros(known["answers_since"]) == begun[segments.of_row]))
    return {
        "n_customer_24h": pa.array(segments.count(is_customer & (at > as_of - HOURS_24))),
        "clock_start_timestamp": pa.array(begun).cast(INSTANT),
        "last_customer_at": _taken(known["interaction_timestamp"], segments.last(is_customer)),
        "last_agent_at": _taken(known["interaction_timestamp"], segments.last(~is_customer)),
        "first_response_seconds": _taken(pa.array(waited), first),
        "response_seconds_sum": pa.array(segments.total(waited)),
        "n_responses": pa.array(segments.count(answers)),
    }


def _words(known: pa.Table, segments: Segments, is_customer: Truths) -> dict[str, Any]:
    """Join what each side said last, first and ever; find the brand, and what was asked and promised."""
    run, flags = _whole(known["run"]), _whole(known["flags"])
    ends = {True: segments.last(is_customer), False: segments.last(~is_customer)}
    first_customer, first_agent = segments.first(is_customer), segments.first(~is_customer)

    def of_run(positions: Integers) -> Truths:
        runs = np.where(positions == NONE, NONE, run[positions])
        same: Truths = run == runs[segments.of_row]
        return same

    def said(where: Truths) -> pa.Array:
        return pa.array(segments.union(np.where(where, flags, 0)))

    in_last_agent_run = of_run(ends[False])
    return {
        "brand_account_id": _brand(known, segments, is_customer, ends[False]),
        "asked_for": _taken(
            known["asked_for"], segments.last(in_last_agent_run & _given(known["asked_for"]))
        ),
        "promised": _taken(known["promised"], segments.last(in_last_agent_run & _given(known["promised"]))),
        "last_customer_flags": said(of_run(ends[True])),
        "final_customer_flags": said(np.arange(known.num_rows) == ends[True][segments.of_row]),
        "last_agent_flags": said(in_last_agent_run),
        "first_customer_flags": said(of_run(first_customer)),
        "any_customer_flags": said(is_customer),
        "any_agent_flags": said(~is_customer),
        "is_aside": _taken(known["is_aside"], first_customer).fill_null(False),
        "customer_replied": pa.array((first_agent != NONE) & (ends[True] > first_agent)),
    }


def _brand(known: pa.Table, segments: Segments, is_customer: Truths, last_agent: Integers) -> pa.Array:
    """Find the last answering brand, else the last one that the customer named and that was known then."""
    brand = known["brand_account_id"]
    since = known["brand_known_at"]
    known_then = _truth(pc.fill_null(pc.less_equal(since, known["as_of"]), True))
    naming = segments.last(is_customer & _given(brand) & known_then)
    answering = _taken(brand, last_agent)
    return pc.coalesce(answering, _taken(brand, naming))


def _moods(known: pa.Table, segments: Segments) -> dict[str, Any]:
    """Sum moods, and find the topic and the language that most messages have."""
    mood = known["mood_points"]
    return {
        "mood_points_sum": pa.array(segments.total(_whole(mood.fill_null(0)))),
        "n_moods": pa.array(segments.count(_given(mood))),
        "conversation_topic": _most(known["topic"], segments),
        "language": _most(known["language"], segments),
    }


def _most(column: pa.ChunkedArray, segments: Segments) -> pa.Array:
    """Find each group's most frequent text, of equally frequent ones the first; null where there is none."""
    rows = np.flatnonzero(_given(column))
    coded = column.take(pa.array(rows)).combine_chunks().dictionary_encode()
    groups, width = segments.of_row[rows], max(len(coded.dictionary), 1)
    keys, first, counts = np.unique(
        groups * width + np.asarray(coded.indices), return_index=True, return_counts=True
    )
    order = np.lexsort((first, -counts, keys // width))
    winners = Segments((keys // width)[order]).starts
    found = np.full(len(segments), NONE, dtype=np.int64)
    found[(keys // width)[order][winners]] = (keys % width)[order][winners]
    return _taken(coded.dictionary, found)


def _taken(column: pa.Array | pa.ChunkedArray, positions: Integers) -> pa.Array:
    """Take the values at `positions`; null for `NONE`."""
    return column.take(pa.array(positions, mask=positions == NONE))


def _given(column: pa.ChunkedArray) -> Truths:
    return _truth(column.is_valid())


def _truth(column: pa.Array | pa.ChunkedArray) -> Truths:
    return np.asarray(column, dtype=bool)


def _whole(column: pa.Array | pa.ChunkedArray) -> Integers:
    return np.asarray(column).astype(np.int64, copy=False)


def _micros(column: pa.ChunkedArray) -> Integers:
    """Instants as microseconds since 1970; null as 0."""
    return _whole(column.cast(pa.int64()).fill_null(0))
