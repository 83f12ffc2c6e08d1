"""Small notebooks made for the tests of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "# 10 Small\nDoes it run?"
PARAMETERS = """run_dir: str = "outputs/scratch"  # folder of this run
n_rows: int = 5  # rows
share: float = 0.5  # of them
is_fast: bool = True  # skip what is slow
input: list[str] = []  # files
as_of: str = "data"  # instant"""


def notebook_of(*cells: str, parameters: str = PARAMETERS, title: str = TITLE) -> nbformat.NotebookNode:
    """Make a notebook of a title, a cell of parameters and these cells of code."""
    tagged = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    code = [new_code_cell(cell) for cell in cells]
    return new_notebook(cells=[new_markdown_cell(title), tagged, *code], metadata=kernel)


def write(notebook: nbformat.NotebookNode, path: Path) -> Path:
    """Write a notebook and give its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
