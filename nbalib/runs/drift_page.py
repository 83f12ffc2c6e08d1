"""Write what `nba drift` found: `drift.json` first, then a page for people.

In: a `Drift`, a folder. Out: both files in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from nbalib.runs.report import pages, stylesheet
from nbalib.runs.shown import Grid

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.evaluation.drift import Drift

SHOWN = ("column", "index", "by_chance", "most", "share_then", "share_now", "verdict")


def write_drift(drift: Drift, folder: Path) -> Path:
    """Write both files into `folder`, which is made if it is absent; give the page."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = drift.as_dict()
    text = json.dumps(facts, indent=2, allow_nan=False) + "\n"
    (folder / "drift.json").write_text(text, encoding="utf-8")
    columns = pd.DataFrame(facts["columns"])[list(SHOWN)]
    page = (
        pages()
        .get_template("drift.html")
        .render(
            css=stylesheet(),
            facts=facts,
            sentences=drift_sentences(facts),
            table=Markup(Grid(columns, len(columns))._repr_html_()),  # noqa: S704  # escaped by Grid
        )
    )
    path = folder / "drift.html"
    path.write_text(page, encoding="utf-8")
    return path


def drift_sentences(facts: dict[str, Any]) -> list[str]:
    """Say the findings, one sentence each."""
    by_verdict = {
        word: [c["column"] for c in facts["columns"] if c["verdict"] == word] for word in ("moved", "moving")
    }
    compared, fallbacks = facts["calibration"], facts["fallbacks"]
    said = [
        f"Moved: {', '.join(by_verdict['moved']) or 'nothing'}.",
        f"Moving: {', '.join(by_verdict['moving']) or 'nothing'}.",
        _compared(compared),
    ]
    if facts["statuses_changed"]:
        said.append("The weights of statuses are not those that made the model's labels: train it again.")
    if fallbacks["n_messages"]:
        said.append(
            f"{fallbacks['n_fallbacks']:,} of {fallbacks['n_messages']:,} logged messages fell back to a "
            "template because a language model failed."
        )
    else:
        said.append("No decision of the period is logged.")
    return said


def _compared(facts: dict[str, Any]) -> str:
    """Say what likelihoods promised and what came true."""
    if facts["said"] is None:
        return "Too few horizons are over in the period to compare likelihoods with what came true."
    return (
        f"The likelihood said {facts['said']:.1%} on average, and {facts['seen']:.1%} came true, "
        f"of {facts['n_rows']:,} rows; the difference is {facts['gap_low']:+.1%} to {facts['gap_high']:+.1%}."
    )
