"""When to send: after the rule's delay, in hours that suit the channel and the brand.

In: what the rules decided, the instants that delays count from, each row's brand. Out: one UTC instant
per row, null where nothing is sent; never before the instant of decision.
Written replies avoid the brand's quiet hours, on any day; calls need it to be open and not quiet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from nbalib.calendars import Instants, next_allowed, next_call
from nbalib.decisions.channels import CHANNELS
from nbalib.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from nbalib.params import Brands

MICROS_PER_HOUR = 3_600_000_000
ANCHORS = ("as_of", "last_agent", "last_customer")
"""The instants that a rule's delay may count from: its `after`."""


def send_times(
    decided: pa.Table,
    anchors: Mapping[str, pa.Array | pa.ChunkedArray],
    brand: pa.Array | pa.ChunkedArray,
    brands: Brands,
) -> pa.TimestampArray:
    """Find when each action is due.

    Parameters
    ----------
    decided : Table, shape (n_rows, …)
        Columns action, delay_hours and after, as `RuleSet.decide` gives them.
    anchors : mapping of str to array of timestamps, shape (n_rows,)
        One for each of `ANCHORS`. A null `last_agent` or `last_customer` counts as `as_of`.
    brand : array of strings, shape (n_rows,)
        Brand account of each row; null takes the default hours.
    brands : Brands
        The hours of each brand.

    Returns
    -------
    TimestampArray, shape (n_rows,)
        UTC with microseconds; null for an action without a channel to send on.

    Raises
    ------
    ParameterError
        An anchor is missing, or an action is unknown; or a call is due for a brand that never opens.
    """
    missing = [name for name in ANCHORS if name not in anchors]
    if missing:
        raise ParameterError(f"anchors {missing} are missing; there are {sorted(anchors)}")
    due = _due(decided, {name: _instants(anchors[name]) for name in ANCHORS})
    found = np.full(len(due), np.datetime64("NaT", "us"))
    kinds = _kinds(decided["action"])
    names, codes = _coded(brand)
    hours = [brands.default.hours, *(brands.of(name).hours for name in names)]
    same = np.array([hours.index(one) for one in hours])[codes + 1]
    for kind, next_slot in (("written", next_allowed), ("call", next_call)):
        wanted = kinds == kind
        for place in np.unique(same[wanted]):
            rows = np.flatnonzero(wanted & (same == place))
            found[rows] = next_slot(due[rows], hours[place])
    return pa.array(found).cast(pa.timestamp("us", tz="UTC"))


def _due(decided: pa.Table, anchors: Mapping[str, Instants]) -> Instants:
    """Add each row's delay to its anchor, but never to before the instant of decision."""
    as_of = anchors["as_of"]
    names, codes = _coded(decided["after"])
    start = as_of
    for place, name in enumerate(names):
        start = np.where(codes == place, _known(name, anchors), start)
    start = np.where(np.isnat(start), as_of, start)
    delay = np.round(decided["delay_hours"].to_numpy() * MICROS_PER_HOUR).astype("timedelta64[us]")
    return np.asarray(np.maximum(as_of, start + delay))


def _kinds(action: pa.ChunkedArray) -> NDArray[np.str_]:
    """Find the kind of channel of each action."""
    names, codes = _coded(action)
    return np.array([_known(name, CHANNELS).kind for name in names], dtype=str)[codes]


def _known(name: str, things: Mapping[str, Any]) -> Any:
    """Look up a name, or say which was probably meant."""
    if name not in things:
        raise ParameterError(f"unknown name {name!r}{nearest(name, things)}")
    return things[name]


def _coded(texts: pa.Array | pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Give the distinct texts, and for each row the place of its own; -1 for null."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    coded = whole.cast(pa.string()).dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.fill_null(-1).to_numpy().astype(np.int64)


def _instants(column: pa.Array | pa.ChunkedArray) -> Instants:
    """Read timestamps as UTC instants, nulls as NaT."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(
        whole.cast(pa.timestamp("us", tz="UTC")).to_numpy(zero_copy_only=False), "datetime64[us]"
    )
