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


def by_pressure(rows: pa.Table, rules: RuleSet) -> NDArray[np.int64]:
    """Give the places of `rows`, most pressing first.

    Parameters
    ----------
    rows : Table, shape (n, …)
        Has channel, rule, resolution_status, hours_open, hours_since_customer, conversation_id.
    """
    places = {rule.name: place for place, rule in enumerate(rules.rules)}
    coded = rows["rule"].combine_chunks().dictionary_encode()
    place = np.array([places.get(name, len(places)) for name in coded.dictionary.to_pylist()], dtype=np.int64)
    keys = pa.table(
        {
            "gets_none": pc.equal(rows["channel"], NO_ACTION),
            "rule_place": pa.array(place[coded.indices.to_numpy()] if len(place) else np.zeros(0, np.int64)),
            **{name: rows[name] for name in ("hours_open", "hours_since_customer", "conversation_id")},
        }
    )
    return np.asarray(pc.sort_indices(keys, sort_keys=list(ORDER)))


def first_of_each(rows: pa.Table, order: NDArray[np.int64], names: Sequence[str]) -> NDArray[np.int64]:
    """Keep of the places `order` the first for each combination of the columns `names`."""
    frame = rows.select(list(names)).take(pa.array(order)).to_pandas()
    kept: NDArray[np.int64] = order[~frame.duplicated().to_numpy()]
    return kept
