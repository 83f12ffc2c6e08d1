"""Order conversations by how pressing they are: one order for the file, the service and `--customers`.

In: predictions. Out: the places of rows, most pressing first, or one row per customer and brand.
An issue that gets an action comes before one that gets none; then rule order, then the longest waiting,
then the newest customer message, then `conversation_id`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.decisions.channels import NO_ACTION
from nbalib.distinct import coded, distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nbalib.decisions.rules import RuleSet

ORDER = (
    ("gets_none", "ascending"),
    ("rule_place", "ascending"),
    ("hours_open", "descending"),
    ("hours_since_customer", "ascending"),
    ("conversation_id", "ascending"),
)

COMPARED = ("channel", "rule", "hours_open", "hours_since_customer", "conversation_id")
"""Columns that the order is told from."""


def by_pressure(rows: pa.Table, rules: RuleSet) -> NDArray[np.int64]:
    """Give the places of `rows`, most pressing first.

    Parameters
    ----------
    rows : Table, shape (n, …)
        Has at least `COMPARED`.
    """
    places = {rule.name: place for place, rule in enumerate(rules.rules)}
    rule = coded(rows["rule"])
    place = np.array([places.get(name, len(places)) for name in rule.dictionary.to_pylist()], dtype=np.int64)
    keys = pa.table(
        {
            "gets_none": pc.equal(rows["channel"], NO_ACTION),
            "rule_place": pa.array(place[rule.indices.to_numpy()]),
            **{name: rows[name] for name in ("hours_open", "hours_since_customer", "conversation_id")},
        }
    )
    return np.asarray(pc.sort_indices(keys, sort_keys=list(ORDER)))


def first_of_each(rows: pa.Table, order: NDArray[np.int64], names: Sequence[str]) -> NDArray[np.int64]:
    """Keep of the places `order` the first for each combination of the columns `names`."""
    ordered = rows.select(list(names)).take(pa.array(order))
    return order[distinct(ordered.columns).first]
