"""Fit the weights of the status to hand labels, and say what they are worth on labels not fitted to.

In: facts of labelled conversations, and their resolution. Out: `StatusWeights`, and held-out answers.
The weights are those of a multinomial logistic regression with a ridge penalty (Hoerl & Kennard, 1970; le
Cessie & van Houwelingen, 1992), rounded to what a person can read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from nbalib.conversations.status import scores
from nbalib.errors import InputError
from nbalib.params import STATUSES, StatusWeights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Facts = Mapping[str, NDArray[np.bool_]]

STRENGTH = 0.2
"""Inverse of the ridge penalty: small, because there are few labels for many facts."""
EMPHASIS = {"resolved": 2.0, "open": 1.0, "no_issue": 1.0}
"""How much a label counts: resolved conversations are rare, and each of the three is worth finding."""
DIGITS = 2


def fit_weights(facts: Facts, truth: Sequence[str], *, version: int) -> StatusWeights:
    """Fit weights to labels.

    Parameters
    ----------
    facts : mapping
        Fact → array of bool, shape (n,).
    truth : sequence of str, length n
        resolved, open or no_issue.

    Raises
    ------
    InputError
        A status has no label.
    """
    missing = [status for status in STATUSES if status not in truth]
    if missing:
        raise InputError(f"none of {len(truth)} labels is {' or '.join(missing)}: no weights can be fitted")
    columns = np.column_stack([facts[name] for name in facts]).astype(float)
    model = LogisticRegression(C=STRENGTH, class_weight=EMPHASIS, max_iter=10_000, tol=1e-8)
    model.fit(columns, list(truth))
    order = [list(model.classes_).index(status) for status in STATUSES]
    base, weights = model.intercept_[order].round(DIGITS), model.coef_[order].round(DIGITS)
    return StatusWeights(
        version=version,
        base=dict(zip(STATUSES, base.tolist(), strict=True)),
        weights={
            name: dict(zip(STATUSES, column.tolist(), strict=True))
            for name, column in zip(facts, weights.T, strict=True)
            if column.any()
        },
    )


def held_out(
    facts: Facts, truth: Sequence[str], groups: Sequence[str], *, n_folds: int = 10, seed: int = 0
) -> list[str]:
    """Answer for each conversation by weights fitted without its group.

    Parameters
    ----------
    groups : sequence of str, length n
        Conversations that are held out together, such as those of one thread or one brand.

    Returns
    -------
    list of str, length n
        The status said.
    """
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(names))[place] % n_folds
    labels, said = np.asarray(truth), np.empty(len(truth), dtype=object)
    for number in range(n_folds):
        out = fold == number
        kept = {name: column[~out] for name, column in facts.items()}
        weights = fit_weights(kept, list(labels[~out]), version=1)
        asked = {name: column[out] for name, column in facts.items()}
        said[out] = np.array(STATUSES)[scores(asked, weights).argmax(axis=1)] if out.any() else []
    return [str(status) for status in said]
