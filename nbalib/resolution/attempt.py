"""Train on a store, as far as it can teach.

In: a store's conversations. Out: `Attempt`: a trained model, or why there is none. A store that is too small,
or in which everything ended alike, is no failure: the likelihood then stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbalib.errors import ModelError
from nbalib.params import digest_of
from nbalib.resolution.candidates import Examples
from nbalib.resolution.kinds import kind_of
from nbalib.resolution.noise import status_noise
from nbalib.resolution.prefixes import prefixes
from nbalib.resolution.training import train

if TYPE_CHECKING:
    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import StatusWeights
    from nbalib.resolution.prefixes import Prefixes
    from nbalib.resolution.training import Trained

READ = ("interactions", "turns", "contacts", "conversations")
"""Tables that are read, those of a snapshot included."""
JUDGED = "SELECT conversation_id, last_interaction_id, resolution_status FROM conversations"


@dataclass(frozen=True)
class Attempt:
    """The rows of the past, the examples made of them, and what was trained; or why nothing was."""

    rows: Prefixes
    examples: Examples
    trained: Trained | None
    refusal: str


def attempt(
    engine: PandasEngine,
    horizon_hours: int,
    weights: StatusWeights,
    *,
    most_rows: int = 500_000,
    seed: int = 1,
    n_resamples: int = 200,
) -> Attempt:
    """Gather the rows of a store and train on them; nothing is saved. `weights` make statuses and labels."""
    rows = prefixes(engine, horizon_hours, weights, most_rows=most_rows)
    examples = Examples.of_prefixes(rows)
    try:
        # Ids of made conversations mean nothing beside labels of real ones.
        is_real = kind_of(rows.features["brand"]) == "real"
        noise = status_noise(engine.sql(JUDGED).to_pandas()) if is_real else {}
        trained = train(
            examples,
            noise=noise,
            n_censored=rows.n_censored,
            statuses=digest_of(weights),
            seed=seed,
            n_resamples=n_resamples,
        )
    except ModelError as error:
        return Attempt(rows, examples, None, str(error))
    return Attempt(rows, examples, trained, "")
