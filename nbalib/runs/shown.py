"""What a notebook shows: sentences, tables and pictures that read well with the code hidden.

In: text, frames, figures. Out: small values with an HTML form for notebooks and reports. Every text is
escaped: messages of customers stand in tables, and may hold markup.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 144
CSS_DPI = 96
LONGEST_CELL = 240


@dataclass(frozen=True)
class Sentence:
    """One computed sentence."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<p class="nba-said">{escape(self.text)}</p>'


@dataclass(frozen=True)
class Bullets:
    """A few computed sentences, one a line."""

    texts: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(f"- {text}" for text in self.texts)

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(text)}</li>" for text in self.texts)
        return f'<ul class="nba-said">{lines}</ul>'


@dataclass(frozen=True)
class Picture:
    """A figure as PNG bytes; `alt` says what it shows to those who cannot see it."""

    png: bytes
    alt: str
    width: int

    def __repr__(self) -> str:
        return f"[{self.alt}]"

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        return self.png, {"width": self.width, "alt": self.alt}


@dataclass(frozen=True)
class Grid:
    """The first `rows` rows of a frame; numbers to the right, texts to the left.

    `caption` is a plain sentence under the table; `headings` rename columns for the reader.
    """

    frame: pd.DataFrame
    rows: int = 10
    caption: str = ""

    def __repr__(self) -> str:
        return self.frame.head(self.rows).to_string(index=False)

    def _repr_html_(self) -> str:
        shown = self.frame.head(self.rows)
        sides = ["number" if pd.api.types.is_numeric_dtype(dtype) else "text" for dtype in shown.dtypes]
        head = "".join(
            f'<th class="{side}" scope="col">{escape(str(name).replace("_", " "))}</th>'
            for name, side in zip(shown.columns, sides, strict=True)
        )
        body = "".join(_row(row, sides) for row in shown.itertuples(index=False, name=None))
        note = f"<figcaption>{escape(self._note(len(shown)))}</figcaption>" if self._note(len(shown)) else ""
        return (
            f'<figure class="nba-grid"><div class="nba-scroll"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>{note}</figure>"
        )

    def _note(self, n_shown: int) -> str:
        more = f"First {n_shown:,} of {len(self.frame):,} rows." if n_shown < len(self.frame) else ""
        return " ".join(part for part in (self.caption, more) if part)


def picture(figure: Figure) -> Picture:
    """Draw `figure` as PNG; its alternative text is its title."""
    memory = io.BytesIO()
    figure.savefig(memory, format="png", dpi=DPI, metadata={"Software": None})
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes]
    alt = figure.get_suptitle() or "; ".join(title for title in titles if title)
    return Picture(memory.getvalue(), alt, round(figure.get_size_inches()[0] * CSS_DPI))


def value_text(value: object) -> str:
    """Write one value for a reader: thousands parted by commas, three significant digits, UTC instants."""
    if value is None or value is pd.NaT or value is pd.NA:
        return "—"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return f"{value:,}"
    if isinstance(value, float | np.floating):
        return _number_text(float(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = str(value)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def _number_text(value: float) -> str:
    if not math.isfinite(value):
        return "—"
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def _row(row: tuple[object, ...], sides: list[str]) -> str:
    cells = (
        f'<td class="{side}">{escape(value_text(value))}</td>' for value, side in zip(row, sides, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"
