"""Messages by a language model, each checked, with the template where the model or its words fail.

In: decisions with their feature columns, their chat logs, an open writer. Out: for each row the message, who
wrote it, and the model's reasoning, which is for the agent alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.messages.checks import fault_in
from nbalib.messages.prompts import prompt_for
from nbalib.messages.situations import situation
from nbalib.messages.templates import write_messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.messages.client import Answer, LlmWriter
    from nbalib.messages.prompts import Prompt
    from nbalib.messages.texts import Templates
    from nbalib.params import Brands


def write_with_llm(
    decisions: pa.Table,
    chat_logs: pa.Array | pa.ChunkedArray,
    writer: LlmWriter,
    *,
    brands: Brands,
    templates: Templates,
    progress: Callable[[str, int, int], None] | None = None,
) -> pa.Table:
    """Write each decision's message by the model, or from the template where that fails.

    Channel, time and status are told to the model and never taken from it.

    Parameters
    ----------
    decisions : Table, shape (n, …)
        As for `write_messages`.
    chat_logs : Array of strings, shape (n,)
        Of each decision its own conversation and no other; masked before it is sent.
    writer : LlmWriter
        Open.
    brands, templates
        The voices, and the words that stand in.
    progress : callable, optional
        Told a step's name, how many are done and how many there are.

    Returns
    -------
    Table, shape (n, 3)
        message; message_source: 'llm', 'none' or 'template:' and the failure, such as
        'template:llm_timeout'; llm_reasoning, null where the template stands.
    """
    drafted = write_messages(decisions, brands, templates)
    columns = {**drafted.to_pydict(), "llm_reasoning": [None] * decisions.num_rows}
    asked = [row for row, source in enumerate(columns["message_source"]) if source == "template"]
    at = pa.array(asked, pa.int64())
    chosen = decisions.take(at)
    limits = [templates.channels[name].max_characters for name in chosen["channel"].to_pylist()]
    prompts = _prompts(chosen, drafted["message"].take(at), chat_logs.take(at), limits, brands)
    for row, limit, answer in zip(asked, limits, writer.ask_all(prompts, progress), strict=True):
        failure = failure_in(answer, limit, templates)
        if answer.written and not failure:
            columns["message"][row], columns["message_source"][row] = answer.written.message, "llm"
            columns["llm_reasoning"][row] = answer.written.reasoning
        else:
            columns["message_source"][row] = f"template:{failure}"
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _prompts(
    decisions: pa.Table,
    drafts: pa.ChunkedArray,
    chat_logs: pa.Array | pa.ChunkedArray,
    limits: list[int],
    brands: Brands,
) -> list[Prompt]:
    """Make the prompt of each decision."""
    told = decisions.select(["channel", "brand"]).append_column("situation", situation(decisions))
    return [
        prompt_for(
            **row, max_characters=limit, voice=brands.of(row["brand"]).voice, draft=draft, chat_log=chat_log
        )
        for row, limit, draft, chat_log in zip(
            told.to_pylist(), limits, drafts.to_pylist(), chat_logs.to_pylist(), strict=True
        )
    ]


def failure_in(answer: Answer, max_characters: int, templates: Templates) -> str | None:
    """Name why an answer may not go out: the call's failure, or what a check found; None if it may."""
    if answer.written is None:
        return answer.failure
    if len(answer.written.message) > max_characters:
        return "llm_too_long"
    return "llm_unsafe" if fault_in(answer.written.message, templates.never_say) else None
