"""How far two answers to the same question agree: two readers, or what a program says and the labels.

In: columns of values, one row per conversation. Out: small pandas frames: shares, kappa, precision, recall
and F1 from 0 to 1 (NaN where they do not exist), each with the ends of its 95 % interval by resampling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nbalib.errors import InputError
from nbalib.resolution.labels import SEVERAL, VOCABULARY
from nbalib.resolution.resampling import draw_counts, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STATUSES = ("resolved", "open", "no_issue")
SINGLE = ("resolution", "awaiting", "mood")
READERS = ("A", "B")


@dataclass(frozen=True)
class Share:
    """A share of `n` rows with the ends of its interval."""

    value: float
    low: float
    high: float
    n: int


def reader_agreement(labels: pd.DataFrame, readers: tuple[str, str] = READERS) -> pd.DataFrame:
    """Compare two readers on the conversations that both have read, before anything was settled.

    Returns
    -------
    DataFrame
        question, n, share (the same answer), kappa, kappa_low, kappa_high. The questions are each column of
        one value, the best channel, and for each further channel or agent's action whether it is named.

    Raises
    ------
    InputError
        No conversation was read by both.
    """
    first, second = (labels[labels["reader"] == name].set_index("conversation_id") for name in readers)
    both = first.index.intersection(second.index).sort_values()
    if both.empty:
        raise InputError(f"no conversation was read by both {readers[0]} and {readers[1]}")
    rows = [
        {"question": name, **_compare(one, other)}
        for name, one, other in _questions(first.loc[both], second.loc[both])
    ]
    return pd.DataFrame(rows)


def class_scores(
    truth: Sequence[str],
    said: Sequence[str],
    classes: tuple[str, ...] = STATUSES,
    groups: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Score a classification: precision, recall and F1 of each class, and their mean over classes.

    Parameters
    ----------
    truth, said : sequences of str, length n
        Values out of `classes`.
    groups : sequence of str, length n, optional
        Rows that are drawn together for the intervals.

    Returns
    -------
    DataFrame
        One row a class and a last one ``macro``: class, n_true, n_said, and precision, recall, f1, each
        also with ``_low`` and ``_high``. F1 of a class that is neither there nor said is NaN and left out
        of the mean.

    Raises
    ------
    InputError
        The lengths differ, or a value is no class.
    """
    cells = _cells(truth, said, classes)
    k = len(classes)
    counted = cells.sum(axis=0).reshape(k, k)
    drawn = draw_counts(len(cells), groups) @ cells
    scores = _scores(counted[None])[0]
    low, high = interval(_scores(drawn.reshape(-1, k, k)))
    frame = pd.DataFrame(
        {
            "class": [*classes, "macro"],
            "n_true": np.append(counted.sum(axis=1), len(cells)).astype(int),
            "n_said": np.append(counted.sum(axis=0), len(cells)).astype(int),
        }
    )
    for place, name in enumerate(("precision", "recall", "f1")):
        frame[name], frame[f"{name}_low"], frame[f"{name}_high"] = (
            part[:, place] for part in (scores, low, high)
        )
    return frame


def f1_gain(
    truth: Sequence[str],
    said: Sequence[str],
    baseline: Sequence[str],
    classes: tuple[str, ...] = STATUSES,
    groups: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Say by how much F1 is above that of a baseline, on the same rows in each repetition.

    Returns
    -------
    DataFrame
        One row a class and a last one ``macro``: class, gain, gain_low, gain_high.

    Raises
    ------
    InputError
        The lengths differ, or a value is no class.
    """
    k = len(classes)
    ours, theirs = _cells(truth, said, classes), _cells(truth, baseline, classes)
    counts = np.vstack([np.ones(len(ours)), draw_counts(len(ours), groups)])
    better = _scores((counts @ ours).reshape(-1, k, k)) - _scores((counts @ theirs).reshape(-1, k, k))
    low, high = interval(better[1:, :, 2])
    return pd.DataFrame(
        {"class": [*classes, "macro"], "gain": better[0, :, 2], "gain_low": low, "gain_high": high}
    )


def confusion(truth: Sequence[str], said: Sequence[str], classes: tuple[str, ...] = STATUSES) -> pd.DataFrame:
    """Count who is called what: a row per true class, a column per class said."""
    k = len(classes)
    counted = _cells(truth, said, classes).sum(axis=0).reshape(k, k)
    return pd.DataFrame(
        counted, index=pd.Index(classes, name="truth"), columns=pd.Index(classes, name="said")
    )


def accepted_share(
    accepted: Sequence[str], chosen: Sequence[str], groups: Sequence[str] | None = None
) -> Share:
    """Give the share of conversations whose chosen channel is one that the reader accepts.

    Parameters
    ----------
    accepted : sequence of str, length n
        Channels joined by ``+``, as in the column `channels` of the labels.
    chosen : sequence of str, length n
        One channel each.

    Raises
    ------
    InputError
        The lengths differ, or a chosen channel has no name in the labels.
    """
    known = VOCABULARY["channels"]
    _same_length(accepted, chosen)
    _all_known(chosen, known, "channels")
    hits = np.array([one in cell.split("+") for cell, one in zip(accepted, chosen, strict=True)], dtype=float)
    if not len(hits):
        return Share(np.nan, np.nan, np.nan, 0)
    counts = draw_counts(len(hits), groups)
    low, high = interval((counts @ hits) / counts.sum(axis=1))
    return Share(float(hits.mean()), float(low), float(high), len(hits))


def _questions(first: pd.DataFrame, second: pd.DataFrame) -> list[tuple[str, list[str], list[str]]]:
    """Take the columns apart into questions with one answer each."""
    asked = [(name, list(first[name]), list(second[name])) for name in SINGLE]
    best = [list(frame["channels"].str.split("+").str[0]) for frame in (first, second)]
    asked.append(("best channel", best[0], best[1]))
    for column in reversed(SEVERAL):
        cells = [frame[column].str.split("+") for frame in (first, second)]
        for value in VOCABULARY[column]:
            named = [[str(value in cell) for cell in part] for part in cells]
            asked.append((f"{column}: {value}", named[0], named[1]))
    return asked


def _compare(one: list[str], other: list[str]) -> dict[str, float]:
    """Give share and kappa with its interval for two columns of answers."""
    values = tuple(sorted({*one, *other}))
    cells = _cells(one, other, values)
    k = len(values)
    counted = cells.sum(axis=0).reshape(1, k, k)
    low, high = interval(_kappa((draw_counts(len(cells)) @ cells).reshape(-1, k, k)))
    share = float(np.trace(counted[0]) / len(cells))
    ends = {"kappa_low": float(low), "kappa_high": float(high)}
    return {"n": len(cells), "share": share, "kappa": float(_kappa(counted)[0]), **ends}


def _kappa(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cohen's kappa of tables of counts, shape (…, k, k); NaN where both give one and the same answer.

    References
    ----------
    J. Cohen, A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20 (1960).
    """
    n = counts.sum(axis=(1, 2))
    seen = np.trace(counts, axis1=1, axis2=2) / n
    chance = (counts.sum(axis=2) * counts.sum(axis=1)).sum(axis=1) / n**2
    return _ratio(seen - chance, 1 - chance)


def _scores(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Precision, recall, F1 per class and their means: shape (m, k, k) gives (m, k + 1, 3)."""
    hits = np.diagonal(counts, axis1=1, axis2=2)
    said, true = counts.sum(axis=1), counts.sum(axis=2)
    scores = np.stack([_ratio(hits, said), _ratio(hits, true), _ratio(2 * hits, said + true)], axis=2)
    exists = ~np.isnan(scores)
    mean = _ratio(np.where(exists, scores, 0).sum(axis=1), exists.sum(axis=1, dtype=float))
    return np.concatenate([scores, mean[:, None]], axis=1)


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; NaN where there is nothing to divide by."""
    out = np.full(below.shape, np.nan)
    np.divide(above, below, out=out, where=np.abs(below) > 1e-12)
    return out


def _cells(truth: Sequence[str], said: Sequence[str], classes: tuple[str, ...]) -> NDArray[np.float64]:
    """Mark for each row its cell in the table of truth against said, shape (n, k * k)."""
    _same_length(truth, said)
    _all_known([*truth, *said], classes, "classes")
    place = {name: n for n, name in enumerate(classes)}
    k = len(classes)
    cell = [place[a] * k + place[b] for a, b in zip(truth, said, strict=True)]
    return np.eye(k * k)[np.array(cell, dtype=np.int64)]


def _same_length(one: Sequence[str], other: Sequence[str]) -> None:
    """Refuse columns that cannot be about the same rows."""
    if len(one) != len(other):
        raise InputError(f"{len(one)} and {len(other)} rows cannot be compared")


def _all_known(values: Sequence[str], known: tuple[str, ...], what: str) -> None:
    """Refuse values outside the list."""
    unknown = [value for value in values if value not in known]
    if unknown:
        raise InputError(f"{len(unknown)} values are none of the {what} {', '.join(known)}: {unknown[0]!r}")
