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
    messages, sources = drafted["message"].to_pylist(), drafted["message_source"].to_pylist()
    reasons: list[str | None] = [None] * len(messages)
    asked = [row for row, source in enumerate(sources) if source == "template"]
    told = decisions.select(["channel", "brand"]).append_column("situation", situation(decisions)).take(asked)
    logs = chat_logs.take(pa.array(asked, pa.int64())).to_pylist()
    limits = {name: channel.max_characters for name, channel in templates.channels.items()}
    prompts = [
        prompt_for(
            **row,
            max_characters=limits[row["channel"]],
            voice=brands.of(row["brand"]).voice,
            draft=messages[at],
            chat_log=log,
        )
        for at, row, log in zip(asked, told.to_pylist(), logs, strict=True)
    ]
    answers = writer.ask_all(prompts, progress)
    for at, row, answer in zip(asked, told.to_pylist(), answers, strict=True):
        failure = failure_in(answer, limits[row["channel"]], templates)
        if failure is None and answer.written:
            messages[at], sources[at] = answer.written.message, "llm"
            reasons[at] = answer.written.reasoning
        else:
            sources[at] = f"template:{failure}"
    return pa.table(
        {
            "message": pa.array(messages, pa.string()),
            "message_source": pa.array(sources, pa.string()),
            "llm_reasoning": pa.array(reasons, pa.string()),
        }
    )


def failure_in(answer: Answer, max_characters: int, templates: Templates) -> str | None:
    """Name why an answer may not go out: the call's failure, or what a check found; None if it may."""
    if answer.written is None:
        return answer.failure
    if len(answer.written.message) > max_characters:
        return "llm_too_long"
    return "llm_unsafe" if fault_in(answer.written.message, templates.never_say) else None
