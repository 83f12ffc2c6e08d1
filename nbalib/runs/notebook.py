"""Run one notebook strictly: papermill, with what it lets pass refused.

In: a notebook, a folder, parameters. Out in the folder: `notebook.ipynb` (executed, also when it
failed), `report.html` and `run.json`. Times are wall seconds. papermill warns of an unknown parameter,
runs without a time limit, formats braces in paths and ends well when a cell calls `sys.exit(0)`;
here each of these is an error or has been put right.
"""

from __future__ import annotations

import functools
import importlib.metadata
import platform
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import papermill
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError

from nbalib import __version__
from nbalib.errors import RunError
from nbalib.runs.kernel import NAME, OwnKernelManager
from nbalib.runs.parameters import checked, declared, effective
from nbalib.runs.record import read_record, write_record
from nbalib.runs.report import write_report
from nbalib.runs.source import read_notebook, written_cells
from nbalib.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

LIBRARIES = ("duckdb", "matplotlib", "numpy", "pandas", "papermill", "pyarrow", "scikit-learn")
PATIENCE_SECONDS = 10.0
EXECUTED = "notebook.ipynb"
REPORT = "report.html"


@dataclass(frozen=True)
class Failure:
    """Where and why a notebook stopped; `cell` counts all cells of the notebook from 0."""

    cell: int
    ename: str
    evalue: str


@dataclass(frozen=True)
class Execution:
    """One notebook that ran to its end."""

    name: str
    folder: Path
    seconds: float


def run_notebook(
    notebook: Path,
    folder: Path,
    parameters: Mapping[str, object],
    *,
    cell_seconds: int = 900,
    started_at: str = "",
    progress: Callable[[str], None] = lambda line: None,
) -> Execution:
    """Run `notebook` with `parameters` and leave the executed copy, its report and its record in `folder`.

    Parameters
    ----------
    cell_seconds : int
        A cell that runs longer is stopped, and the run fails.
    started_at : str
        Instant of the start, for the record; nothing here reads a clock.
    progress : callable
        Takes one line of text now and then.

    Raises
    ------
    ParameterError
        A parameter is unknown or of another type; nothing has been started.
    NotFoundError
        There is no such notebook.
    RunError
        A cell failed, ran too long or never ran; the report shows how far it came.
    """
    source = read_notebook(notebook)
    known = declared(source, notebook.name)
    given = checked(known, parameters, notebook.name)
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    failure: Failure | None = None
    try:
        failure = _execute(notebook, folder / EXECUTED, given, cell_seconds, progress)
    except BaseException as error:
        failure = Failure(_last_begun(folder / EXECUTED), type(error).__name__, "stopped from outside")
        raise
    finally:
        seconds = round(time.perf_counter() - start, 3)
        ran = {"notebook": notebook.stem, "started_at": started_at, "seconds": seconds}
        _record(folder, {**ran, "parameters": effective(known, given)}, failure)
    if failure:
        raise RunError(
            f"{notebook.stem} failed in cell {failure.cell}: {failure.ename}: {failure.evalue}"
            f"\nreport: {folder / REPORT}"
        )
    return Execution(notebook.stem, folder, seconds)


def _record(folder: Path, facts: Mapping[str, Any], failure: Failure | None) -> None:
    """Add to the notebook's own record what only the runner knows, and write the report."""
    outcome = {"status": "failed" if failure else "done", "error": asdict(failure) if failure else None}
    made_by = {"code": code_version(), "versions": library_versions()}
    write_record(folder, {**read_record(folder), **facts, **outcome, **made_by})
    if (folder / EXECUTED).exists():
        write_report(folder)


def _execute(
    notebook: Path, executed: Path, given: dict[str, Any], cell_seconds: int, progress: Callable[[str], None]
) -> Failure | None:
    """Run the cells; give the failure, if there was one. Braces in paths are doubled for papermill."""
    executed.unlink(missing_ok=True)
    try:
        papermill.execute_notebook(
            _literal(notebook),
            _literal(executed),
            given,
            kernel_name=NAME,
            language="python",
            cwd=str(REPOSITORY),
            progress_bar=False,
            execution_timeout=cell_seconds,
            kernel_manager_class=OwnKernelManager,
            on_cell_start=_Pace(notebook.stem, progress),
        )
    except PapermillExecutionError as error:
        return Failure(_last_begun(executed), error.ename, error.evalue)
    except CellTimeoutError:
        return Failure(_last_begun(executed), "CellTimeout", f"ran longer than {cell_seconds} s")
    except RuntimeError as error:  # nbclient's word for a kernel that died or never started
        return Failure(_last_begun(executed), "DeadKernel", str(error))
    return _cut_short(executed)


def _literal(path: Path) -> str:
    return str(path).replace("{", "{{").replace("}", "}}")


def _code_cells(executed: Path) -> list[tuple[int, NotebookNode]]:
    """Cells of code that hold something, with their place in the notebook as it was written."""
    cells = enumerate(written_cells(read_notebook(executed)))
    return [(n, cell) for n, cell in cells if cell.cell_type == "code" and cell.source.strip()]


def _last_begun(executed: Path) -> int:
    """Give the last cell that was begun, or 0 when the kernel did not even start."""
    if not executed.exists():
        return 0
    begun = [n for n, cell in _code_cells(executed) if cell.metadata.get("papermill", {}).get("start_time")]
    return begun[-1] if begun else 0


def _cut_short(executed: Path) -> Failure | None:
    """Find a cell that never ran, although papermill says that all went well."""
    missed = [n for n, cell in _code_cells(executed) if cell.execution_count is None]
    if not missed:
        return None
    return Failure(_last_begun(executed), "CutShort", f"the notebook ended there: cell {missed[0]} never ran")


class _Pace:
    """Says which cell is at work, when that has not been said for some seconds."""

    def __init__(self, name: str, progress: Callable[[str], None]) -> None:
        self.name = name
        self.progress = progress
        self.said_at = time.perf_counter()

    def __call__(self, cell: NotebookNode, cell_index: int) -> None:
        if time.perf_counter() - self.said_at > PATIENCE_SECONDS:
            self.said_at = time.perf_counter()
            self.progress(f"{self.name}: cell {cell_index}")


@functools.cache
def code_version() -> dict[str, str]:
    """Give nbalib's version and, in a checkout, the commit (with `-dirty` if files were changed)."""
    git = shutil.which("git")
    found = {"nbalib": __version__}
    if git and (REPOSITORY / ".git").exists():
        asked = subprocess.run(  # noqa: S603  # fixed words, no outside input
            [git, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 0:
            found["commit"] = asked.stdout.strip()
    return found


@functools.cache
def library_versions() -> dict[str, str]:
    """Give the versions of Python and of the libraries that results may depend on."""
    return {
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
    }
