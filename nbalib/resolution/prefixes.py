"""Rows of the past to learn from: what was known of an issue at an instant, and how it went on.

In: the tables `turns` and `interactions`. Out: `Prefixes`, one row per conversation and instant at which its
issue was open: features as known then, the customer's last words, and a weak label. The label is the status
that the conversation had `horizon_hours` later, as `conversations.status` reads it: resolved or not. Statuses
err, and so do the labels; the model's card says how often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.conversations.judging import judge_moments
from nbalib.engines.statements import statement
from nbalib.features.columns import features_of
from nbalib.resolution.last_words import last_words

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import StatusWeights

HERE = "nbalib.resolution"
DELAYS_HOURS = (0, 1, 24, 168)
"""How long after a message, as long as nobody has written since, an instant is taken."""
MOST_INSTANTS = 24
"""Of one conversation: its first ones. The last ones would tell how it ended."""
OF_OTHERS = ("n_open_issues", "n_contacts_7d", "is_followed_up", "p_resolved")
"""Features that tell of other conversations, or of contacts that no archive holds: left out."""
IN_TIME = """
SELECT * FROM moments
WHERE as_of + to_hours({hours}) <= (SELECT max(interaction_timestamp) FROM turns WHERE NOT is_opening)
ORDER BY moment
"""
LATER = "SELECT moment, conversation_id, as_of + to_hours({hours}) AS as_of FROM moments"
COUNT = "SELECT count(*) FROM turns WHERE NOT is_opening"
ROWS_PER_MESSAGE = 2.5
"""Instants that a message makes, at most, on average: enough to choose how many conversations are read."""


@dataclass(frozen=True)
class Prefixes:
    """What was known, and what came of it; all of shape (n,), by conversation and instant.

    Attributes
    ----------
    features : Table
        The features as known at `as_of`, without those of other conversations.
    words : StringArray
        The customer's last message then; null if none was stored.
    resolved : array of bool
        Weak label: resolved `horizon_hours` later.
    n_instants, n_not_open, n_censored : int
        Instants looked at; those at which nothing was open; those whose horizon is not over in the data.
    """

    features: pa.Table
    words: pa.Array
    resolved: NDArray[np.bool_]
    horizon_hours: int
    n_instants: int
    n_not_open: int
    n_censored: int

    def __len__(self) -> int:
        return len(self.resolved)


def prefixes(
    engine: PandasEngine,
    horizon_hours: int,
    weights: StatusWeights,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    most_rows: int = 500_000,
) -> Prefixes:
    """Gather the rows of the past whose instant lies in (since, until].

    Parameters
    ----------
    weights : StatusWeights
        Decide which conversations are open, and which are resolved later.
    most_rows : int
        About so many instants are looked at: of more conversations, a share that their ids choose.

    Returns
    -------
    Prefixes
        Without a row where the store holds nothing.
    """
    asked = {"since": since, "until": until, "most": MOST_INSTANTS, "delays": list(DELAYS_HOURS)}
    below = _below(most_rows / max(1.0, ROWS_PER_MESSAGE * engine.one(COUNT)))
    engine.make("moments", statement(HERE, "prefix_moments"), {**asked, "below": below})
    n_instants = engine.one("SELECT count(*) FROM moments")
    engine.make("moments", IN_TIME.format(hours=int(horizon_hours)))
    state = judge_moments(engine, weights)
    is_open = np.asarray(pc.equal(state["resolution_status"], "open"))
    kept = engine.sql("SELECT conversation_id, as_of FROM moments ORDER BY moment").filter(pa.array(is_open))
    words = last_words(engine, kept)
    resolved = _resolved_later(engine, horizon_hours, weights)
    engine.drop("moments")
    return Prefixes(
        features=known_features(state.filter(pa.array(is_open))),
        words=words,
        resolved=resolved,
        horizon_hours=horizon_hours,
        n_instants=n_instants,
        n_not_open=int((~is_open).sum()),
        n_censored=n_instants - len(is_open),
    )


def known_features(state: pa.Table) -> pa.Table:
    """Give the features of states without those of other conversations and of contacts."""
    for name in OF_OTHERS[:-1]:
        nothing = np.zeros(state.num_rows, dtype=bool if name.startswith("is_") else np.int64)
        state = state.append_column(name, pa.array(nothing))
    return features_of(state).drop_columns(list(OF_OTHERS))


def _resolved_later(engine: PandasEngine, horizon_hours: int, weights: StatusWeights) -> NDArray[np.bool_]:
    """Tell which conversations stand resolved `horizon_hours` after their moment."""
    engine.make("moments", LATER.format(hours=int(horizon_hours)))
    return np.asarray(pc.equal(judge_moments(engine, weights)["resolution_status"], "resolved"))


def _below(share: float) -> str:
    """Give the hexadecimal text below which a share of all MD5 digests lies."""
    return "g" if share >= 1 else f"{int(share * 16**8):08x}"
