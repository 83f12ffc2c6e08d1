"""Name decisions, and the data they saw, by what they are made of: equal ones have equal names.

In: columns. Out: columns of hexadecimal digits.
"""

from __future__ import annotations

from hashlib import md5

import pyarrow as pa
import pyarrow.compute as pc

from nbalib import __version__

DATA_DIGITS, DECISION_DIGITS = 16, 24


def data_digests(chat_logs: pa.ChunkedArray) -> pa.ChunkedArray:
    """Name what was known of each conversation."""
    return _hashes(chat_logs, DATA_DIGITS)


def decision_ids(rows: pa.Table, method: str) -> pa.ChunkedArray:
    """Name each decision by conversation, instant, method, version and data.

    Parameters
    ----------
    rows : Table, shape (n, …)
        Has conversation_id, as_of and data_digest.
    method : str
        Digest of what decided.
    """
    instant = rows["as_of"].cast(pa.int64()).cast(pa.string())
    parts = (rows["conversation_id"], instant, method, __version__, rows["data_digest"])
    return _hashes(pc.binary_join_element_wise(*parts, "|"), DECISION_DIGITS)


def _hashes(texts: pa.ChunkedArray, digits: int) -> pa.ChunkedArray:
    """Hash each text. A call for each row is what any engine makes of it, and none makes it sooner."""
    chunks = [
        pa.array([md5(text, usedforsecurity=False).hexdigest()[:digits] for text in chunk.to_pylist()])
        for chunk in texts.cast(pa.binary()).chunks
    ]
    return pa.chunked_array(chunks, pa.string())
