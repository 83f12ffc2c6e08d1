"""The form of a notebook: a title, one cell of parameters, little code, much prose, nothing left over.

In: a notebook as its JSON, and its file name. Out: one sentence a fault; an empty list is a clean notebook.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from house import address_faults

Notebook = dict[str, Any]
Cell = dict[str, Any]

MAX_CELLS = 40
MAX_CODE_LINES = 160
MAX_CELL_LINES = 25
MAX_PARAMETERS = 12
PROSE_WIDTH = 100  # characters of Markdown that count as one line of prose

PARAMETER = re.compile(r"[a-z]\w*: (str|int|float|bool|list\[(str|int|float)\]) = [^=#]+  # [^=]+")
LEFT_OVER = {"papermill", "widgets", "jupyter", "execution"}


def faults(notebook: Notebook, name: str) -> list[str]:
    """Say what in the form of the notebook `name` breaks the house rules."""
    found = [
        *title_faults(notebook["cells"], name),
        *parameter_faults(notebook["cells"]),
        *size_faults(notebook["cells"]),
        *code_faults(notebook["cells"]),
        *left_over_faults(notebook),
    ]
    return [f"{name}: {fault}" for fault in found]


def title_faults(cells: list[Cell], name: str) -> list[str]:
    """Hold the first and the last cell to their form."""
    number = Path(name).name[:2]
    found = []
    if not cells or cells[0]["cell_type"] != "markdown" or not re.match(rf"# {number} \w", _text(cells[0])):
        found.append(f"cell 0 is not a title such as '# {number} Tune rules', with the number of the file")
    if not cells or "run.close()" not in _text(cells[-1]):
        found.append("the last cell does not close the run")
    return found


def parameter_faults(cells: list[Cell]) -> list[str]:
    """Hold the cell of parameters to what papermill can read."""
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        return [f"{len(tagged)} cells are tagged 'parameters', not one"]
    lines = [line for line in _text(tagged[0]).splitlines() if line.strip()]
    found = [
        f"papermill cannot read the parameter line: {line}" for line in lines if not PARAMETER.fullmatch(line)
    ]
    if len(lines) > MAX_PARAMETERS:
        found.append(f"{len(lines)} parameters, more than {MAX_PARAMETERS}")
    return found


def size_faults(cells: list[Cell]) -> list[str]:
    """Hold a notebook to a length that can be read aloud with its code hidden."""
    lengths = [len(_text(cell).splitlines()) for cell in cells if cell["cell_type"] == "code"]
    prose = "\n".join(_text(cell) for cell in cells if cell["cell_type"] == "markdown").splitlines()
    n_prose = sum(-(-len(line) // PROSE_WIDTH) for line in prose)
    found = []
    if len(cells) > MAX_CELLS:
        found.append(f"{len(cells)} cells, more than {MAX_CELLS}")
    if sum(lengths) > MAX_CODE_LINES:
        found.append(f"{sum(lengths)} lines of code, more than {MAX_CODE_LINES}: move some to nbalib")
    if max(lengths, default=0) > MAX_CELL_LINES:
        found.append(f"a cell of {max(lengths)} lines, more than {MAX_CELL_LINES}")
    if n_prose < sum(lengths) / 2:
        found.append(f"{n_prose} lines of prose for {sum(lengths)} of code: say more, or code less")
    return found


def code_faults(cells: list[Cell]) -> list[str]:
    """Keep definitions, shell and magic commands, and one machine's paths out of the cells."""
    code = [_text(cell) for cell in cells if cell["cell_type"] == "code"]
    found = []
    if any(re.search(r"^\s*(async def|def|class) ", text, re.MULTILINE) for text in code):
        found.append("defines a function or class: move it to nbalib")
    if any(re.search(r"^\s*[!%]", text, re.MULTILINE) for text in code):
        found.append("calls the shell or a magic command")
    for number, cell in enumerate(cells):
        found += address_faults(f"cell {number}", _text(cell))
    return found


def left_over_faults(notebook: Notebook) -> list[str]:
    """Find what a run leaves behind and nbstripout takes away, and a kernel that others do not have."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    found = []
    if any(cell["outputs"] or cell["execution_count"] for cell in code):
        found.append("outputs are not stripped")
    marks = {key for part in (notebook, *notebook["cells"]) for key in part["metadata"]} & LEFT_OVER
    if marks:
        found.append(f"metadata of a run is left: {sorted(marks)}")
    kernel = notebook["metadata"].get("kernelspec", {}).get("name")
    if kernel != "python3":
        found.append(f"the kernel is {kernel!r}, not 'python3'")
    return found


def _text(cell: Cell) -> str:
    """Give a cell's source, which JSON holds as one text or as lines."""
    return "".join(cell["source"])
