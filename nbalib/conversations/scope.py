"""Choose which messages to place again: all, or those of the threads that something has touched.

In: `touched`, `threads`, and the method of the last pass. Out: the temporary table or view `scope`, and
`affected_threads`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nbalib import __version__
from nbalib.conversations.roles import HERE
from nbalib.engines.statements import statement
from nbalib.params import digest_of

if TYPE_CHECKING:
    from nbalib.conversations.reading import Switches
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import Params

WHOLE_SHARE = 0.3
"""From this share of touched messages on, placing all is not slower."""

BEFORE = """
SELECT facts FROM pipeline_runs WHERE step = 'process' AND status = 'done' ORDER BY finished_at DESC LIMIT 1
"""


def method_of(params: Params, switches: Switches) -> str:
    """Name what conversations are built with: another name, and all are built again."""
    return f"{__version__} {digest_of(params.policy)} {digest_of(params.status)} {switches.word}"


def is_whole(engine: PandasEngine, method: str) -> bool:
    """Tell whether all messages are to be placed."""
    if not engine.one("SELECT EXISTS (SELECT 1 FROM threads)"):
        return True
    last = engine.one(BEFORE)
    if last is None or json.loads(last).get("method") != method:
        return True
    touched, total = (engine.one(f"SELECT count(*) FROM {name}") for name in ("touched", "interactions"))
    return bool(touched > WHOLE_SHARE * total)


def choose_scope(engine: PandasEngine, *, whole: bool) -> None:
    """Make `scope`, the rows of `interactions` to place, and `affected_threads`, those they stand in."""
    if whole:
        engine.make("affected_threads", "SELECT platform_type, thread_root_id FROM threads WHERE FALSE")
        engine.view("scope", "SELECT * FROM interactions")
    else:
        engine.make("affected_threads", statement(HERE, "affected_threads"))
        engine.make("affected", statement(HERE, "affected_messages"))
        engine.view("scope", "SELECT * FROM affected")
