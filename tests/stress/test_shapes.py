"""A million messages of one account, and threads of two hundred thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.stress


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("one account", 1_000_000),
        ("chain", 200_000),
        ("star", 200_000),
        ("crowded chain", 200_000),
        ("one instant", 200_000),
        ("orphans", 200_000),
    ],
)
def test_extreme_shapes_come_to_their_end(tmp_path: Path, name: str, n: int) -> None:
    """Loaded, processed and predicted, with the counts that follow from how they were made."""
    shapes.check(name, n, tmp_path)
