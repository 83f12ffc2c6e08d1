"""Measurements: what a line says, that a baseline does what it claims, and that a failure is told.

No test here asks how long anything takes: that is for `nba bench` itself, on a quiet machine.
"""

from __future__ import annotations

import csv
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from tweets import Tweet, store_of, write_tweets

from nbalib.bench import bare, children, serving
from nbalib.bench.asking import Asked, ask
from nbalib.bench.children import run_child
from nbalib.bench.jobs import STORE, Job, Measured, Stopwatch
from nbalib.bench.lines import Line
from nbalib.bench.material import Material, digest_of_sources
from nbalib.bench.memory_figure import memory_figure
from nbalib.bench.rounds import Bench, together
from nbalib.bench.suite import FIGURE, measure, scratch_in
from nbalib.errors import NbaError
from nbalib.predictions.export import CSV_COLUMNS, PARQUET_COLUMNS
from nbalib.schema import INTERACTIONS
from nbalib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 400
LIMIT_SECONDS = 120.0
NUMBERS = ("rows", "seconds", "baseline_seconds", "ratio", "peak_rss_mb", "baseline_peak_rss_mb")
ALL_LINES = [
    "ingest",
    "process",
    "process_full",
    "process_incremental",
    "predict",
    "predict_output",
    "serve",
    "whole",
    "whole_growth",
    "synthetic",
    "ingest_memory",
]

# A tree with an agent's answer and a bystander, and an answer to a message that is not in the file.
TALK = (
    Tweet(10, "Brand", 'News: "we are back"', 0),
    Tweet(11, "1", "@Brand it is urgent,\nplease", 1, 10),
    Tweet(12, "Brand", "@1 Please DM us.", 2, 11),
    Tweet(13, "2", "@Brand thanks!", 3, 12),
    Tweet(14, "1", "@Brand thank you", 4, 12),
    Tweet(21, "3", "Cheers, and asap: again", 5, 20),
)


def job_of(step: str, source: Path, folder: Path, **more: Any) -> Job:
    """Describe a baseline's job."""
    folder.mkdir()
    return Job("bare", step, source, folder, Settings().params_dir, NOW, **more)


def bench_of(folder: Path, scratch: Path, rows: int = ROWS) -> Bench:
    """Measure in one round, with files kept in `folder`."""
    return Bench(rows, 1, 1, Settings().params_dir, folder, scratch, NOW, lambda _text: None)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which measurements keep their files."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def lines(cache: Path) -> list[Line]:
    """Measure everything there is, once, at next to no rows."""
    with pytest.MonkeyPatch.context() as patch, scratch_in(cache) as scratch:
        patch.setattr(serving, "LONGEST_SECONDS", 1.0)
        return list(measure("all", bench_of(cache, scratch)))


def test_every_line_has_its_fields(lines: list[Line]) -> None:
    """All lines come, in order, and each has the promised fields as finite positive numbers."""
    told = [json.loads(json.dumps(line.as_dict(), allow_nan=False)) for line in lines]
    assert [line["name"] for line in told] == ALL_LINES
    for line in told:
        for name in NUMBERS:
            assert math.isfinite(line[name]), (line["name"], name)
            assert line[name] > 0, (line["name"], name)
        assert line["name"] == "serve" or line["cpu_seconds"] > 0
        assert line["versions"].keys() >= {"nbalib", "python", "duckdb", "pyarrow"}
        assert line["load"] >= 0


def test_a_ratio_is_of_what_it_says(lines: list[Line]) -> None:
    """A ratio is that of the seconds shown, or of the memory where the line says so."""
    for line in (line.as_dict() for line in lines):
        shown = {"seconds": "baseline_seconds", "peak_rss_mb": "baseline_peak_rss_mb"}
        ours = line["ratio_of"]
        assert line["ratio"] == pytest.approx(line[ours] / line[shown[ours]], rel=0.01), line["name"]
    assert [line.name for line in lines if line.ratio_of == "peak_rss_mb"] == ["ingest_memory"]


def test_no_step_is_quick_by_doing_nothing(lines: list[Line]) -> None:
    """What steps and baselines count is what the file holds: rows, and conversations alike on both sides."""
    told = {line.name: line.as_dict() for line in lines}
    assert told["ingest"]["baseline_counted"] == ROWS
    assert told["ingest"]["counted"] >= 0.98 * ROWS  # repeated and edited rows are stored once
    n_conversations = told["process"]["counted"]
    assert told["process"]["baseline_counted"] == pytest.approx(n_conversations, rel=0.05)
    for name in ("process_full", "process_incremental", "predict", "predict_output", "whole"):
        assert told[name]["counted"] == n_conversations, name
    assert told["whole_growth"]["baseline_counted"] < n_conversations / 2
    assert told["synthetic"]["counted"] == told["synthetic"]["baseline_counted"] == ROWS
    assert told["ingest_memory"]["rows"] == 2 * ROWS
    assert told["serve"]["baseline_requests"] > 0


def test_nothing_is_left_but_the_cache_and_the_figure(lines: list[Line], cache: Path) -> None:
    """Stores and predictions are gone after a measurement; synthetic files and the figure stay."""
    assert {line.rows for line in lines} == {ROWS, 2 * ROWS}
    left = {path.name for path in cache.iterdir()}
    files = {
        f"synthetic-{rows}-1.{end}"
        for rows in (ROWS, ROWS // 2, ROWS // 4, 2 * ROWS)
        for end in ("csv", "json")
    }
    assert left == {*files, FIGURE}
    assert (cache / FIGURE).read_bytes().startswith(b"\x89PNG")


def test_the_command_prints_json_lines(tmp_path: Path) -> None:
    """`nba bench` prints lines of JSON on stdout and nothing else there, and exits 0."""
    done = command(tmp_path, "bench", "ingest", "--rows", "100", "--rounds", "1")
    assert done.returncode == 0
    [line] = [json.loads(text) for text in done.stdout.splitlines()]
    assert (line["name"], line["rows"]) == ("ingest", 100)
    assert "ingest, round 1 of 1" in done.stderr


def test_a_failing_process_is_told(tmp_path: Path) -> None:
    """A step that fails in its process ends the command with 1, by its name and reason; nothing is left."""
    done = command(tmp_path, "bench", "ingest", "--rows", "100", NBA_PARAMS_DIR=str(tmp_path / "absent"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("nba: ours ingest: exit 2: ")
    assert "absent" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list((tmp_path / "outputs" / "bench").glob("scratch-*"))


def test_a_stopped_measurement_cleans_up(tmp_path: Path) -> None:
    """Told to end in the middle, the command ends what it started and leaves no stores."""
    folder = tmp_path / "outputs" / "bench"
    with subprocess.Popen(
        [sys.executable, "-m", "nbalib", "bench", "process", "--rows", "2000"],
        env={**os.environ, "NBA_OUTPUTS_DIR": str(tmp_path / "outputs")},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "preparing" in process.stderr.readline()
        assert len(list(folder.glob("scratch-*"))) == 1
        process.terminate()
        assert process.wait(LIMIT_SECONDS) == 128 + signal.SIGTERM
    assert list(folder.glob("scratch-*")) == []


def test_a_store_that_there_is_not_is_refused(tmp_path: Path) -> None:
    """An unknown store is bad usage, said before anything is made."""
    done = command(tmp_path, "bench", "ingest", "--db", "duckbd")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 'duckdb'?" in done.stderr


def command(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command, with its outputs in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "nbalib", *words],
        env={**os.environ, "NBA_OUTPUTS_DIR": str(folder / "outputs"), **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )


def test_a_process_that_is_killed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that the system kills, as it does when memory runs out, is named with its signal."""
    (tmp_path / "dying.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(children, "CHILD", "dying")
    with pytest.raises(NbaError, match="bare ingest: killed by SIGKILL"):
        run_child(job_of("ingest", tmp_path, tmp_path / "out"), LIMIT_SECONDS)


def test_a_process_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that takes longer than its bound is stopped, and that is said."""
    began, ended = tmp_path / "began", tmp_path / "ended"
    (tmp_path / "endless.py").write_text(
        f"import time\nopen({str(began)!r}, 'w')\ntime.sleep(20)\nopen({str(ended)!r}, 'w')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(children, "CHILD", "endless")
    with pytest.raises(NbaError, match="bare ingest: not done after 3 s, and stopped"):
        run_child(job_of("ingest", tmp_path, tmp_path / "out"), 3.0)
    assert began.exists()
    assert not ended.exists()


def test_memory_is_the_process_s_own(tmp_path: Path) -> None:
    """What the process that measures holds itself does not count, and what it sees of the other one does."""
    file = write_tweets(tmp_path / "talk.csv", TALK)
    held = np.ones(400_000_000, dtype=np.uint8)
    measured = run_child(job_of("copy_rows", file, tmp_path / "out", rows=3), LIMIT_SECONDS)
    assert held.nbytes == 400_000_000
    assert 5 < measured.peak_rss_mb < 200
    assert measured.counted == 3


def test_a_job_survives_its_way() -> None:
    """A job that was written and read again is the same."""
    job = Job("ours", "ingest", Path("a b.csv"), Path("out"), Path("params"), NOW, Path("é.duckdb"), 5, 7)
    assert Job.from_json(job.as_json()) == job
    assert Job.from_json(replace(job, onto=None).as_json()).onto is None


def test_the_bare_ingest_makes_the_table(tmp_path: Path) -> None:
    """The baseline of ingest stores every row, under the columns of `interactions`."""
    file = write_tweets(tmp_path / "talk.csv", TALK)
    job = job_of("ingest", file, tmp_path / "out")
    assert bare.STEPS["ingest"](job, Stopwatch()) == 6
    with duckdb.connect(str(job.folder / STORE)) as connection:
        rows = connection.sql("SELECT * FROM interactions ORDER BY external_id").to_arrow_table()
    assert tuple(rows.column_names) == INTERACTIONS.names
    first, second = rows.slice(0, 2).to_pylist()
    assert first["content_text"] == 'News: "we are back"'
    assert (first["author_role"], first["brand_account_id"]) == ("agent", "Brand")
    assert (first["interaction_type"], first["parent_interaction_id"]) == ("tweet", None)
    assert second["interaction_id"] == "twitter:11"
    assert (second["author_role"], second["brand_account_id"]) == ("customer", None)
    assert second["content_text"] == "@Brand it is urgent,\nplease"
    assert (second["interaction_type"], second["parent_interaction_id"]) == ("reply", "twitter:10")
    assert second["interaction_timestamp"] == datetime(2017, 11, 1, 13, tzinfo=UTC)
    assert second["created_at"] == NOW


def test_the_bare_process_finds_roots_and_conversations(tmp_path: Path) -> None:
    """The baseline of process gives each customer's part of a tree, and what three patterns find in it."""
    with store_of(tmp_path, TALK) as store:
        path = store.path
    job = job_of("process", path, tmp_path / "out")
    assert bare.STEPS["process"](job, Stopwatch()) == 3
    with duckdb.connect(str(job.folder / STORE)) as connection:
        found = connection.sql(
            "SELECT root, customer, n_interactions, n_customer_messages, n_thanks, n_urgent, n_dm "
            "FROM bare_conversations ORDER BY customer"
        ).fetchall()
    assert found == [(10, 1, 3, 2, 1, 1, 1), (10, 2, 1, 1, 1, 0, 0), (20, 3, 1, 1, 1, 1, 0)]


def test_the_bare_predict_writes_the_same_columns(tmp_path: Path) -> None:
    """The baseline of predict writes both files with our columns, and a channel for each row."""
    with store_of(tmp_path, TALK) as store:
        path = store.path
    job = job_of("predict", path, tmp_path / "out")
    assert bare.STEPS["predict"](job, Stopwatch()) == 3
    table = pq.read_table(job.folder / "bare.parquet").sort_by("conversation_id")
    assert tuple(table.column_names) == PARQUET_COLUMNS
    assert table["conversation_id"].to_pylist() == ["twitter:10:1", "twitter:10:2", "twitter:20:3"]
    assert table["resolution_status"].to_pylist() == ["open", "no_issue", "no_issue"]
    assert table["channel"].to_pylist() == ["twitter_dm_reply", "no_action", "no_action"]
    with (job.folder / "bare.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert tuple(row) == CSV_COLUMNS
    assert row["customer_id"] == "twitter:1"


def test_the_newest_hundredth_is_parted(tmp_path: Path) -> None:
    """The newest hundredth by date is taken out, wherever it stands; texts stay as they were."""
    tweets = [Tweet(n, "1", f'row {n}, "so"\nit is', hours=(n * 37) % 200) for n in range(200)]
    job = job_of("split", write_tweets(tmp_path / "talk.csv", tweets), tmp_path / "out")
    assert bare.STEPS["split"](job, Stopwatch()) == 2
    parts = {}
    for name in (bare.OLDER, bare.NEWER):
        with (job.folder / name).open(encoding="utf-8", newline="") as file:
            parts[name] = [tuple(row.values()) for row in csv.DictReader(file)]
    newest = {str(n) for n in range(200) if (n * 37) % 200 in (198, 199)}
    assert {row[0] for row in parts[bare.NEWER]} == newest
    assert sorted(parts[bare.OLDER] + parts[bare.NEWER]) == sorted(tweet.cells for tweet in tweets)


def test_a_file_is_made_once(cache: Path, lines: list[Line]) -> None:
    """A whole file in the cache is used again; one that is cut or of another generator is made anew."""
    assert lines[0].rows == ROWS
    path, label = cache / f"synthetic-{ROWS}-1.csv", cache / f"synthetic-{ROWS}-1.json"
    whole, told = path.read_bytes(), label.read_text()

    def after(damage: Callable[[], object]) -> bool:
        """Tell whether the file is made anew, and then is whole."""
        damage()
        before = path.stat().st_ino, path.stat().st_mtime_ns
        with scratch_in(cache) as scratch:
            assert Material(bench_of(cache, scratch)).file(ROWS) == path
        assert path.read_bytes() == whole
        assert label.read_text() == told
        return (path.stat().st_ino, path.stat().st_mtime_ns) != before

    assert not after(lambda: None)
    assert after(lambda: path.write_bytes(whole[:-100]))
    assert after(label.unlink)
    assert after(lambda: label.write_text(json.dumps({**json.loads(told), "generator": "another"})))


def test_a_generator_is_known_by_its_files(tmp_path: Path) -> None:
    """Another module, another word in a data file, another name of a module: each is another generator."""
    (tmp_path / "banks").mkdir()
    (tmp_path / "banks" / "en.yaml").write_text("hello: world")
    first = digest_of_sources(tmp_path)
    (tmp_path / "dice.pyc").write_text("compiled")
    assert digest_of_sources(tmp_path) == first
    (tmp_path / "dice.py").write_text("six = 6")
    second = digest_of_sources(tmp_path)
    (tmp_path / "banks" / "en.yaml").write_text("hello: moon")
    third = digest_of_sources(tmp_path)
    (tmp_path / "dice.py").rename(tmp_path / "die.py")
    assert len({first, second, third, digest_of_sources(tmp_path)}) == 4


def runs_of(*seconds: float, peak: float = 100.0) -> list[Measured]:
    """Give runs that took so long on two cores, the last with the largest memory."""
    return [Measured(one, peak + place, 30, 2 * one) for place, one in enumerate(seconds)]


def test_a_line_tells_medians() -> None:
    """Seconds are medians, memory is the largest, and the ratio is that of the medians."""
    line = Line("x", 60, runs_of(3, 1, 2), runs_of(0.5, 9, 0.4, peak=50), "bare", 1.234, "rows").as_dict()
    assert (line["seconds"], line["baseline_seconds"], line["ratio"]) == (2, 0.5, 4)
    assert (line["peak_rss_mb"], line["baseline_peak_rss_mb"]) == (102, 52)
    assert (line["cpu_seconds"], line["baseline_cpu_seconds"]) == (4, 1)
    assert (line["per_second"], line["load"]) == (15, 1.23)
    assert (line["all_seconds"], line["all_baseline_seconds"]) == ([3, 1, 2], [0.5, 9, 0.4])


def test_steps_add_up_round_by_round() -> None:
    """Several steps together take the sum of their seconds, and hold what the largest holds."""
    added = together([runs_of(1, 2), runs_of(10, 20, peak=200)])
    assert [(run.seconds, run.cpu_seconds) for run in added] == [(11, 22), (22, 44)]
    assert [run.peak_rss_mb for run in added] == [200, 201]


def test_the_figure_shows_what_was_seen() -> None:
    """The figure has one row a step, with the memory of the last run of ours and of the baseline."""
    ours, other = ((0.0, 10.0), (0.1, 30.0)), ((0.0, 5.0), (0.1, 6.0))
    early, late, bare_run = (Measured(1, 30, 1, 1, course) for course in (((0.0, 1.0),), ours, other))
    line = Line("ingest", 60, [early, late], [early, bare_run], "bare", 0.0, "messages")
    [axes] = memory_figure([line]).axes
    drawn = [list(zip(*one.get_data(), strict=True)) for one in axes.get_lines()]
    assert drawn == [list(ours), list(other)]
    [axes] = memory_figure([replace(line, ours=runs_of(1))]).axes
    assert [text.get_text() for text in axes.texts] == ["No data."]


class Echo(BaseHTTPRequestHandler):
    """Answers 200 and counts, or 500 to the body ``bad``; keeps connections open."""

    protocol_version = "HTTP/1.1"
    bodies: list[bytes]
    ports: set[int]

    def do_POST(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.bodies.append(body)
        self.ports.add(self.client_address[1])
        time.sleep(0.002)
        self.send_response(500 if body == b"bad" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def echo() -> Iterator[tuple[str, type[Echo]]]:
    """Give a server of `Echo`."""
    handler = type("Fresh", (Echo,), {"bodies": [], "ports": set()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()
        thread.join()


def test_every_question_is_asked_once(echo: tuple[str, type[Echo]]) -> None:
    """All bodies are asked, each once, over as many connections as were wanted, and each answer is timed."""
    url, server = echo
    bodies = [str(n).encode() for n in range(40)]
    asked = ask(url, "/x", bodies, connections=4)
    assert sorted(server.bodies) == sorted(bodies)
    assert len(server.ports) == 4
    assert len(asked.latencies) == 40
    assert 0.002 <= min(asked.latencies) <= max(asked.latencies) <= asked.seconds


def test_asking_ends_in_time(echo: tuple[str, type[Echo]]) -> None:
    """After its longest time nothing more is asked, and what was asked is answered."""
    url, server = echo
    asked = ask(url, "/x", [b"x"] * 3_000, connections=2, longest_seconds=0.2)
    assert 0 < len(asked.latencies) == len(server.bodies) < 3_000


def test_an_answer_that_is_none_is_an_error(echo: tuple[str, type[Echo]]) -> None:
    """An answer other than 200, and a service that is away, are errors that name what was asked."""
    url, _ = echo
    with pytest.raises(NbaError, match="the service answered 500: bad"):
        ask(url, "/x", [b"fine", b"bad"], connections=1)
    with pytest.raises(NbaError, match=r"no answer from http://127\.0\.0\.1:1/x"):
        ask("http://127.0.0.1:1", "/x", [b"fine"], connections=1)


def test_a_quantile_is_one_of_the_latencies() -> None:
    """Half of four answers came within the third, and 99 of 100 within the hundredth."""
    assert Asked(1.0, [0.4, 0.1, 0.3, 0.2]).quantile(0.5) == 0.3
    assert Asked(1.0, [n / 100 for n in range(100)]).quantile(0.99) == 0.99
