"""Our steps as they are measured: what the commands do between their imports and their last word.

In: a job. Out: how many things it made; the stopwatch has run during the work alone.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from nbalib.as_of import AsOf
from nbalib.bench.jobs import STORE
from nbalib.conversations.process import process as process_all
from nbalib.conversations.reading import Switches
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.ingestion import ingest as ingest_files
from nbalib.params import load_params
from nbalib.predictions.assemble import predict as predict_all
from nbalib.predictions.export import write
from nbalib.predictions.log import log_decisions
from nbalib.predictions.method import load_method
from nbalib.sources.synthetic import write_synthetic
from nbalib.stores.duckdb_store import DuckDBStore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbalib.bench.child import Step
    from nbalib.bench.jobs import Job, Stopwatch

AS_OF = AsOf("last-message")
"""As for an archive: each conversation at its own instant, which is the dearest of the ways."""
PLAIN = Switches(language=False, mood=False, topics=False)
FULL = Switches()


def ingest(job: Job, watch: Stopwatch) -> int:
    """Read a file into a new store, or onto a copy of one; count the messages stored."""
    store = job.folder / STORE
    if job.onto is not None:
        shutil.copyfile(job.onto, store)
    with watch:
        return _ingest(job, store)


def process(job: Job, watch: Stopwatch) -> int:
    """Rebuild conversations in a copy of a store, without the switches; count them."""
    store = _copied(job)
    with watch:
        return _process(job, store, PLAIN)


def process_full(job: Job, watch: Stopwatch) -> int:
    """Rebuild conversations with language, mood and topics; count them."""
    store = _copied(job)
    with watch:
        return _process(job, store, FULL)


def predict(job: Job, watch: Stopwatch) -> int:
    """Decide for all conversations, with templates, reasoning, send time and trace; count them."""
    method = load_method(job.params_dir)
    with watch, DuckDBStore.open(job.source, read_only=True) as store:
        rows = predict_all(PandasEngine(store.connection), method, AS_OF).rows
    return int(rows.num_rows)


def predict_output(job: Job, watch: Stopwatch) -> int:
    """Decide for all conversations, log the decisions and write the files; count the conversations."""
    store = _copied(job)
    with watch:
        return _predict(job, store)


def whole(job: Job, watch: Stopwatch) -> int:
    """Go the whole way from a file to the predictions' files; count the conversations."""
    store = job.folder / STORE
    with watch:
        _ingest(job, store)
        _process(job, store, PLAIN)
        return _predict(job, store)


def synthetic(job: Job, watch: Stopwatch) -> int:
    """Make a synthetic file; count its rows."""
    with watch:
        return write_synthetic(job.folder / "synthetic.csv", rows=job.rows, seed=job.seed).rows


def _copied(job: Job) -> Path:
    store = job.folder / STORE
    shutil.copyfile(job.source, store)
    return store


def _ingest(job: Job, path: Path) -> int:
    params = load_params(job.params_dir)
    with DuckDBStore.open(path) as store:
        report = ingest_files(store, "twitter", [job.source], accounts=params.accounts, now=job.now)
    return sum(file.n_stored for file in report.files)


def _process(job: Job, path: Path, switches: Switches) -> int:
    params = load_params(job.params_dir)
    with DuckDBStore.open(path) as store:
        return process_all(store, params, now=job.now, switches=switches).n_conversations


def _predict(job: Job, path: Path) -> int:
    method = load_method(job.params_dir)
    with DuckDBStore.open(path, read_only=True) as store:
        predictions = predict_all(PandasEngine(store.connection), method, AS_OF)
    with DuckDBStore.open(path) as store:
        log_decisions(store, predictions, job.now)
    return write(predictions, job.folder / "predictions").n_parquet


STEPS: Mapping[str, Step] = {
    step.__name__: step for step in (ingest, process, process_full, predict, predict_output, whole, synthetic)
}
