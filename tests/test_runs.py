"""Runs: notebooks are executed strictly, and profiles run them one after the other."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from made_notebooks import notebook_of, write
from nbformat.v4 import new_markdown_cell

from nbalib.errors import NotFoundError, ParameterError, RunError
from nbalib.runs.notebook import run_notebook
from nbalib.runs.profile import latest_run, run_profile
from nbalib.runs.record import read_record
from nbalib.settings import Settings

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def small(tmp_path):
    """Write a notebook of these cells, numbered 10."""
    return lambda *cells, **words: write(notebook_of(*cells, **words), tmp_path / "10_small.ipynb")


@pytest.fixture
def settings(tmp_path):
    """Two notebooks and a profile `demo` for them; 20 runs after 10."""
    write(
        notebook_of(
            "from nbalib.runs import Run\nrun = Run.open(run_dir, '10_first')",
            "run.fact('as_of', as_of)\nrun.metric('n_rows', n_rows, 'rows')",
            "run.close()",
        ),
        tmp_path / "notebooks" / "10_first.ipynb",
    )
    write(
        notebook_of("1 / share", parameters="share: float = 1.0  # divisor", title="# 20 Second"),
        tmp_path / "notebooks" / "20_second.ipynb",
    )
    profile = {"profile": {"about": "Made data."}, "10_first": {"n_rows": 7}, "20_second": {}}
    for name, content in profile.items():
        path = tmp_path / "params" / "demo" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content))
    return dataclasses.replace(
        Settings(),
        params_dir=tmp_path / "params",
        outputs_dir=tmp_path / "outputs",
        notebooks_dir=tmp_path / "notebooks",
        duckdb_path=tmp_path / "own.duckdb",
    )


def test_unknown_parameter_is_refused_with_the_nearest_name(small, tmp_path):
    """A misspelt parameter stops the run before a kernel starts, and says what was probably meant."""
    with pytest.raises(ParameterError, match=r"no parameter 'n_row'; did you mean 'n_rows'\?"):
        run_notebook(small("1"), tmp_path / "run" / "10_small", {"n_row": 3})
    assert not (tmp_path / "run").exists()


def test_a_run_leaves_notebook_report_and_record(small, tmp_path):
    """A run in a folder with braces leaves its three files; the kernel is this Python, in the repository."""
    cells = (
        "import sys, pathlib\nfrom nbalib.runs import Run\nrun = Run.open(run_dir, '10_small')",
        "run.metric('n_rows', n_rows, 'rows')",
        "run.fact('python', sys.executable)\nrun.fact('cwd', str(pathlib.Path.cwd()))",
        "run.close()",
    )
    folder = tmp_path / "odd {name} {0}" / "10_small"
    given = {"n_rows": 9, "run_dir": str(folder.parent)}
    ran = run_notebook(small(*cells), folder, given, started_at="2026-03-01T09:30:00Z")
    record = json.loads((folder / "run.json").read_text())
    assert record["status"] == "done"
    assert record["metrics"] == {"n_rows": {"value": 9, "unit": "rows"}}
    assert record["facts"] == {"python": sys.executable, "cwd": str(Path(__file__).parents[1])}
    assert record["parameters"]["n_rows"] == 9
    assert record["parameters"]["share"] == 0.5
    assert record["seconds"] == ran.seconds > 0
    assert record["error"] is None
    assert record["versions"]["python"] == sys.version.split()[0]
    assert sorted(path.name for path in folder.iterdir()) == ["notebook.ipynb", "report.html", "run.json"]


def test_another_python3_kernel_first_on_the_path_is_not_used(small, tmp_path):
    """A kernel of another environment, named python3 as well, does not take the notebook over."""
    spec = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(
        json.dumps({"argv": ["/bin/false", "{connection_file}"], "display_name": "x", "language": "python"})
    )
    code = (
        "import sys; from pathlib import Path; from nbalib.runs.notebook import run_notebook\n"
        "run_notebook(Path(sys.argv[1]), Path(sys.argv[2]), {})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(small("'alive'")), str(tmp_path / "out")],
        env={**os.environ, "JUPYTER_PATH": str(tmp_path / "jupyter")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert "alive" in (tmp_path / "out" / "report.html").read_text()


def test_a_failing_notebook_keeps_what_it_had_learned(tmp_path):
    """The error names notebook, cell and exception; the partial notebook, report and record are there."""
    cells = (
        "from nbalib.runs import Run\nrun = Run.open(run_dir, '10_small')\nrun.metric('before', 1)",
        "raise ValueError('broken <b>here</b>')",
        "run.metric('after', 2)",
    )
    notebook = notebook_of(*cells)
    notebook.cells.append(new_markdown_cell("All went well."))
    folder = tmp_path / "run" / "10_small"
    with pytest.raises(
        RunError, match=r"10_small failed in cell 3: ValueError: broken <b>here</b>\nreport: .*report\.html"
    ):
        run_notebook(write(notebook, tmp_path / "10_small.ipynb"), folder, {"run_dir": str(tmp_path / "run")})
    record = read_record(folder)
    assert record["status"] == "failed"
    assert record["error"] == {"cell": 3, "ename": "ValueError", "evalue": "broken <b>here</b>"}
    assert list(record["metrics"]) == ["before"]
    page = (folder / "report.html").read_text()
    assert "This run failed in cell 3" in page
    assert "broken &lt;b&gt;here&lt;/b&gt;" in page
    assert "<b>here</b>" not in page
    assert "Traceback" in page
    assert "All went well." not in page


def test_a_cell_beyond_its_time_is_stopped(small, tmp_path):
    """A cell has a time limit, and the cell that broke it is named."""
    folder = tmp_path / "run" / "10_small"
    with pytest.raises(RunError, match="failed in cell 3: CellTimeout: ran longer than 1 s"):
        run_notebook(small("1", "import time; time.sleep(60)", "2"), folder, {}, cell_seconds=1)
    assert "CellTimeout" in (folder / "report.html").read_text()


@pytest.mark.parametrize(
    ("cell", "error"),
    [("import sys; sys.exit(0)", "CutShort"), ("import os; os._exit(1)", "DeadKernel")],
)
def test_a_notebook_that_ends_early_has_failed(small, tmp_path, cell, error):
    """Leaving quietly in the middle, or the kernel's death, is a failure and not a short success."""
    with pytest.raises(RunError, match=f"failed in cell 2: {error}"):
        run_notebook(small(cell, "2"), tmp_path / "run" / "10_small", {})


def test_an_interrupted_run_says_where(small, tmp_path):
    """Stopped by Ctrl-C, a run leaves a record that says so, and its kernel ends."""
    begun = tmp_path / "begun"
    cell = (
        f"import os, pathlib, time\npathlib.Path({str(begun)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    )
    folder = tmp_path / "run" / "10_small"
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pathlib import Path; from nbalib.runs.notebook import run_notebook\n"
        "run_notebook(Path(sys.argv[1]), Path(sys.argv[2]), {})"
    )
    command = [sys.executable, "-c", code, str(small("1", cell)), str(folder)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as run:
        until = time.monotonic() + 60
        while not begun.exists() and time.monotonic() < until:
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=60) != 0
    error = {"cell": 3, "ename": "KeyboardInterrupt", "evalue": "stopped from outside"}
    assert read_record(folder)["error"] == error
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


def test_an_absent_notebook_is_named(tmp_path):
    """A notebook that is not there is the caller's error."""
    with pytest.raises(NotFoundError, match=r"nowhere\.ipynb does not exist"):
        run_notebook(tmp_path / "nowhere.ipynb", tmp_path / "run", {})


def test_a_profile_runs_its_notebooks_in_order(settings):
    """Parameters come from the profile, changed by the command line; the page and the marker are written."""
    said: list[str] = []
    result = run_profile("demo", [], {"share": "0.25"}, settings, now=NOW, progress=said.append)
    assert result.run_id == "20260301-093000-demo"
    assert [ran.name for ran in result.notebooks] == ["10_first", "20_second"]
    first, second = (read_record(result.folder / name) for name in ("10_first", "20_second"))
    assert first["metrics"]["n_rows"]["value"] == 7
    assert first["parameters"]["share"] == second["parameters"]["share"] == 0.25
    assert first["parameters"]["run_dir"] == str(result.folder)
    assert latest_run(settings.outputs_dir) == result.folder
    assert (settings.outputs_dir / "latest").read_text() == "20260301-093000-demo\n"
    page = result.index.read_text()
    assert 'href="10_first/report.html"' in page
    assert "Made data." in page
    assert said[0] == "[1/2] 10_first …"
    assert said[-1].startswith("[2/2] 20_second done in ")


def test_a_run_stops_at_the_first_failure_and_still_has_its_page(settings):
    """The page shows the failure in its place, and names what was not run."""
    broken = notebook_of("raise KeyError('<i>x</i>')", parameters="n_rows: int = 1  # rows")
    write(broken, settings.notebooks_dir / "10_first.ipynb")
    with pytest.raises(RunError, match="10_first failed in cell 2: KeyError"):
        run_profile("demo", [], {}, settings, now=NOW)
    page = (latest_run(settings.outputs_dir) / "index.html").read_text()
    assert 'class="card failed"' in page
    assert "KeyError: &#39;&lt;i&gt;x&lt;/i&gt;&#39;" in page
    assert "Not run, because an earlier one failed:</strong> 20_second." in page


@pytest.mark.parametrize(
    ("profile", "notebooks", "overrides", "message"),
    [
        ("dmo", [], {}, "no profile 'dmo' in .*; did you mean 'demo'"),
        ("demo", ["10_frist"], {}, "no notebook '10_frist'; did you mean '10_first'"),
        ("demo", ["20"], {"n_rows": "3"}, "no notebook of this run has a parameter 'n_rows'"),
        ("demo", [], {"shar": "3"}, "parameter 'shar'; did you mean 'share'"),
        ("demo", [], {"share": "much"}, "'share' is float"),
    ],
)
def test_what_a_profile_does_not_know_is_refused_before_anything_starts(
    settings, profile, notebooks, overrides, message
):
    """Unknown profile, notebook or parameter: an error with the nearest name, and no folder."""
    with pytest.raises(ParameterError, match=message):
        run_profile(profile, notebooks, overrides, settings, now=NOW)
    assert not settings.outputs_dir.exists()


def test_two_runs_of_one_second_get_two_folders(settings):
    """A run never writes into another's folder."""
    ids = [run_profile("demo", ["20"], {}, settings, now=NOW).run_id for _ in range(2)]
    assert ids == ["20260301-093000-demo", "20260301-093000-demo-2"]
