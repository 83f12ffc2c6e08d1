"""Say why, for machines.

In: features, what the rules decided, what the contact policy removed. Out: for each row a trace, JSON with
the candidates, the removals, every rule that held, the runner-up and every number that the rules use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.decisions.channels import NO_ACTION
from nbalib.decisions.json_text import written, written_list
from nbalib.decisions.weaving import weave
from nbalib.distinct import coded
from nbalib.engines.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbalib.decisions.eligibility import Eligibility
    from nbalib.decisions.rules import RuleSet
    from nbalib.decisions.weaving import Piece

ROWS_AT_ONCE = 65_536
"""Rows whose traces are made in one go; bounds the memory that takes."""

OF_DECIDED = {
    "rule": "rule",
    "runner_up": "runner_up",
    "delay_hours": "delay_hours",
    "delay_counts_from": "after",
}
"""Names in a trace, and the columns of what was decided that they show."""


def traces(
    rules: RuleSet,
    features: pa.Table,
    decided: pa.Table,
    eligible: Eligibility,
    reasons: pa.Array | pa.ChunkedArray,
) -> pa.ChunkedArray:
    """Give the decision trace of each row.

    Parameters
    ----------
    reasons : Array, shape (n,)
        `status_reason` of each row.

    Returns
    -------
    ChunkedArray of DictionaryArray, shape (n,)
        A trace that many rows share is there once in each chunk.
    """
    chosen = {"fired": decided["fired"], "blocked": decided["blocked"]}
    chosen |= {name: decided[column] for name, column in OF_DECIDED.items()}
    told = [
        pa.table(dict(eligible.removed)),
        pa.table({**chosen, "status_reason": reasons}),
        features.select(rules.features_used),
    ]
    starts = range(0, features.num_rows, ROWS_AT_ONCE)
    parts = ([table.slice(start, ROWS_AT_ONCE) for table in told] for start in starts)
    made = side_by_side(lambda part: _traces(*part), parts)
    return pa.chunked_array(list(made), pa.dictionary(pa.int32(), pa.string()))


def _traces(removed: pa.Table, chosen: pa.Table, numbers: pa.Table) -> pa.DictionaryArray:
    """Give the traces of some rows."""
    lists = {"fired", "blocked"}
    pieces: list[Piece] = ['{"candidates":[']
    pieces += [_candidate(channel, removed[channel]) for channel in removed.column_names]
    pieces += [f'"{NO_ACTION}"],"removed":', *_object(removed), ","]
    facts = {name: (written_list if name in lists else written)(chosen[name]) for name in chosen.column_names}
    pieces += _members(facts)
    pieces += [',"numbers":', *_object(numbers), "}"]
    return weave(pieces, chosen.num_rows)


def _candidate(channel: str, removed: pa.ChunkedArray) -> pa.DictionaryArray:
    """Name a channel where nothing removed it."""
    stages = coded(removed)
    texts = [f'"{channel}",' if stage is None else "" for stage in stages.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(stages.indices, pa.array(texts, pa.string()))


def _object(columns: pa.Table) -> list[Piece]:
    """Write columns as a JSON object for each row."""
    return ["{", *_members({name: written(columns[name]) for name in columns.column_names}), "}"]


def _members(values: Mapping[str, pa.DictionaryArray]) -> list[Piece]:
    """Put names before values, and commas between."""
    pieces: list[Piece] = []
    for name, value in values.items():
        pieces += [f'{"," if pieces else ""}"{name}":', value]
    return pieces
