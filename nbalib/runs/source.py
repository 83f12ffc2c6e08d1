"""Notebook files: reading them, their title, and their cells apart from what papermill adds.

In: a path. Out: notebook nodes; `cell` numbers count the cells as they were written, from 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat

from nbalib.errors import NotFoundError, RunError

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

ADDED = frozenset({"injected-parameters", "papermill-error-cell-tag"})


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook.

    Raises
    ------
    NotFoundError
        There is no such file.
    RunError
        It is not a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call,no-any-return]  # nbformat has no types
    except FileNotFoundError as error:
        raise NotFoundError(f"the notebook {path} does not exist") from error
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise RunError(f"{path} is not a notebook: {error}") from error


def written_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Give the cells that the author wrote: without injected parameters and papermill's error marks."""
    return [cell for cell in notebook.cells if not ADDED & set(cell.metadata.get("tags", []))]


def heading(notebook: NotebookNode) -> tuple[str, str]:
    """Give the notebook's title and its question: the first two paragraphs of its first cell, or ''."""
    cells = written_cells(notebook)
    if not cells or cells[0].cell_type != "markdown":
        return "", ""
    title, _, rest = cells[0].source.strip().partition("\n")
    if not title.startswith("# "):
        return "", ""
    question = " ".join(rest.strip().partition("\n\n")[0].split())
    return title.removeprefix("# "), "" if question.startswith(("- ", "* ", "#")) else question
