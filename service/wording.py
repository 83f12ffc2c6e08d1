"""Who words the message of an answer: the templates, a language model, or nobody.

In: predictions of one row, with the template's message. Out: the same with the message that was asked for;
`message_source` names who wrote it, and after ``template:`` why the model did not.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.errors import MessageError, MissingPackageError, ParameterError
from nbalib.messages.doors import open_writer
from nbalib.predictions.wording import worded

if TYPE_CHECKING:
    from nbalib.messages.client import LlmWriter
    from nbalib.messages.doors import Provider
    from nbalib.predictions.assemble import Predictions
    from nbalib.settings import Settings
    from service.contracts import MessageChoice

log = logging.getLogger(__name__)


class Wording:
    """The way to the model, if one is configured; to be closed.

    A call may take as long as the model's deadline, and holds a thread of the service meanwhile. So only as
    many wait for it at a time as the model takes; whoever comes beyond gets the template at once.
    """

    def __init__(self, writer: LlmWriter | None, concurrency: int) -> None:
        self._writer = writer
        self._slots = threading.BoundedSemaphore(concurrency)

    @classmethod
    def open(cls, settings: Settings) -> Wording:
        """Open the way that the settings describe: Azure's where it is named, else OpenAI's."""
        llm = settings.llm
        if not (llm.azure_endpoint or llm.azure_api_key or llm.openai_api_key):
            return cls(None, llm.concurrency)
        provider: Provider = "azure" if llm.azure_endpoint or llm.azure_api_key else "openai"
        try:
            return cls(open_writer(provider, llm, settings.outputs_dir), llm.concurrency)
        except (ParameterError, MissingPackageError) as error:
            log.warning("messages come from templates alone: %s", error)
            return cls(None, max(llm.concurrency, 1))

    def close(self) -> None:
        """End the calls that are under way."""
        if self._writer:
            self._writer.close()

    def apply(self, predictions: Predictions, choice: MessageChoice) -> pa.Table:
        """Give the row with the message that was asked for."""
        rows = predictions.rows
        if choice == "template" or rows["message_source"][0].as_py() == "none":
            return rows
        if choice == "none":
            return _with(_with(rows, "message", ""), "message_source", "none")
        if self._writer is None:
            return _with(rows, "message_source", "template:llm_not_configured")
        if not self._slots.acquire(blocking=False):
            return _with(rows, "message_source", "template:llm_busy")
        try:
            return worded(predictions, self._writer).rows
        except MessageError:  # the service is ending
            return _with(rows, "message_source", "template:llm_closed")
        finally:
            self._slots.release()


def _with(row: pa.Table, name: str, value: str) -> pa.Table:
    """Put another value into the one row."""
    return row.set_column(row.column_names.index(name), name, pa.array([value], pa.string()))
