"""Put the service together.

In: settings and a clock. Out: a FastAPI application; nothing is opened or read before it starts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI

from nbalib import __version__
from nbalib.settings import Settings
from service.deps import opened
from service.faults import answer_faults
from service.limits import WholeBody
from service.routes import router


def now() -> datetime:
    """Read the clock, to the second: an `as_of` is repeated in the answer, and can be asked for again."""
    return datetime.now(UTC).replace(microsecond=0)


def create_app(settings: Settings, *, db: str = "duckdb", clock: Callable[[], datetime] = now) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings : Settings
        Where the store and the parameters are.
    db : str
        The store's name.
    clock : callable
        Gives the instant, UTC, that ``as_of: now`` stands for.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings, db, clock) as resources:
            app.state.resources = resources
            yield

    app = FastAPI(
        title="NBA Engine",
        version=__version__,
        description="The next best action for a customer, and why.",
        lifespan=lifespan,
    )
    app.add_middleware(WholeBody)
    answer_faults(app)
    app.include_router(router)
    return app
