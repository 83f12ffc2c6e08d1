"""Make the page of a run: one card a notebook, with its numbers, its first picture and its files.

In: the run's folder, with one folder a notebook. Out: `index.html` in it, readable offline.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from nbalib.runs.record import read_record
from nbalib.runs.report import pages, stylesheet
from nbalib.runs.source import heading, read_notebook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

THUMBNAIL_PIXELS = 640
UNKNOWN: dict[str, Any] = {
    **{name: {} for name in ("metrics", "figures", "tables", "parameters")},
    **dict.fromkeys(("seconds", "error")),
}
DATA_FILES = {".csv", ".parquet"}


@dataclass(frozen=True)
class DataFile:
    """A table that a notebook wrote; `n_rows` is null for its results, which the record does not count."""

    name: str
    n_rows: int | None


@dataclass(frozen=True)
class Card:
    """What the page says of one notebook."""

    folder: str
    title: str
    question: str
    record: dict[str, Any]
    thumbnail: str
    thumbnail_title: str
    files: tuple[DataFile, ...]


def write_index(
    folder: Path, names: Sequence[str], *, profile: str, about: str, started_at: str, seconds: float
) -> Path:
    """Write `index.html` for the notebooks `names` of the run in `folder`; those never begun are named."""
    cards = [card_of(folder / name) for name in names if (folder / name / "run.json").exists()]
    text = (
        pages()
        .get_template("index.html")
        .render(
            css=stylesheet(),
            run_id=folder.name,
            profile=profile,
            about=about,
            started_at=started_at,
            seconds=seconds,
            status="failed" if any(c.record.get("status") != "done" for c in cards) else "done",
            not_run=names[len(cards) :],
            cards=cards,
            code=cards[0].record.get("code", {}) if cards else {},
            versions=cards[0].record.get("versions", {}) if cards else {},
        )
    )
    path = folder / "index.html"
    path.write_text(text, encoding="utf-8")
    return path


def card_of(folder: Path) -> Card:
    """Gather what the page says of the notebook that ran in `folder`."""
    record = {**UNKNOWN, **read_record(folder)}
    executed = folder / "notebook.ipynb"
    title, question = heading(read_notebook(executed)) if executed.exists() else ("", "")
    picture = next(iter(record["figures"].values()), None)
    rows = {table["file"]: table["n_rows"] for table in record["tables"].values()}
    files = [path.name for path in folder.iterdir() if path.suffix in DATA_FILES]
    return Card(
        folder=folder.name,
        title=title or folder.name,
        question=question,
        record=record,
        thumbnail=_thumbnail(folder / picture["file"]) if picture else "",
        thumbnail_title=picture["title"] if picture else "",
        files=tuple(
            DataFile(name, rows.get(name)) for name in sorted(files, key=lambda name: (name in rows, name))
        ),
    )


def _thumbnail(path: Path) -> str:
    """Give a small copy of a picture as a data address."""
    memory = io.BytesIO()
    with Image.open(path) as image:
        small = image.convert("RGB")
        small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
        small.quantize(64).save(memory, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(memory.getvalue()).decode()}"
