"""Records and pages of runs: whole at every step, readable offline, and unable to act."""

from __future__ import annotations

import pandas as pd
import pytest
from made_notebooks import notebook_of, write
from matplotlib.figure import Figure
from nbformat.v4 import new_output

from nbalib.errors import RunError
from nbalib.runs.index import DataFile, card_of, write_index
from nbalib.runs.record import Run, read_record
from nbalib.runs.report import body_of, write_report
from nbalib.runs.shown import Grid, Sentence, measured_text, value_text
from nbalib.runs.source import heading

HOSTILE = "<script>document.title=1</script><img src=x onerror=alert(1)>"


def test_a_record_is_whole_at_every_step(tmp_path):
    """Each step leaves a readable run.json; no draft remains."""
    run = Run.open(tmp_path, "10_small")
    assert read_record(run.folder)["status"] == "running"
    assert run.metric("n_rows", 3, "rows") == 3
    assert read_record(run.folder)["metrics"] == {"n_rows": {"value": 3, "unit": "rows"}}
    run.close()
    assert read_record(run.folder)["status"] == "done"
    assert [path.name for path in run.folder.iterdir()] == ["run.json"]


def test_an_instant_is_a_fact_in_utc(tmp_path):
    """Facts are plain: an instant is text in UTC, an unknown one says none."""
    run = Run.open(tmp_path, "10_small")
    run.fact("data_until", pd.Timestamp("2017-12-03 18:52:10", tz="UTC"))
    assert run.fact("as_of", pd.NaT) == Sentence("As of: none.")
    assert read_record(run.folder)["facts"] == {"data_until": "2017-12-03 18:52 UTC", "as_of": "none"}


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


def test_shares_are_shown_in_percent_and_counts_by_what_they_count():
    """A column or metric that is named a share is in percent; flags are words; headings are plain."""
    frame = pd.DataFrame({"n_messages": [1234], "share": [0.1234], "is_open": [True], "n": [2]})
    html = Grid(frame)._repr_html_()
    assert [
        part for part in ("1,234", "12.3%", "yes", ">messages<", ">is open<", ">number<") if part not in html
    ] == []
    assert measured_text({"value": 0.5, "unit": "of the rows"}, "share_refused") == "50.0% of the rows"
    assert measured_text({"value": 1234, "unit": ""}, "rows_read") == "1,234"


@pytest.mark.parametrize(
    ("text", "title", "question"),
    [
        (
            "# 70 Predict\n\nWhat is next,\nand why?\n\n- **Reads** tables.",
            "70 Predict",
            "What is next, and why?",
        ),
        ("# 70 Predict\n- **Reads** tables.", "70 Predict", ""),
        ("Only words.", "", ""),
    ],
)
def test_a_notebook_is_known_by_its_title_and_its_question(text, title, question):
    """The page of a run takes both from the notebook's first cell."""
    assert heading(notebook_of(title=text)) == (title, question)


def test_the_page_of_a_run_shows_numbers_picture_and_files(tmp_path):
    """A card has the metrics, the first picture and the files, results before tables of the report."""
    run = Run.open(tmp_path, "10_small")
    run.metric("rows_read", 1500, "rows")
    figure = Figure(figsize=(5, 3))
    figure.suptitle("Messages a day")
    run.figure("volume", figure)
    run.table("a_table", pd.DataFrame({"n": [1, 2]}))
    (run.folder / "nba_predictions.csv").write_text("customer_id\n")
    write(notebook_of("1"), run.folder / "notebook.ipynb")
    card = card_of(run.folder)
    assert card.files == (DataFile("nba_predictions.csv", None), DataFile("a_table.csv", 2))
    assert (card.title, card.question) == ("10 Small", "Does it run?")
    run.close()
    about = {"profile": "demo", "about": "Made <b>data</b>.", "started_at": "2026-03-01 09:30 UTC"}
    page = write_index(tmp_path, ["10_small", "20_next"], seconds=1.0, **about).read_text()
    assert "1,500 rows" in page
    assert '<img src="data:image/png;base64,' in page
    assert 'alt="Messages a day"' in page
    assert "Made &lt;b&gt;data&lt;/b&gt;." in page
    assert "earlier one failed:</strong> 20_next." in page
