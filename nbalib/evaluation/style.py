"""How every figure looks: one colour a meaning, thin axes, sizes that read on a page.

In: a title. Out: a figure with axes, drawn without a screen and without global state: figures are made
directly, never through pyplot, so none has to be closed. Colours are those of Okabe and Ito, which
colour-blind readers can tell apart.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

INK, SOFT, LINE, QUIET = "#1d2430", "#5b6676", "#c9ced6", "#b4bac4"
ACCENT = "#0072b2"
MARK = "#d55e00"

ROLE_COLOURS = {"customer": ACCENT, "agent": "#e69f00", "bot": QUIET}
STATUS_COLOURS = {"open": MARK, "resolved": "#009e73", "no_issue": QUIET}
CHANNEL_COLOURS = {
    "twitter_dm_reply": "#56b4e9",
    "email_reply": "#cc79a7",
    "scheduling_phone_call": "#c2a800",
    "no_action": QUIET,
}
OTHER_COLOUR = "#7b8794"

WIDTH_INCHES = 7.6
LONGEST_LABEL = 34

RULES = {
    "font.size": 9.5,
    "font.family": "DejaVu Sans",
    "text.color": INK,
    "text.parse_math": False,  # a brand may be called $$$
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.titlesize": 11.5,
    "figure.titleweight": "bold",
    "axes.axisbelow": True,
    "grid.color": "#e6e9ee",
    "grid.linewidth": 0.8,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": "white",
}


@contextmanager
def canvas(title: str, height_inches: float = 3.2) -> Iterator[tuple[Figure, Axes]]:
    """Give a figure with one pair of axes under `title`, in the house style."""
    with mpl.rc_context(RULES):  # type: ignore[arg-type]  # the stubs name each key
        figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
        figure.suptitle(title, x=0.005, ha="left")
        yield figure, figure.add_subplot()


def no_data(title: str) -> Figure:
    """Give a figure that says that there was nothing to show."""
    with canvas(title, 1.4) as (figure, axes):
        axes.set_axis_off()
        axes.text(0, 0.5, "No data.", transform=axes.transAxes, color=SOFT)
    return figure


def label(text: object) -> str:
    """Cut a label to a readable length, and leave out what the font has no sign for."""
    shown = "".join(sign if sign == " " or ord(sign) in _signs() else "·" for sign in str(text))
    return shown if len(shown) <= LONGEST_LABEL else shown[: LONGEST_LABEL - 1] + "…"


def words(name: str) -> str:
    """Write a name of the data as words: ``no_issue`` as ``no issue``."""
    return name.replace("_", " ")


@functools.cache
def _signs() -> frozenset[int]:
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    return frozenset(font.get_charmap()) - {ord("\n"), ord("\t"), ord("\r")}
