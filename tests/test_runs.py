"""Runs: notebooks are executed strictly, recorded, and read as pages that cannot act."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nbalib.errors import NotFoundError, ParameterError, RunError
from nbalib.runs.notebook import run_notebook
from nbalib.runs.parameters import checked, declared, effective
from nbalib.runs.profile import latest_run, run_profile
from nbalib.runs.record import Run, read_record
from nbalib.runs.report import body_of, write_report
from nbalib.runs.shown import Grid, Sentence, value_text
from nbalib.settings import Settings

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HOSTILE = "<script>document.title='pwned'</script><img src=x onerror=alert(1)>"
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


# --- parameters -------------------------------------------------------------------------------------


def test_unknown_parameter_is_refused_with_the_nearest_name(small, tmp_path):
    """A misspelt parameter stops the run before a kernel starts, and says what was probably meant."""
    with pytest.raises(ParameterError, match=r"no parameter 'n_row'; did you mean 'n_rows'\?"):
        run_notebook(small("1"), tmp_path / "run" / "10_small", {"n_row": 3})
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_rows", "5"),
        ("n_rows", 5.0),
        ("n_rows", True),
        ("share", float("nan")),
        ("share", "0.5"),
        ("is_fast", 1),
        ("input", "a.csv"),
        ("input", [1]),
        ("as_of", 20171201),
        ("as_of", None),
    ],
)
def test_wrong_type_is_refused(name, value):
    """A value of another type is an error that names the parameter, its type and the value."""
    known = declared(notebook_of(), "10_small.ipynb")
    with pytest.raises(ParameterError, match=f"'{name}' is .* not .*"):
        checked(known, {name: value}, "10_small.ipynb")


def test_effective_parameters_are_defaults_overlaid_with_what_was_passed():
    """The record knows every value the notebook ran with; YAML dates become text, integers floats."""
    known = declared(notebook_of(), "10_small.ipynb")
    day = yaml.safe_load("2017-12-01")
    given = checked(known, {"share": 1, "as_of": day, "input": ["a.csv"]}, "10_small.ipynb")
    assert effective(known, given) == {
        "run_dir": "outputs/scratch",
        "n_rows": 5,
        "share": 1.0,
        "is_fast": True,
        "input": ["a.csv"],
        "as_of": "2017-12-01",
    }
    assert known["n_rows"].meaning == "rows"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n_rows", "12", 12),
        ("share", "0.25", 0.25),
        ("is_fast", "No", False),
        ("as_of", "2017-12-01", "2017-12-01"),
        ("input", '["/a,b.csv"]', ["/a,b.csv"]),
        ("input", "/a.csv, /b.csv", ["/a.csv", "/b.csv"]),
    ],
)
def test_text_of_the_command_line_is_read_as_the_declared_type(name, text, value):
    """`-p name=value` gives text; the notebook gets its own type."""
    assert declared(notebook_of(), "10_small.ipynb")[name].read(text) == value


@pytest.mark.parametrize(
    ("name", "text"), [("n_rows", "many"), ("share", "inf"), ("is_fast", "perhaps"), ("input", "[1")]
)
def test_text_that_does_not_fit_is_refused(name, text):
    """Text that is no such value is an error, not a default."""
    with pytest.raises(ParameterError, match=f"'{name}'"):
        declared(notebook_of(), "10_small.ipynb")[name].read(text)


def test_a_relative_input_starts_where_the_command_was_given(tmp_path, monkeypatch):
    """Kernels run in the repository; a file named on the command line is looked for beside the caller."""
    monkeypatch.chdir(tmp_path)
    assert declared(notebook_of(), "10_small.ipynb")["input"].read("a.csv") == [str(tmp_path / "a.csv")]


@pytest.mark.parametrize(
    "line",
    [
        "n: int | None = None  # rows",
        "n = 5  # rows",
        "n: int = 2 + 3  # rows",
        "n: int = 'x'  # rows",
        "n: date = 5",
    ],
)
def test_a_parameter_line_that_could_be_misread_is_refused(line):
    """Lines that papermill would skip or misread are errors that show the line or the value."""
    with pytest.raises(ParameterError, match=r"10_small\.ipynb|'n' is int"):
        declared(notebook_of(parameters=line), "10_small.ipynb")


# --- running ----------------------------------------------------------------------------------------


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


def test_a_failing_notebook_keeps_what_it_had_learned(small, tmp_path):
    """The error names notebook, cell and exception; the partial notebook, report and record are there."""
    cells = (
        "from nbalib.runs import Run\nrun = Run.open(run_dir, '10_small')\nrun.metric('before', 1)",
        "raise ValueError('broken <b>here</b>')",
        "run.metric('after', 2)",
    )
    folder = tmp_path / "run" / "10_small"
    with pytest.raises(
        RunError, match=r"10_small failed in cell 3: ValueError: broken <b>here</b>\nreport: .*report\.html"
    ):
        run_notebook(small(*cells), folder, {"run_dir": str(tmp_path / "run")})
    record = read_record(folder)
    assert record["status"] == "failed"
    assert record["error"] == {"cell": 3, "ename": "ValueError", "evalue": "broken <b>here</b>"}
    assert list(record["metrics"]) == ["before"]
    page = (folder / "report.html").read_text()
    assert "This run failed in cell 3" in page
    assert "broken &lt;b&gt;here&lt;/b&gt;" in page
    assert "<b>here</b>" not in page
    assert "Traceback" in page


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


def test_an_absent_notebook_is_named(tmp_path):
    """A notebook that is not there is the caller's error."""
    with pytest.raises(NotFoundError, match=r"nowhere\.ipynb does not exist"):
        run_notebook(tmp_path / "nowhere.ipynb", tmp_path / "run", {})


# --- profiles ---------------------------------------------------------------------------------------


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


# --- record -----------------------------------------------------------------------------------------


def test_a_record_is_whole_at_every_step(tmp_path):
    """Each step leaves a readable run.json; no draft remains."""
    run = Run.open(tmp_path, "10_small")
    assert read_record(run.folder)["status"] == "running"
    assert run.metric("n_rows", 3, "rows") == 3
    assert read_record(run.folder)["metrics"] == {"n_rows": {"value": 3, "unit": "rows"}}
    run.close()
    assert read_record(run.folder)["status"] == "done"
    assert [path.name for path in run.folder.iterdir()] == ["run.json"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "3", None])
def test_a_metric_is_a_finite_number(tmp_path, value):
    """NaN and what is no number are refused, and what was recorded before stays."""
    run = Run.open(tmp_path, "10_small")
    run.metric("first", 1)
    with pytest.raises(RunError, match="'second' is not a finite number"):
        run.metric("second", value)
    assert list(read_record(run.folder)["metrics"]) == ["first"]


def test_a_name_is_used_once(tmp_path):
    """The second use of a name is refused, and the first one's file is not touched."""
    run = Run.open(tmp_path, "10_small")
    run.table("sizes", pd.DataFrame({"n": [1]}))
    with pytest.raises(RunError, match="table 'sizes' was recorded already"):
        run.table("sizes", pd.DataFrame({"n": [2]}))
    with pytest.raises(RunError, match="'Bad Name' is not a name"):
        run.metric("Bad Name", 1)
    assert (run.folder / "sizes.csv").read_bytes() == b"n\r\n1\r\n"


def test_a_table_does_not_run_in_a_spreadsheet(tmp_path):
    """Texts that a spreadsheet would take as formulas are led by an apostrophe; numbers stay numbers."""
    run = Run.open(tmp_path, "10_small")
    run.table("said", pd.DataFrame({"text": ["=1+1", "fine"], "mood": [-0.5, 0.5]}))
    assert (run.folder / "said.csv").read_text().splitlines() == ["text,mood", "'=1+1,-0.5", "fine,0.5"]


def test_a_figure_is_saved_and_shown_with_its_title(tmp_path):
    """The PNG in the folder is the picture that is shown; its alternative text is the title."""
    figure = Figure(figsize=(5, 3))
    figure.add_subplot().set_title("Messages a day", loc="left")
    run = Run.open(tmp_path, "10_small")
    png, metadata = run.figure("volume", figure)._repr_png_()
    assert metadata == {"width": 480, "alt": "Messages a day"}
    assert (run.folder / "volume.png").read_bytes() == png
    assert read_record(run.folder)["figures"] == {"volume": {"file": "volume.png", "title": "Messages a day"}}


# --- pages ------------------------------------------------------------------------------------------


def test_hostile_text_is_escaped_wherever_it_is_shown(tmp_path):
    """Markup in a customer's words stays text: in sentences, tables, plain output, errors, facts."""
    frame = pd.DataFrame({HOSTILE: [HOSTILE]})
    outputs = [
        new_output("display_data", {"text/html": Sentence(HOSTILE)._repr_html_()}),
        new_output("display_data", {"text/html": Grid(frame, caption=HOSTILE)._repr_html_()}),
        new_output("stream", text=HOSTILE),
        new_output("error", ename="E", evalue=HOSTILE, traceback=[HOSTILE]),
    ]
    notebook = notebook_of("1", title=f"# {HOSTILE.replace('<', '&lt;')}")
    notebook.cells[-1].outputs = outputs
    folder = tmp_path / "run" / "10_small"
    write(notebook, folder / "notebook.ipynb")
    run = Run.open(tmp_path / "run", "10_small")
    run.fact("data", HOSTILE)
    page = write_report(run.folder).read_text()
    assert "<script" not in page
    assert "<img src=x" not in page
    assert page.count("&lt;script&gt;") >= 6


def test_a_report_needs_no_network_and_allows_no_script(tmp_path):
    """No address of another host is loaded, and the page's policy refuses scripts, forms and frames."""
    write(notebook_of("1"), tmp_path / "run" / "10_small" / "notebook.ipynb")
    page = write_report(tmp_path / "run" / "10_small").read_text()
    assert "http://" not in page
    assert "https://" not in page
    assert "Content-Security-Policy\" content=\"default-src 'none'" in page
    assert "run_dir: str" not in body_of(notebook_of("secret_code = 1"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"),
        (0.12345, "0.123"),
        (12.3456, "12.3"),
        (-0.5, "-0.500"),
        (1234.5, "1,234"),
        (3.0, "3"),
        (float("nan"), "—"),
        (None, "—"),
        (True, "yes"),
        (pd.Timestamp("2017-10-31 22:10:47", tz="UTC"), "2017-10-31 22:10"),
        ("x" * 300, "x" * 239 + "…"),
    ],
)
def test_values_are_written_for_a_reader(value, text):
    """Numbers have three significant digits and parted thousands; nothing is a dash."""
    assert value_text(value) == text
