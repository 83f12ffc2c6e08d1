"""Every notebook has the form that the house asks for, and each rule of that form is able to fail."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from house import no_fault
from notebook_form import faults

if TYPE_CHECKING:
    from pathlib import Path

Notebook = dict[str, Any]
Cell = dict[str, Any]
Spoil = Callable[[Notebook], None]

STREAM = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}


def prose(text: str) -> Cell:
    """Make a Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text: str, **metadata: object) -> Cell:
    """Make a code cell that has not run."""
    lines = text.splitlines(keepends=True)
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": lines,
        "outputs": [],
        "execution_count": None,
    }


def parameters(text: str) -> Cell:
    """Make the cell that papermill reads."""
    return code(text, tags=["parameters"])


def clean() -> Notebook:
    """Make a notebook without a fault."""
    cells = [
        prose("# 40 Tune rules\n\nWhich thresholds serve customers best?\n\n- **Reads** features."),
        code("from nbalib.runs import Run"),
        parameters('run_dir: str = "outputs/scratch"  # folder of this run\nseed: int = 7  # of the search'),
        code('run = Run.open(run_dir, "40_tune_rules")'),
        prose("## What this run says\n\n- A made run says nothing."),
        code("run.close()"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def without(place: int) -> Spoil:
    """Take a cell away."""
    return lambda notebook: notebook["cells"].__delitem__(place)


def inserted(place: int, *cells: Cell) -> Spoil:
    """Put cells in."""
    return lambda notebook: notebook["cells"].__setitem__(slice(place, place), cells)


def replaced(place: int, cell: Cell) -> Spoil:
    """Put a cell in the place of another."""
    return lambda notebook: notebook["cells"].__setitem__(place, cell)


def changed(place: int, **fields: object) -> Spoil:
    """Change fields of a cell."""
    return lambda notebook: notebook["cells"][place].update(fields)


def marked(**metadata: object) -> Spoil:
    """Change metadata of the notebook."""
    return lambda notebook: notebook["metadata"].update(metadata)


def long(n_lines: int) -> Cell:
    """Make a code cell of so many lines."""
    return code("x = 1\n" * n_lines)


def one_parameter(line: str) -> Spoil:
    """Put one line into the cell of parameters."""
    return replaced(2, parameters(line))


SPOILT: dict[str, tuple[Spoil, str]] = {
    "no title": (without(0), "cell 0 is not a title"),
    "no text in the title": (changed(0, source="# 40 \n\nWhy?\n\nHow?"), "cell 0 is not a title"),
    "the number of another file": (changed(0, source="# 41 Tune\n\nWhy?\n\nHow?"), "cell 0 is not a title"),
    "a title in code": (inserted(0, code("# 40 Tune rules")), "cell 0 is not a title"),
    "an open run": (without(5), "the last cell does not close the run"),
    "no parameters": (without(2), "0 cells are tagged 'parameters'"),
    "parameters twice": (inserted(3, parameters("n: int = 1  # rows")), "2 cells are tagged 'parameters'"),
    "a type with a bar": (one_parameter("n: str | int = 1  # rows"), "cannot read the parameter line: n"),
    "a second equals sign": (one_parameter('day: str = ""  # ISO (default=today)'), "parameter line: day"),
    "a type of its own": (one_parameter('day: date = ""  # first day'), "parameter line: day"),
    "a parameter without a meaning": (one_parameter("seed: int = 7"), "parameter line: seed"),
    "too many parameters": (one_parameter("n: int = 7  # rows\n" * 13), "13 parameters, more than 12"),
    "an output": (changed(1, outputs=[STREAM]), "outputs are not stripped"),
    "a count of executions": (changed(1, execution_count=3), "outputs are not stripped"),
    "traces of papermill": (marked(papermill={"duration": 1}), "metadata of a run is left: ['papermill']"),
    "traces in a cell": (changed(1, metadata={"jupyter": {}}), "metadata of a run is left: ['jupyter']"),
    "a personal kernel": (marked(kernelspec={"name": "mine"}), "the kernel is 'mine', not 'python3'"),
    "no kernel": (marked(kernelspec={}), "the kernel is None, not 'python3'"),
    "too much code": (inserted(3, *[long(20)] * 8), "165 lines of code, more than 160"),
    "too many cells": (inserted(3, *[prose("Why?")] * 40), "46 cells, more than 40"),
    "a long cell": (inserted(3, long(26)), "a cell of 26 lines, more than 25"),
    "little prose": (inserted(3, long(20)), "5 lines of prose for 25 of code"),
    "a function": (replaced(1, code("def f():\n    return 1")), "defines a function or class"),
    "an inner function": (replaced(1, code("if True:\n    def f(): ...")), "defines a function or class"),
    "a class": (replaced(1, code("class A:\n    n = 1")), "defines a function or class"),
    "the shell": (replaced(1, code("!pip list")), "calls the shell or a magic command"),
    "a magic command": (replaced(1, code("%autoreload 2")), "calls the shell or a magic command"),
    "a path of one machine": (replaced(1, code("open('/" + "home/me/twcs.csv')")), "cell 1:1: a path of one"),
}


def test_a_clean_notebook_has_no_fault() -> None:
    """The finder is silent about a notebook that keeps every rule."""
    assert faults(clean(), "40_tune_rules.ipynb") == []


@pytest.mark.parametrize("fault", SPOILT)
def test_each_fault_is_found(fault: str) -> None:
    """A notebook that breaks one rule is told so, with the file's name."""
    spoil, expected = SPOILT[fault]
    notebook = clean()
    spoil(notebook)
    found = faults(notebook, "40_tune_rules.ipynb")
    assert [said for said in found if expected in said]
    assert all(said.startswith("40_tune_rules.ipynb: ") for said in found)


def test_notebooks_have_the_form(repository: Path) -> None:
    """Every notebook of the repository keeps every rule."""
    notebooks = sorted((repository / "notebooks").glob("*.ipynb"))
    found = [
        said for path in notebooks for said in faults(json.loads(path.read_text(encoding="utf-8")), path.name)
    ]
    no_fault(found)


def test_the_hook_strips_what_a_run_leaves(repository: Path, tmp_path: Path) -> None:
    """A notebook that papermill has run is clean again after the command of the pre-commit hook."""
    notebook = clean()
    for spoil in (
        changed(1, outputs=[STREAM], execution_count=3),
        marked(papermill={"duration": 1}, widgets={}),
    ):
        spoil(notebook)
    notebook["cells"][1]["metadata"] = {
        "papermill": {"status": "completed"},
        "jupyter": {"outputs_hidden": True},
    }
    path = tmp_path / "40_tune_rules.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    hooks = (repository / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    arguments = shlex.split(re.search(r"entry: \S*nbstripout (.*)", hooks)[1])
    subprocess.run([sys.executable, "-m", "nbstripout", *arguments, str(path)], check=True)
    assert faults(json.loads(path.read_text(encoding="utf-8")), path.name) == []
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][2]["metadata"] == {"tags": ["parameters"]}
