"""What every request needs, opened once when the service starts and closed when it ends.

In: settings and a clock. Out: `Resources`, which routes ask for by `ResourcesDep`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, cast

from anyio import to_thread
from fastapi import Depends, Request

from nbalib.predictions.method import Method, load_method
from nbalib.settings import Settings
from service.stores import Answers, answers_from
from service.wording import Wording


@dataclass(frozen=True)
class Resources:
    """The clock, the store's name and what answers from it, what decides, and who words."""

    clock: Callable[[], datetime]
    db: str
    answers: Answers
    method: Method
    wording: Wording


@asynccontextmanager
async def opened(settings: Settings, db: str, clock: Callable[[], datetime]) -> AsyncIterator[Resources]:
    """Open everything for the block.

    Raises
    ------
    ParameterError
        The method's parameters are wrong; a store that is away is no error, it may come.
    """
    method = await to_thread.run_sync(partial(load_method, settings.params_dir, model=settings.model_path))
    wording = await to_thread.run_sync(Wording.open, settings)
    answers = answers_from(settings, db)
    try:
        await to_thread.run_sync(answers.open)
        yield Resources(clock, db, answers, method, wording)
    finally:
        await to_thread.run_sync(answers.close)
        await to_thread.run_sync(wording.close)


async def resources(request: Request) -> Resources:
    """Give the open resources; a coroutine, so that it costs no thread."""
    return cast("Resources", request.app.state.resources)


ResourcesDep = Annotated[Resources, Depends(resources)]
