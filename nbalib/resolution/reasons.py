"""Why a likelihood is what it is, in a few words: which features move it, and which way.

In: a likelihood, a few rows. Out: one phrase a row. A feature's share is how far the likelihood moves when
this feature alone has the value that is usual in training. That is what the model looks at, not what causes a
resolution; of features that say the same, each looks smaller than it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from nbalib.resolution.likelihood import Likelihood

    Floats = NDArray[np.float64]

LEAST_MOVE = 0.02
"""Moves of the likelihood below this are not spoken of."""
NOTHING = "nothing stands out"


def reasons(
    likelihood: Likelihood, features: pa.Table, words: pa.Array | None = None, *, most: int = 3
) -> list[str]:
    """Name the features that move each row's likelihood most, at most `most` of them.

    Returns
    -------
    list of str, length n
        Such as ``raised by says thanks yes (usually no); lowered by hours since last 30 (usually 1)``.
    """
    moves = effects(likelihood, features, words)
    names = likelihood.card.columns
    rows = features.select(list(names)).to_pylist()
    said = []
    for row, moved in zip(rows, moves, strict=True):
        order = sorted(range(len(names)), key=lambda place: (-abs(moved[place]), place))[:most]
        told = [place for place in order if abs(moved[place]) >= LEAST_MOVE]
        up, down = ([place for place in told if moved[place] * sign > 0] for sign in (1, -1))
        parts = (("raised by", up), ("lowered by", down))
        phrases = [f"{verb} {_listed(likelihood, row, places)}" for verb, places in parts if places]
        said.append("; ".join(phrases) or NOTHING)
    return said


def effects(likelihood: Likelihood, features: pa.Table, words: pa.Array | None = None) -> Floats:
    """Give how far each feature moves each row's likelihood from where it would be with the usual value.

    Returns
    -------
    array, shape (n, n_columns)
        In the order of the card's columns; positive where the feature raises it.
    """
    fitted, curve = likelihood.fitted, likelihood.curve
    assert fitted.model is not None  # noqa: S101 (words alone are never chosen)
    matrix = fitted.matrix(features, words)
    here = curve(fitted.model.log_odds(matrix))
    moved = np.zeros((len(matrix), len(likelihood.card.columns)))
    for place, usual in enumerate(likelihood.card.typical):
        changed = matrix.copy()
        changed[:, place] = np.nan if usual is None else usual
        moved[:, place] = here - curve(fitted.model.log_odds(changed))
    return moved


def _listed(likelihood: Likelihood, row: dict[str, object], places: Sequence[int]) -> str:
    names, levels = likelihood.card.columns, likelihood.card.levels
    told = []
    for place in places:
        name, usual = names[place], likelihood.card.typical[place]
        value = row[name]
        common: object = usual
        if usual is not None and name in levels:
            common = levels[name][int(usual)]
        elif usual is not None and isinstance(value, bool):
            common = bool(usual)
        told.append(f"{_named(name)} {_shown(value)} (usually {_shown(common)})")
    return ", ".join(told)


def _named(name: str) -> str:
    """Write a feature's name for a reader."""
    return name.removeprefix("n_").removeprefix("is_").replace("_", " ")


def _shown(value: object) -> str:
    """Write one value for a reader."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2g}" if abs(value) < 10 else f"{value:,.0f}"
    return str(value).replace("_", " ")
