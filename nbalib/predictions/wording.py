"""Let a language model word the messages that go out; everything else stays as decided.

In: predictions with their templates' messages, a writer's name. Out: the same predictions, where the most
pressing issue of each customer and brand has the model's message, or the template's and what failed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.messages.doors import check_settings, open_writer
from nbalib.messages.writer import write_with_llm
from nbalib.predictions.export import most_pressing

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.messages.client import LlmWriter
    from nbalib.predictions.assemble import Predictions
    from nbalib.settings import Settings


LlmName = Literal["none", "openai", "azure"]
"""Who words the messages: templates alone, or a model behind one of two doors."""


def check_llm(llm: LlmName, settings: Settings) -> None:
    """Refuse a model that is not configured, before any work is done.

    Raises
    ------
    ParameterError
        A variable is missing.
    """
    if llm != "none":
        check_settings(llm, settings.llm)


def with_llm(
    predictions: Predictions,
    llm: LlmName,
    settings: Settings,
    progress: Callable[[str, int, int], None] | None = None,
) -> Predictions:
    """Word the most pressing issue of each customer and brand by the model that `llm` names."""
    if llm == "none":
        return predictions
    with open_writer(llm, settings.llm, settings.outputs_dir) as writer:
        return worded(predictions, writer, progress)


def worded(
    predictions: Predictions, writer: LlmWriter, progress: Callable[[str, int, int], None] | None = None
) -> Predictions:
    """Word the most pressing issues by an open writer."""
    rows, method = predictions.rows, predictions.method
    chosen = most_pressing(predictions)
    written = write_with_llm(
        chosen,
        chosen["chat_log"],
        writer,
        brands=method.params.brands,
        templates=method.templates,
        progress=progress,
    )
    at = pc.index_in(rows["decision_id"], value_set=chosen["decision_id"].combine_chunks())
    asked = np.asarray(at.is_valid())
    places = at.fill_null(0)
    for name in ("message", "message_source"):
        if chosen.num_rows:
            before = rows[name].cast(pa.string())
            column = pc.if_else(pa.array(asked), written[name].combine_chunks().take(places), before)
            rows = rows.set_column(rows.column_names.index(name), name, column)
    return replace(predictions, rows=rows)
