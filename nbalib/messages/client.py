"""One door to a language model: many prompts in, for each an answer or a named failure, within a deadline.

In: prompts. Out: `Answer`s, in the same order; nothing is raised for what a model or its server does.
Spans are seconds on a monotonic clock. Needs the package `openai`.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from nbalib.errors import MessageError
from nbalib.messages.breaker import Breaker
from nbalib.messages.cache import Written
from nbalib.messages.failures import EMPTY, EXPECTED, INVALID, REFUSAL, TIMEOUT, Failure, failure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    import openai

    from nbalib.messages.cache import AnswerCache
    from nbalib.messages.prompts import Prompt
    from nbalib.settings import LlmSettings

Result = TypeVar("Result")

MAX_TRIES = 3
"""For one message; while a server asks to wait, the deadline alone bounds the tries."""

FIRST_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Answer:
    """What the model wrote, or the name of the failure that it ended in."""

    written: Written | None = None
    failure: str | None = None


class LlmWriter:
    """Asks a language model, a bounded number of prompts at a time, over one shared client.

    The calls run in a thread of their own, so that a deadline can end one that is stuck half-way, and so
    that a notebook, a service and a command may all ask. To be closed, or used as a context.

    Parameters
    ----------
    client : openai.AsyncOpenAI
        Made by `doors.open_writer`; is closed with the writer.
    model : str
        Name of the model, or of the deployment.
    settings : LlmSettings
        Deadlines and bounds.
    cache : AnswerCache, optional
        Answers kept from earlier.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        model: str,
        settings: LlmSettings,
        cache: AnswerCache | None = None,
    ) -> None:
        self.model = model
        self.n_calls = 0
        self._client, self._settings, self._cache = client, settings, cache
        self._breaker, self._quiet_until = Breaker(), 0.0
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="llm-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, prompt: Prompt) -> Answer:
        """Ask one prompt; see `ask_all`."""
        return self.ask_all([prompt])[0]

    def ask_all(
        self, prompts: Sequence[Prompt], progress: Callable[[str, int, int], None] | None = None
    ) -> list[Answer]:
        """Ask all prompts, as many at a time as the settings allow.

        Parameters
        ----------
        prompts : sequence of Prompt
            Each is asked once, and not at all if its answer was kept.
        progress : callable, optional
            Told a step's name, how many are done and how many there are.

        Returns
        -------
        list of Answer
            In the order of `prompts`.

        Raises
        ------
        MessageError
            The writer is closed.
        """
        return self._run(self._answer_all(prompts, progress))

    def close(self) -> None:
        """End what is still under way, and close the connections; a second time does nothing."""
        if self._loop.is_closed():
            return
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do `work` in the writer's thread; an interrupt here ends it there."""
        if self._loop.is_closed():
            work.close()
            raise MessageError("the writer is closed")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except CancelledError as error:
            raise MessageError("the writer was closed while it was asked") from error
        except BaseException:
            future.cancel()
            raise

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()

    async def _answer_all(
        self, prompts: Sequence[Prompt], progress: Callable[[str, int, int], None] | None
    ) -> list[Answer]:
        n_done = 0

        async def one(prompt: Prompt) -> Answer:
            nonlocal n_done
            answer = await self._answer(prompt)
            n_done += 1
            if progress:
                progress("messages", n_done, len(prompts))
            return answer

        return list(await asyncio.gather(*map(one, prompts)))

    async def _answer(self, prompt: Prompt) -> Answer:
        """Give the kept answer, or ask for one unless the server is being left alone."""
        key = prompt.key(f"{self._client.base_url} {self.model}")
        if self._cache and (kept := self._cache.find(key)):
            return Answer(kept)
        async with self._slots:
            if refusal := self._breaker.refusal(self._loop.time()):
                return Answer(failure=refusal)
            outcome = await self._tried(prompt)
            if isinstance(outcome, Failure) and not outcome.is_answer:
                self._breaker.failed(outcome.name, self._loop.time(), for_all=outcome.for_all)
            else:
                self._breaker.answered()
        if isinstance(outcome, Failure):
            return Answer(failure=outcome.name)
        if self._cache:
            self._cache.keep(key, outcome)
        return Answer(outcome)

    async def _tried(self, prompt: Prompt) -> Written | Failure:
        """Call until there is an answer, a failure that stays, or no time for another call."""
        deadline = self._loop.time() + self._settings.deadline_seconds
        outcome: Written | Failure = TIMEOUT
        n_tries = 0
        while True:
            # All callers keep the pause that the server asked one of them for.
            pause = max(self._quiet_until - self._loop.time(), 0.0)
            if n_tries and isinstance(outcome, Failure) and outcome.retry_after is None:
                pause = max(pause, FIRST_PAUSE_SECONDS * 2 ** (n_tries - 1))
            if self._loop.time() + pause >= deadline:
                return outcome
            await asyncio.sleep(pause)
            outcome = await self._called(prompt, deadline)
            n_tries += 1
            if isinstance(outcome, Written) or not outcome.passes:
                return outcome
            if outcome.retry_after is not None:
                self._quiet_until = self._loop.time() + outcome.retry_after
            elif n_tries >= MAX_TRIES:
                return outcome

    async def _called(self, prompt: Prompt, deadline: float) -> Written | Failure:
        """Make one call, cut off at its own limit or at the deadline."""
        seconds = min(self._settings.timeout_seconds, deadline - self._loop.time())
        self.n_calls += 1
        try:
            async with asyncio.timeout(seconds):
                completion = await self._client.chat.completions.parse(
                    model=self.model,
                    messages=[
                        {"role": "system", "content": prompt.system},
                        {"role": "user", "content": prompt.user},
                    ],
                    response_format=Written,
                    max_completion_tokens=self._settings.max_output_tokens,
                )
                return _read(completion)
        except EXPECTED as error:
            return failure_of(error)


def _read(completion: Any) -> Written | Failure:
    """Take the words out of an answer; its channel, time or status would have been refused as unknown."""
    if not completion.choices:
        return EMPTY
    choice = completion.choices[0].message
    if choice.refusal:
        return REFUSAL
    if choice.parsed is None:
        return INVALID if choice.content else EMPTY
    message, reasoning = choice.parsed.message.strip(), choice.parsed.reasoning.strip()
    return Written(message=message, reasoning=reasoning) if message else EMPTY
