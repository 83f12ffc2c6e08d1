"""Log what was proposed, so that a decision can be found and replayed.

In: predictions. Out: rows of the table `decisions`; a decision that is logged already is not logged again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib import __version__
from nbalib.schema import DECISIONS

if TYPE_CHECKING:
    from datetime import datetime

    from nbalib.predictions.assemble import Predictions
    from nbalib.stores.contract import Store


def log_decisions(store: Store, predictions: Predictions, now: datetime) -> int:
    """Add the predictions to `decisions`.

    Returns
    -------
    int
        How many were new.
    """
    rows = predictions.rows
    same = {"params_digest": predictions.method.digest, "code_version": __version__, "created_at": now}
    for name, value in same.items():
        kind = DECISIONS.arrow.field(name).type
        rows = rows.append_column(name, pa.repeat(pa.scalar(value, kind), rows.num_rows))
    return store.append_new("decisions", rows.select(DECISIONS.names))
