"""Make a readable page of an executed notebook: code hidden, pictures inside, nothing fetched.

In: a folder with `notebook.ipynb` and `run.json`. Out: `report.html` in it. The page allows no script,
no form and no address but its own pictures (a content security policy), so that even a message that
slipped through unescaped could not act.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbconvert import HTMLExporter
from traitlets.config import Config

from nbalib.runs.record import read_record
from nbalib.runs.shown import measured_text, value_text
from nbalib.runs.source import heading, read_notebook, written_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent


def write_report(folder: Path) -> Path:
    """Write `report.html` for the executed notebook in `folder`, also for one that failed."""
    notebook = read_notebook(folder / "notebook.ipynb")
    record = read_record(folder)
    title, _ = heading(notebook)
    page = pages().get_template("report.html")
    text = page.render(
        css=stylesheet(),
        title=title or folder.name,
        run_id=folder.parent.name,
        record={"facts": {}, "code": {}, "status": "", "seconds": None, "error": None, **record},
        body=Markup(body_of(notebook, record.get("error"))),  # noqa: S704  # nbconvert escapes texts, our values escape theirs
    )
    path = folder / "report.html"
    path.write_text(text, encoding="utf-8")
    return path


def body_of(notebook: NotebookNode, error: Mapping[str, Any] | None = None) -> str:
    """Turn the cells into HTML without their code and without what papermill added.

    After an `error` nothing follows: what the notebook would have said then is not true of this run.
    """
    cells = written_cells(notebook)
    notebook.cells = cells if error is None else cells[: error["cell"] + 1]
    config = Config()
    config.TemplateExporter.exclude_input = True
    config.TemplateExporter.exclude_input_prompt = True
    config.TemplateExporter.exclude_output_prompt = True
    config.HTMLExporter.exclude_anchor_links = True
    config.HTMLExporter.embed_images = True
    exporter = HTMLExporter(config=config, template_name="basic")  # type: ignore[no-untyped-call]
    body, _ = exporter.from_notebook_node(notebook)
    return str(body)


@functools.cache
def pages() -> Environment:
    """Give the page templates; every value put into them is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = value_text
    environment.filters["measured"] = measured_text
    environment.filters["seconds"] = _seconds_text
    environment.filters["words"] = lambda name: str(name).replace("_", " ").capitalize()
    environment.filters["plain"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment


@functools.cache
def stylesheet() -> Markup:
    """Give the style of all pages."""
    return Markup((TEMPLATES / "pages.css").read_text(encoding="utf-8"))  # noqa: S704  # our own file


def _seconds_text(value: Any) -> str:
    if value is None:
        return "—"
    minutes, seconds = divmod(round(float(value)), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{float(value):.1f} s"
