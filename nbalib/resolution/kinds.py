"""Are rows made or real: a model of made ones says nothing about real ones.

In: the brands of rows. Out: ``made`` or ``real``. Rows are made if their brands are the invented ones of the
synthetic source; an issue without a known brand tells nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.errors import ModelError
from nbalib.sources.synthetic import SYNTHETIC_ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Collection

Source = Literal["made", "real"]

INVENTED = frozenset(SYNTHETIC_ACCOUNTS) | frozenset(SYNTHETIC_ACCOUNTS.values())
"""An account that is mapped to no brand is its own."""


def kind_of(brands: pa.ChunkedArray) -> Source:
    """Tell whether rows to learn from are made or real.

    Raises
    ------
    ModelError
        They are mixed.
    """
    invented, others = _parted(brands)
    if invented and others:
        raise ModelError(
            f"made and real rows are mixed: {len(invented)} invented brands such as {min(invented)!r}, "
            f"{len(others)} others such as {min(others)!r}; train on a store that holds one kind"
        )
    return "made" if invented else "real"


def refuse_other_kind(brands: pa.ChunkedArray, trained_on: str) -> None:
    """Refuse rows of another kind than those that a model was trained on.

    Raises
    ------
    ModelError
        Names both kinds, how many brands, and one.
    """
    invented, others = _parted(brands)
    foreign = others if trained_on == "made" else invented
    if foreign:
        kinds = ("made", "real") if trained_on == "made" else ("real", "made")
        raise ModelError(
            f"the model was trained on {kinds[0]} rows and is not used on {kinds[1]} ones: {len(foreign)} "
            f"brands such as {min(foreign)!r}; train one on this store, or remove the model"
        )


def _parted(brands: pa.ChunkedArray) -> tuple[Collection[str], Collection[str]]:
    """Give the invented brands among those given, and the others."""
    known = {str(brand) for brand in pc.unique(brands.drop_null()).to_pylist()}
    return known & INVENTED, known - INVENTED
