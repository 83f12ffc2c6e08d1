"""Put rows of Twitter's dumps into the tables' words, a column at a time.

In: `Cells` with the columns `COLUMNS`, and perhaps `edited_at`. Out: a `Batch`.
A row that is not certain in its id, author, direction, instants or parent is rejected with a reason.
`response_tweet_id` is kept in `platform_metadata` but not relied on, since the answers' own
`in_response_to_tweet_id` says the same more truly: what is not certainly a list of ids is kept
there as `response_tweet_id_as_found` and costs no row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.sources.batches import ROWS, Batch, Rejection, as_csv, rejected_table
from nbalib.sources.cells import without_blank_rows
from nbalib.sources.entities import decode_entities
from nbalib.sources.held_bytes import rows_holding
from nbalib.sources.ids import are_ids, are_lists, read_authors, read_ids
from nbalib.sources.instants import read_instants

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.sources.cells import Cells

PLATFORM = "twitter"
COLUMNS = (
    "tweet_id",
    "author_id",
    "inbound",
    "created_at",
    "text",
    "response_tweet_id",
    "in_response_to_tweet_id",
)
EDITED_AT = "edited_at"
MAX_TEXT_CHARACTERS = 100_000

REASONS = {
    "bad_tweet_id": "tweet_id",
    "empty_author": "author_id",
    "bad_author_id": "author_id",
    "bad_inbound": "inbound",
    "bad_date": "created_at",
    "bad_edit_date": EDITED_AT,
    "future_date": "created_at",
    "bad_parent_id": "in_response_to_tweet_id",
    "nul_in_text": "text",
    "text_too_long": "text",
}
"""Reasons of rejection, the first that holds is taken, with the column at fault."""


def read_tweets(cells: Cells, latest: int) -> Batch:
    """Read one stretch of rows; `latest` is the last instant believed, microseconds since 1970 UTC."""
    cells = without_blank_rows(cells)
    table = cells.table
    text = _cell(table, "text")
    ids, author = read_ids(_cell(table, "tweet_id")), read_authors(_cell(table, "author_id"))
    is_inbound, is_direction = _read_flags(_cell(table, "inbound"))
    written, is_date = read_instants(_cell(table, "created_at"))
    edited, is_edited, is_edit_date = _read_edits(table)
    parent, is_parent = _read_parents(_cell(table, "in_response_to_tweet_id"))
    faults = {
        "bad_tweet_id": _mask(ids.is_null()),
        "empty_author": _mask(pc.equal(pc.utf8_trim_whitespace(_cell(table, "author_id")), "")),
        "bad_author_id": _mask(author.is_null()),
        "bad_inbound": ~is_direction,
        "bad_date": ~is_date,
        "bad_edit_date": ~is_edit_date,
        "future_date": (written > latest) | (edited > latest),
        "bad_parent_id": ~is_parent,
        "nul_in_text": _holding_nul(text),
        "text_too_long": _too_long(text),
    }
    fault = _first_fault(faults, table.num_rows)
    decoded, is_decoded = decode_entities(text)
    rows = pa.table(
        {
            "external_id": ids,
            "platform_type": pa.repeat(PLATFORM, table.num_rows),
            "participant_external_id": author,
            "platform_role": pc.if_else(is_inbound, "customer", "agent"),
            "content_text": decoded,
            "content_metadata": pc.if_else(pa.array(is_decoded), '{"html_decoded": true}', None),
            "interaction_timestamp": pa.array(written),
            "parent_external_id": parent,
            "interaction_type": pc.if_else(parent.is_valid(), "reply", "tweet"),
            "platform_metadata": _platform_metadata(_cell(table, "response_tweet_id")),
            "edited_at": pa.array(edited, mask=~is_edited),
            "row_number": pa.array(cells.row_numbers),
        }
    )
    return _sorted_out(cells, rows, fault)


def _sorted_out(cells: Cells, rows: pa.Table, fault: NDArray[np.int8]) -> Batch:
    """Part the rows without fault from the rejected ones."""
    reasons = list(REASONS)
    at_fault = np.flatnonzero(fault)
    rejections = [
        Rejection(
            int(cells.row_numbers[at]),
            reason := reasons[fault[at] - 1],
            row[REASONS[reason]],
            as_csv(row.values()),
        )
        for at, row in zip(at_fault, cells.table.take(pa.array(at_fault)).to_pylist(), strict=True)
    ]
    kept = rows if len(at_fault) == 0 else rows.filter(pa.array(fault == 0))
    return Batch(
        kept.cast(ROWS),
        rejected_table(sorted([*rejections, *cells.damaged], key=lambda one: one.row_number)),
        cells.n_read,
        cells.n_blank,
        cells.bytes_done,
    )


def _first_fault(faults: dict[str, NDArray[np.bool_]], n_rows: int) -> NDArray[np.int8]:
    """Give each row's first fault a number from 1, in the order of `REASONS`; 0 where there is none."""
    fault = np.zeros(n_rows, np.int8)
    for number, reason in reversed(list(enumerate(REASONS, start=1))):
        fault[faults[reason]] = number
    return fault


def _cell(table: pa.Table, name: str) -> pa.StringArray:
    column = table[name].combine_chunks()
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) else column


def _mask(column: pa.BooleanArray) -> NDArray[np.bool_]:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _read_flags(column: pa.StringArray) -> tuple[pa.BooleanArray, NDArray[np.bool_]]:
    """Read True/TRUE/true and False/FALSE/false: the flags, and which rows held one."""
    is_true, is_false = pc.equal(column, "True"), pc.equal(column, "False")
    if not pc.all(pc.or_(is_true, is_false)).as_py():
        plain = pc.utf8_lower(pc.utf8_trim_whitespace(column))
        is_true, is_false = pc.equal(plain, "true"), pc.equal(plain, "false")
    return is_true, _mask(pc.or_(is_true, is_false))


def _read_parents(column: pa.StringArray) -> tuple[pa.StringArray, NDArray[np.bool_]]:
    """Read the ids answered, null for an empty cell, and which rows are certain."""
    trimmed = column if are_ids(column, or_empty=True) else pc.utf8_trim_whitespace(column)
    is_empty = pc.equal(trimmed, "")
    given = pc.if_else(is_empty, None, trimmed)
    ids = given if trimmed is column else read_ids(given)
    return ids, _mask(pc.or_(is_empty, ids.is_valid()))


def _read_edits(table: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Read the edit instants, which rows have one, and which are certain; none without the column."""
    if EDITED_AT not in table.column_names:
        nothing = np.zeros(table.num_rows, np.bool_)
        return np.zeros(table.num_rows, np.int64), nothing, ~nothing
    column = _cell(table, EDITED_AT)
    edited, is_edited = read_instants(column)
    is_empty = _mask(pc.equal(pc.utf8_trim_whitespace(column), ""))
    return edited, is_edited, is_edited | is_empty


def _platform_metadata(column: pa.StringArray) -> pa.StringArray:
    """Write what is kept of the platform's own fields as JSON; null for an empty cell."""
    is_list = are_lists(column)
    json_text = pc.binary_join_element_wise('{"response_tweet_id": "', column, '"}', "")
    kept = pc.if_else(pc.equal(column, ""), None, json_text)
    odd = [_odd_answers(text) for text in column.filter(pc.invert(is_list)).to_pylist()]
    return pc.replace_with_mask(kept, pc.invert(is_list), pa.array(odd, pa.string())) if odd else kept


def _odd_answers(text: str) -> str | None:
    """Write a cell that is not plainly a list of ids."""
    if not text.strip():
        return None
    one = read_ids(pa.array([text.strip()]))[0].as_py() if "," not in text else None
    return json.dumps({"response_tweet_id": one} if one else {"response_tweet_id_as_found": text})


def _holding_nul(column: pa.StringArray) -> NDArray[np.bool_]:
    held = np.zeros(len(column), np.bool_)
    held[rows_holding(column, 0)] = True
    return held


def _too_long(column: pa.StringArray) -> NDArray[np.bool_]:
    """Mark texts of more than `MAX_TEXT_CHARACTERS`, counting characters only where bytes are many."""
    if (pc.max(pc.binary_length(column)).as_py() or 0) <= MAX_TEXT_CHARACTERS:
        return np.zeros(len(column), np.bool_)
    return _mask(pc.greater(pc.utf8_length(column), MAX_TEXT_CHARACTERS))
