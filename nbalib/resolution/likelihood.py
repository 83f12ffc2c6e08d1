"""The likelihood in use: for rows of features, the chance that the issue stands resolved at the horizon.

In: features (and, if the model reads them, the customer's last words). Out: a likelihood a row, null where
none is given: the issue is not open, or it has been silent for longer than training ever saw.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nbalib.errors import ModelError
from nbalib.resolution.kinds import refuse_other_kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.resolution.calibration import Calibration
    from nbalib.resolution.candidates import Fitted
    from nbalib.resolution.card import Card
    from nbalib.resolution.reference import Reference

OPEN = pa.scalar("open")
DIGITS = 6
"""Beyond these the order of summation shows: a row alone and one among many must be equal."""


@dataclass(frozen=True)
class Likelihood:
    """A trained and calibrated model with its card and the spread of the data it was calibrated on."""

    card: Card
    fitted: Fitted
    curve: Calibration
    reference: Reference

    @cached_property
    def digest(self) -> str:
        """Name of this model: another training has another one."""
        return hashlib.sha256(self.card.as_json().encode()).hexdigest()[:16]

    def chances(self, features: pa.Table, words: pa.Array | None = None) -> NDArray[np.float64]:
        """Give the chance of each row as if it were an open issue, shape (n,).

        Raises
        ------
        ModelError
            Features are missing or renamed, or the model reads words and there are none.
        """
        if self.card.reads_words and words is None:
            raise ModelError("the model reads the customer's last words, and was given features alone")
        return self.curve(self.fitted.log_odds(features, words))

    def of(self, features: pa.Table, words: pa.Array | None = None) -> pa.Array:
        """Give the likelihood of each row, shape (n,), null where none is given.

        Raises
        ------
        ModelError
            As `chances`; or the rows are real and the model was trained on made ones, or the other way round.
        """
        refuse_other_kind(features["brand"], self.card.source_kind)
        silence = pc.less_equal(features["hours_since_last"], self.card.longest_silence_hours)
        given = np.asarray(pc.and_(pc.equal(features["resolution_status"], OPEN), silence))
        return pa.array(self.chances(features, words).round(DIGITS), pa.float64(), mask=~given)

    def says_nothing(self, p: float | None) -> bool:
        """Tell whether a likelihood is absent, or within the band that is no better than the average."""
        low, high = self.card.abstains
        return p is None or low <= p <= high
