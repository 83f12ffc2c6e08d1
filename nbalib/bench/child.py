"""The measured process: run one job, and say how long it took and how much memory it had.

In: a job as JSON, the only argument. Out: one line of JSON on stdout; an error as its last line on stderr.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from nbalib.bench.jobs import Job, Stopwatch
from nbalib.bench.resident import peak_mb
from nbalib.errors import NbaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Step = Callable[[Job, Stopwatch], int]


def main() -> int:
    """Run the job and give the exit code."""
    job, watch = Job.from_json(sys.argv[1]), Stopwatch()
    try:
        counted = steps_of(job)[job.step](job, watch)
    except NbaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    told = {
        "seconds": watch.seconds,
        "peak_rss_mb": peak_mb(),
        "counted": counted,
        "cpu_seconds": watch.cpu_seconds,
    }
    sys.stdout.write(f"{json.dumps(told)}\n")
    return 0


def steps_of(job: Job) -> Mapping[str, Step]:
    """Give the steps of a job's side; a baseline does not load what only our steps need."""
    if job.db == "postgres":
        from nbalib.bench import on_postgres

        return on_postgres.STEPS[job.side]
    if job.spark:
        from nbalib.bench import on_spark

        return on_spark.STEPS[job.side]
    if job.db == "clickhouse":
        from nbalib.bench import on_clickhouse

        return on_clickhouse.STEPS[job.side]
    if job.step.startswith("likelihood_"):
        from nbalib.bench import likelihood_steps

        return likelihood_steps.STEPS[job.side]
    if job.side == "bare":
        from nbalib.bench import bare

        return bare.STEPS
    from nbalib.bench import ours

    return ours.STEPS


if __name__ == "__main__":
    sys.exit(main())
