"""The model card: what must be known to use a model, and what it is worth (Mitchell and others, 2019).

In: what training found. Out: `Card`, as JSON for machines and as Markdown for people.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from nbalib import __version__
from nbalib.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from nbalib.resolution.encoding import Encoding

FORMAT = 1
"""Of a model's file; another one cannot be read."""

NAMES = {"logistic": "logistic model", "trees": "boosted trees"}
USE = (
    "To show how likely an open issue is to stand resolved within the horizon, so that people and rules can "
    "put first what will not resolve by itself. It speaks of issues that are open, of instants like those it "
    "was trained at, and of data of the same kind."
)
LIMITS = (
    "The labels are weak: they are what the statuses say later, and statuses err.",
    "Silence counts as not resolved. Who is content and says nothing looks like who gave up.",
    "What happens in private messages, by e-mail or on the phone is not seen.",
    "It says what tends to follow, given how agents acted then. It says nothing about what an action causes, "
    "and no channel may be chosen by it.",
    "It does not know the brand. On a brand that it was not trained on, expect what was measured for those.",
)


@dataclass(frozen=True)
class Card:
    """One model in words and numbers.

    Attributes
    ----------
    columns, levels : names of the features in the order of the matrix; known values of the texts among them
    constant : features that were left out, because training saw one value of each
    typical : the usual value of each column, as in the matrix; null for an unknown one
    horizon_hours : int
    source_kind : ``made`` or ``real``
    trained_until, calibrated_until : UTC; no outcome known later was learned from
    base_rate : share of training rows that stood resolved at the end of the horizon
    longest_silence_hours : issues that have been silent for longer get no likelihood
    abstains : ends of the band in which the likelihood says nothing beyond the average
    metrics : way → metric → value, low, high, on rows that came later
    other_brands : the same of this model on brands that it was not trained on; empty for one brand
    noise : how well statuses agree with labels by hand; empty where none of them is stored
    statuses : digest of the weights that made the labels; empty if they were not made by weights
    """

    kind: str
    reads_words: bool
    columns: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    constant: tuple[str, ...]
    typical: tuple[float | None, ...]
    horizon_hours: int
    source_kind: str
    brands: tuple[str, ...]
    trained_until: str
    calibrated_until: str
    n_rows: Mapping[str, int]
    n_conversations: int
    base_rate: float
    longest_silence_hours: float
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    calibration: str = ""
    abstains: tuple[float, float] = (0.0, 0.0)
    other_brands: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    noise: Mapping[str, float] = field(default_factory=dict)
    n_censored: int = 0
    statuses: str = ""
    made_by: str = __version__
    learner: str = field(default_factory=lambda: version("scikit-learn"))
    format: int = FORMAT

    @property
    def chosen(self) -> str:
        """Name of the model among `metrics`."""
        return self.kind + (" and words" if self.reads_words else "")

    def as_json(self) -> str:
        """Give the card as JSON; what could not be computed is null."""
        return json.dumps(_finite(asdict(self)), sort_keys=True, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Card:
        """Read what `as_json` wrote.

        Raises
        ------
        ModelError
            It is of another format, or not a card.
        """
        try:
            given: dict[str, Any] = json.loads(text)
            if given.get("format") != FORMAT:
                raise ModelError(
                    f"the model's file has format {given.get('format')}, and this version of nbalib reads "
                    f"{FORMAT}; train the model again"
                )
            for name in ("columns", "constant", "typical", "brands", "abstains"):
                given[name] = tuple(given[name])
            given["levels"] = {name: tuple(known) for name, known in given["levels"].items()}
            return cls(**given)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"the model's card is not readable: {error}") from error

    def as_markdown(self) -> str:
        """Give the card for people."""
        lines = [
            "# Likelihood of resolution",
            "",
            *(f"- {line}" for line in self.lines()),
            "",
            "## Intended use",
            "",
            USE,
            "",
            "## Limits",
            "",
            *(f"- {line}" for line in LIMITS),
            "",
            "## Columns",
            "",
            ", ".join(f"`{name}`" for name in self.columns),
            "",
            f"Left out, because they never varied: {', '.join(self.constant) or 'none'}.",
            "",
        ]
        return "\n".join(lines)

    def lines(self) -> list[str]:
        """Say the facts, one sentence each."""
        rows = self.n_rows
        words = " with a score of the customer's last words" if self.reads_words else ""
        low, high = self.abstains
        return [
            f"Model: {NAMES.get(self.kind, self.kind)}{words}, {self.calibration} calibration.",
            f"It estimates the chance that an open issue stands resolved {self.horizon_hours} hours later.",
            f"Trained on {self.source_kind} data: {rows['trained']:,} rows of {self.n_conversations:,} "
            f"conversations and {len(self.brands)} brands, outcomes known until {self.trained_until}.",
            f"Calibrated on {rows['calibrated'] or rows['trained']:,} rows"
            + ("" if rows["calibrated"] else " of training, each by fits that did not see its conversation")
            + f", tested on {rows['tested']:,} later ones.",
            f"{self.base_rate:.1%} of the rows it learned from were resolved in time.",
            *(_measured(self.chosen, self.metrics.get(self.chosen, {}))),
            *(_measured("on brands not seen", self.other_brands)),
            f"Between {low:.1%} and {high:.1%} it says nothing beyond the average.",
            f"Issues silent for more than {self.longest_silence_hours:,.0f} hours get no likelihood.",
            _noise_words(self.noise),
        ]


def typical_values(features: pa.Table, encoding: Encoding) -> tuple[float | None, ...]:
    """Give the usual value of each column: the median of numbers, the most frequent level of texts."""
    matrix = encoding.matrix(features)
    found: list[float | None] = []
    for place in range(matrix.shape[1]):
        column = matrix[:, place]
        known = column[~np.isnan(column)]
        if not known.size or known.size < column.size / 2:
            found.append(None)
        elif place in encoding.texts:
            found.append(float(np.bincount(known.astype(np.int64)).argmax()))
        else:
            found.append(float(np.median(known)))
    return tuple(found)


def _measured(name: str, metrics: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Say AUC, Brier score and calibration error with their intervals."""
    if not metrics:
        return []
    told = [
        f"{words} {metrics[key]['value']:.3f} ({_ends(metrics[key])})"
        for key, words in (
            ("auc", "AUC"),
            ("brier", "Brier score"),
            ("calibration_error", "calibration error"),
        )
        if metrics[key]["value"] is not None
    ]
    return [f"Measured, {name}: {', '.join(told)}."]


def _ends(estimate: Mapping[str, float]) -> str:
    low, high = estimate["low"], estimate["high"]
    return "no interval" if low is None or high is None else f"{low:.3f} to {high:.3f}"


def _noise_words(noise: Mapping[str, float]) -> str:
    if not noise:
        return "How often the statuses err here is not known: no conversation in it is labelled by hand."
    return (
        f"The status 'resolved' agrees with labels by hand on {noise['n']:,.0f} conversations with precision "
        f"{noise['precision']:.2f} and recall {noise['recall']:.2f}; the weights of "
        "statuses were fitted to these labels, so that elsewhere it will be less."
    )


def _finite(value: Any) -> Any:
    """Put null for numbers that are none."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
