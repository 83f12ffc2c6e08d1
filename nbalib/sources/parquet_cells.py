"""Read a Parquet file into the same cells as a CSV file.

In: an `OpenFile` that holds Parquet. Out: its columns' names, then `Cells`.
A null or NaN is an empty cell; a whole number is written in decimal, a boolean as True or False, an
instant with its offset; a floating-point id as it is (``192625.0``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nbalib.errors import SchemaError, SourceError
from nbalib.sources.cells import Cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbalib.sources.files import OpenFile

_BATCH_ROWS = 50_000
_TWITTER_FORM = "%a %b %d %H:%M:%S +0000 %Y"
_ISO_FORM = "%Y-%m-%dT%H:%M:%S+00:00"


class ParquetRows:
    """The rows of an open Parquet file.

    Attributes
    ----------
    header : tuple[str, ...]
        Names of the columns.

    Raises
    ------
    SourceError
        The file is damaged.
    """

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        try:
            self._parquet = pq.ParquetFile(file.stream)
        except pa.ArrowException as error:
            raise SourceError(f"{file.name} is not a whole Parquet file: {error}") from error
        self.header = tuple(self._parquet.schema_arrow.names)

    def stretches(self) -> Iterator[Cells]:
        """Give the rows, `_BATCH_ROWS` at a time.

        Raises
        ------
        SourceError
            The file is damaged.
        SchemaError
            A column holds values that have no text, such as lists or instants without a zone.
        """
        n_before = 0
        try:
            for batch in self._parquet.iter_batches(_BATCH_ROWS):
                numbers = np.arange(n_before + 1, n_before + 1 + batch.num_rows, dtype=np.int64)
                n_before += batch.num_rows
                yield Cells(self._texts(batch), numbers, [], batch.num_rows, 0, self._file.bytes_done)
        except pa.ArrowException as error:
            raise SourceError(f"{self._file.name} is damaged: {error}") from error

    def _texts(self, batch: pa.RecordBatch) -> pa.Table:
        columns = {name: self._text(name, batch.column(at)) for at, name in enumerate(self.header)}
        return pa.table(columns)

    def _text(self, name: str, column: pa.Array) -> pa.Array:
        kind = column.type
        if pa.types.is_floating(kind):
            column = pc.if_else(pc.is_nan(column), None, column)
        if pa.types.is_timestamp(kind):
            text = self._instants(name, column)
        elif pa.types.is_boolean(kind):
            text = pc.if_else(column, "True", "False")
        else:
            try:
                text = column.cast(pa.string())
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                raise SchemaError(f"{self._file.name}: column {name!r} holds {kind}, not text") from error
        return pc.fill_null(text, "")

    def _instants(self, name: str, column: pa.Array) -> pa.Array:
        """Write whole seconds as Twitter does, which is read quickest; others in ISO 8601."""
        if column.type.tz is None:
            raise SchemaError(f"{self._file.name}: column {name!r} holds instants without a time zone")
        try:
            return pc.strftime(column.cast(pa.timestamp("s", "UTC")), format=_TWITTER_FORM)
        except pa.ArrowInvalid:
            return pc.strftime(column.cast(pa.timestamp("us", "UTC"), safe=False), format=_ISO_FORM)
