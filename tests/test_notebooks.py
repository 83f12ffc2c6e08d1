"""The notebooks run, from made messages to predictions, and what they say is within its bounds."""

from __future__ import annotations

import csv
import dataclasses
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import nbformat
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from nbalib.errors import ParameterError, RunError
from nbalib.runs.inputs import files_to_read
from nbalib.runs.notebook import run_notebook
from nbalib.runs.profile import RunResult, run_profile
from nbalib.runs.record import read_record
from nbalib.settings import Settings
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
START = "00_start_here"
INGEST, PROFILE, PREDICT = "10_ingest_interactions", "20_profile_conversations", "70_predict_next_actions"
MODEL, EVALUATE = "40_model_resolution", "60_evaluate_policy"
NOTEBOOKS = [INGEST, PROFILE, PREDICT]
DEMO = [START, INGEST, PROFILE, MODEL, EVALUATE, PREDICT]
N_ROWS = 3000
QUICK = {"made_decisions": "6000", "n_simulations": "4"}
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"
HEADER = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"


class Loaded(HTMLParser):
    """Collects what a page loads or runs, and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.sources: set[str] = set()
        self.handlers: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note one element, the kind of its source and its handlers of events."""
        self.elements.add(tag)
        self.sources |= {str(value).partition(",")[0] for name, value in attrs if name in ("src", "srcset")}
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}


def settings_in(folder: Path) -> Settings:
    """Give settings whose runs and store are in `folder`."""
    return dataclasses.replace(Settings(), outputs_dir=folder / "outputs", duckdb_path=folder / "own.duckdb")


def metrics(result: RunResult, notebook: str) -> dict[str, Any]:
    """Give the metrics of one notebook of a run."""
    recorded = read_record(result.folder / notebook)["metrics"]
    return {name: metric["value"] for name, metric in recorded.items()}


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> RunResult:
    """Run the profile `demo` on few rows."""
    settings = settings_in(tmp_path_factory.mktemp("demo"))
    return run_profile("demo", DEMO, {"synthetic_rows": str(N_ROWS), **QUICK}, settings, now=NOW)


def test_the_demo_runs_in_its_own_folder(demo):
    """Every notebook leaves its files, in the order of the numbers, and the store is the run's own."""
    assert [execution.name for execution in demo.notebooks] == DEMO
    for name in DEMO:
        assert read_record(demo.folder / name)["status"] == "done"
        assert (demo.folder / name / "report.html").stat().st_size > 10_000
    assert (demo.folder / "nba.duckdb").exists()
    assert not (demo.folder.parents[1] / "own.duckdb").exists()


def test_no_notebook_warns(demo):
    """Nothing is written to stderr by a cell: a warning would stand in the middle of the report."""
    for name in DEMO:
        cells = nbformat.read(demo.folder / name / "notebook.ipynb", as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        assert [output.text for output in outputs if output.get("name") == "stderr"] == []


def test_every_made_row_is_accounted_for(demo):
    """No row is lost, and about half of the messages are customers': that is how they are made."""
    found = metrics(demo, INGEST)
    assert N_ROWS <= found["rows_read"] < 1.1 * N_ROWS
    assert found["rows_unaccounted"] == 0
    assert found["interactions_stored"] > 0.9 * N_ROWS
    assert 0.35 < found["share_of_customers"] < 0.75


def test_the_profile_is_within_its_bounds(demo):
    """Made conversations have three to six messages on average, and some of each state."""
    found = metrics(demo, PROFILE)
    stored = metrics(demo, INGEST)["interactions_stored"]
    assert 2 < stored / found["conversations"] < 8
    assert found["customers"] <= found["conversations"]
    assert 0.1 < found["share_open"] < 0.95
    assert 0 < found["open_awaiting_agent"] <= found["share_open"] * found["conversations"]


def test_policies_are_judged_where_the_truth_is_known_and_nowhere_else(demo):
    """Intervals hold the made truth, all but one at the most; what cannot be answered is refused."""
    found, facts = metrics(demo, EVALUATE), read_record(demo.folder / EVALUATE)["facts"]
    assert 5 <= found["truths_held"] <= 6
    assert found["gain_of_the_rules_low"] < found["gain_of_the_rules"] < found["gain_of_the_rules_high"]
    assert found["logs_refused"] == 3
    assert facts["value_of_a_policy_is_identified"] is False
    with (demo.folder / EVALUATE / "answers.csv").open(encoding="utf-8", newline="") as file:
        answers = {row["question"]: row["answer"] for row in csv.DictReader(file)}
    assert answers["Would other rules resolve more?"] == "no"


def test_the_model_is_trained_judged_and_used(demo):
    """The demo's model sorts better than chance and means what it says; predictions carry its likelihoods."""
    found = metrics(demo, MODEL)
    assert read_record(demo.folder / MODEL)["facts"]["model_trained"] is True
    assert 0.6 < found["auc"] < 0.97  # made talk tells more than real talk, but not all
    assert found["calibration_error"] < 0.12  # of some hundred later rows
    assert 0.03 < found["share_resolved"] < 0.3
    assert -0.05 < found["auc_below_the_truth"] < 0.08  # of 6,000 made decisions: chance is about 0.03
    assert (demo.folder / "nba.model").exists()
    rows = pq.read_table(demo.folder / PREDICT / "nba_predictions.parquet")
    is_open = pc.equal(rows["resolution_status"], "open")
    assert rows.filter(is_open)["p_resolved"].null_count == 0
    assert rows.filter(pc.invert(is_open))["p_resolved"].null_count == rows.num_rows - pc.sum(is_open).as_py()


def test_a_store_that_cannot_teach_has_no_model(tmp_path):
    """Three messages train nothing: notebook 40 says why, comes to its end, and leaves no model."""
    (tmp_path / "twcs.csv").write_text(
        f"{HEADER}1,115712,True,Tue Oct 31 22:10:47 +0000 2017,@sprintcare no signal,2,\n"
        "2,sprintcare,False,Tue Oct 31 22:20:47 +0000 2017,@115712 Please send us a DM.,,1\n",
        encoding="utf-8",
    )
    given = {"input": str(tmp_path / "twcs.csv"), "made_decisions": "6000"}
    result = run_profile("local", [INGEST, PROFILE, MODEL], given, settings_in(tmp_path), now=NOW)
    record = read_record(result.folder / MODEL)
    assert (record["status"], record["facts"]["model_trained"]) == ("done", False)
    assert "No model: " in (result.folder / MODEL / "report.html").read_text(encoding="utf-8")
    assert not (tmp_path / "own.model").exists()


def test_every_conversation_is_decided_and_the_files_say_so(demo):
    """The Parquet file has a row per conversation, the CSV file those that get an action."""
    found, folder = metrics(demo, PREDICT), demo.folder / PREDICT
    assert found["conversations_decided"] == metrics(demo, PROFILE)["conversations"]
    assert pq.read_metadata(folder / "nba_predictions.parquet").num_rows == found["conversations_decided"]
    with (folder / "nba_predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert ",".join(rows[0]) == "customer_id,chat_log,channel,message,send_time,reasoning,issue_status"
    assert len(rows) - 1 == found["customers_to_contact"] > 0
    assert {row[2] for row in rows[1:]} <= {"twitter_dm_reply", "email_reply", "scheduling_phone_call"}


def test_pages_are_read_without_a_network_and_cannot_act(demo):
    """Pages hold their pictures, load nothing, and have no script and no handler of events."""
    for page in (demo.index, *(demo.folder / name / "report.html" for name in DEMO)):
        seen = Loaded(page.read_text(encoding="utf-8"))
        assert not seen.elements & {"script", "iframe", "object", "embed", "link", "form"}
        assert seen.sources == (set() if page.parent.name == START else {"data:image/png;base64"})
        assert seen.handlers == set()


def test_the_tour_shows_the_whole_way_in_a_store_of_its_own(demo):
    """A few hundred conversations, one at every moment, and some that move with one number."""
    found, folder = metrics(demo, START), demo.folder / START
    assert 200 < found["conversations"] < 400
    assert found["rules_over_time"] >= 2
    assert 0 < found["conversations_moved"] < 0.1 * found["conversations"]
    with (folder / "moves.csv").open(encoding="utf-8", newline="") as file:
        moves = list(csv.DictReader(file))
    assert sum(int(move["n"]) for move in moves) == found["conversations_moved"]
    assert {move["rule_after"] for move in moves} == {"many_turns_unhappy"}
    with DuckDBStore.open(folder / "scratch.duckdb", read_only=True) as store:
        assert store.count("conversations") == found["conversations"]


def test_the_tour_taken_again_is_the_same(demo):
    """Run once more in its folder, with another seed in between, it begins with an empty store."""
    notebook, folder = Settings().notebooks_dir / f"{START}.ipynb", demo.folder.parent / "again"
    first = metrics(demo, START)
    for seed in (5, 1):
        run_notebook(notebook, folder / START, {"run_dir": str(folder), "seed": seed})
        again = read_record(folder / START)["metrics"]
        assert (again["conversations"]["value"] == first["conversations"]) is (seed == 1)
    assert {name: metric["value"] for name, metric in again.items()} == first


def test_a_report_hides_the_code_and_says_its_numbers(demo):
    """A reader sees sentences, not code."""
    page = (demo.folder / INGEST / "report.html").read_text(encoding="utf-8")
    stored = metrics(demo, INGEST)["interactions_stored"]
    assert f"The store now holds {stored:,} messages." in page
    assert "DuckDBStore.open" not in page
    assert f"made messages, {N_ROWS:,} rows, seed 7" in page


def test_own_files_go_into_the_own_store_once(tmp_path):
    """Two runs over the same file store it once; markup in a message is shown as text."""
    rows = [
        f'1,115712,True,Tue Oct 31 22:10:47 +0000 2017,"@sprintcare {HOSTILE} is broken",2,\n',
        "2,sprintcare,False,Tue Oct 31 22:20:47 +0000 2017,@115712 Please send us a DM.,,1\n",
        "3,115713,True,Tue Oct 31 22:30:47 +0000 2017,@sprintcare my phone has no signal,,\n",
    ]
    (tmp_path / "twcs.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    settings, given = settings_in(tmp_path), {"input": str(tmp_path / "twcs.csv")}
    whole = run_profile("local", NOTEBOOKS, given, settings, now=NOW)
    again = run_profile("local", [INGEST], given, settings, now=NOW)
    assert [metrics(result, INGEST)["interactions_stored"] for result in (whole, again)] == [3, 3]
    assert metrics(whole, PREDICT)["conversations_decided"] == 2
    page = (whole.folder / PREDICT / "report.html").read_text(encoding="utf-8")
    assert "script" not in Loaded(page).elements
    assert "&lt;script&gt;" in page
    with DuckDBStore.open(settings.duckdb_path, read_only=True) as store:
        assert store.count("conversations") == 2


def test_nothing_to_read_and_nothing_stored_is_an_error(tmp_path):
    """A run of own files that names none, on an empty store, says what to do."""
    what_to_do = r"10_ingest_interactions failed in cell \d+: .*name your files with -p input=PATH"
    with pytest.raises(RunError, match=what_to_do):
        run_profile("local", [INGEST], {}, settings_in(tmp_path), now=NOW)


def test_made_and_named_files_are_not_mixed(tmp_path):
    """Made rows never land beside own ones by accident; without files the stored rows are used."""
    with pytest.raises(ParameterError, match="either made rows or named files"):
        files_to_read(["a.csv"], synthetic_rows=10, seed=1, folder=tmp_path, n_stored=0)
    assert files_to_read([], synthetic_rows=0, seed=1, folder=tmp_path, n_stored=5) == []


def test_real_messages_run_through(tmp_path, real_data):
    """What holds for made rows holds for real ones: all accounted for, all decided, most of them open."""
    given = {"input": str(real_data / "twcs" / "twcs_threads_4306.csv")}
    result = run_profile("local", [*NOTEBOOKS, EVALUATE], given | QUICK, settings_in(tmp_path), now=NOW)
    assert metrics(result, INGEST)["rows_read"] == 4306
    assert metrics(result, INGEST)["rows_unaccounted"] == 0
    assert 1000 < metrics(result, PROFILE)["conversations"] < 1600
    assert 0.4 < metrics(result, PROFILE)["share_open"] < 0.9
    assert metrics(result, PREDICT)["conversations_decided"] == metrics(result, PROFILE)["conversations"]
    assert read_record(result.folder / EVALUATE)["facts"]["value_of_a_policy_is_identified"] is False
