"""A notebook's parameters: what it does not declare, or of another type, never reaches a kernel."""

from __future__ import annotations

import pytest
import yaml
from made_notebooks import notebook_of

from nbalib.errors import ParameterError
from nbalib.runs.parameters import checked, declared, effective


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
