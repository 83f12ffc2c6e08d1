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
    from collections.abc import Mapping

    from matplotlib.figure import Figure

DPI = 144
CSS_DPI = 96
LONGEST_CELL = 240
LONG_TEXT = 60


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
    """The first `rows` rows of a frame; `caption` is a plain sentence under it."""

    frame: pd.DataFrame
    rows: int = 10
    caption: str = ""

    def __repr__(self) -> str:
        return self.frame.head(self.rows).to_string(index=False)

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return f'<p class="nba-said">{escape(f"{self.caption} No rows.".strip())}</p>'
        shown = self.frame.head(self.rows)
        kinds = [_kind(shown[name]) for name in shown]
        head = "".join(
            f'<th class="{kind}" scope="col">{escape(heading(str(name)))}</th>'
            for name, kind in zip(shown.columns, kinds, strict=True)
        )
        body = "".join(_row(row, kinds) for row in shown.itertuples(index=False, name=None))
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


def measured_text(metric: Mapping[str, Any], name: str) -> str:
    """Write a metric with its unit; one that is named a share in percent."""
    value = _share_text(metric["value"]) if name.startswith("share") else value_text(metric["value"])
    return f"{value} {metric['unit']}".strip()


def _number_text(value: float) -> str:
    if not math.isfinite(value):
        return "—"
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def heading(name: str) -> str:
    """Write a column's name for a reader: ``n_messages`` as ``messages``, ``n`` as ``number``."""
    if name == "n":
        return "number"
    return name.removeprefix("n_").replace("_", " ")


def _kind(column: pd.Series) -> str:
    """Say how a column is to be set: numbers and shares to the right, long texts with room."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return "text"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "number share" if str(column.name).startswith("share") else "number"
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "instant"
    return "text long" if column.astype("str").str.len().max() > LONG_TEXT else "text"


def _row(row: tuple[object, ...], kinds: list[str]) -> str:
    cells = (
        f'<td class="{kind}">{escape(_share_text(value) if "share" in kind else value_text(value))}</td>'
        for value, kind in zip(row, kinds, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _share_text(value: Any) -> str:
    return f"{value:.1%}" if math.isfinite(value) else "—"
