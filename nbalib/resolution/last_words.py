"""What the customer had written last at an instant.

In: conversations with their instants, the tables `turns` and `interactions`. Out: a text a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.engines.statements import statement

if TYPE_CHECKING:
    from nbalib.engines.pandas_engine import PandasEngine

HERE = "nbalib.resolution"


def last_words(engine: PandasEngine, moments: pa.Table) -> pa.Array:
    """Give the customer's last message of each row; null if none was stored.

    Makes the temporary table `moments`.

    Parameters
    ----------
    moments : Table, shape (n, …)
        Columns conversation_id and as_of.
    """
    numbered = moments.select(["conversation_id", "as_of"])
    engine.table("moments", numbered.append_column("moment", pa.array(np.arange(moments.num_rows))))
    return engine.sql(statement(HERE, "last_words"))["words"].combine_chunks()
