"""Where Spark runs: a session that starts when it is first needed, and tasks given out to its workers.

In: a master (``local[*]`` or ``spark://host:port``) and a folder that driver and workers share. Out: a
session in UTC whose workers run this Python with this nbalib, and what their tasks make.
"""

from __future__ import annotations

import atexit
import os
import re
import sys
import warnings
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property, partial
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nbalib.engines.java import use_java
from nbalib.errors import EngineError, MissingPackageError, NbaError
from nbalib.stores.scratch_folder import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from types import ModuleType

    from pyspark.sql import SparkSession

Task = TypeVar("Task")
Result = TypeVar("Result")

PACKAGE = Path(__file__).resolve().parents[2]
"""Folder that holds nbalib; workers look for it there, unless they have it installed."""

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.driver.memory": "2g",
    "spark.executor.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
LOOPBACK = "127.0.0.1"
MOST_SAID = 500


class Cluster:
    """One Spark, used by one process.

    Parameters
    ----------
    master : str
        As `SPARK_MASTER` names it.
    shared : Path
        Folder for what passes between driver and workers; all of them must see it.
    least_rows : int
        Fewer rows are not worth its start: an engine does them without it.
    """

    def __init__(self, master: str, shared: Path, least_rows: int) -> None:
        self.master = master
        self.shared = shared
        self.least_rows = least_rows

    @cached_property
    def session(self) -> SparkSession:
        """The session; it takes some seconds to start, and ends with the process.

        Raises
        ------
        MissingPackageError
            pyspark is not installed.
        EngineError
            There is no Java, or no Spark at the master.
        """
        sql = pyspark_sql()
        use_java()
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = sql.SparkSession.builder.master(self.master).appName("nbalib")
        for name, value in {**SETTINGS, **_places(self.master)}.items():
            builder = builder.config(name, value)
        try:
            with quiet():
                session: SparkSession = builder.getOrCreate()
        except Exception as error:  # py4j, pyspark and Java each have their own kinds
            said = _first_line(error)
            raise EngineError(f"Spark does not start; is it at {self.master}? {said}") from error
        atexit.register(self.stop)  # Java, left to itself, complains of what it was doing
        return session

    def stop(self) -> None:
        """End the session, if it was started."""
        if self.is_started:
            self.session.stop()
            del self.session

    @property
    def is_started(self) -> bool:
        """Tell whether there is a session."""
        return "session" in self.__dict__

    @property
    def n_cores(self) -> int:
        """Tasks that run at once."""
        return int(self.session.sparkContext.defaultParallelism)

    def folder(self) -> AbstractContextManager[Path]:
        """Give an empty folder that driver and workers share, inside the block."""
        return scratch_folder(self.shared.resolve())

    def each(self, tasks: Iterable[Task], function: Callable[[Task], Result]) -> Iterator[Result]:
        """Let workers apply `function` to each of `tasks`; give the results in the tasks' order.

        Tasks are taken and results given as the work goes on: not many of either wait in memory. A task
        whose worker dies is given to another one, so that `function` may run twice.

        Raises
        ------
        NbaError
            What `function` raised.
        EngineError
            A task failed otherwise, several times over.
        """
        context = self.session.sparkContext

        def run(task: Task) -> Result:
            with told("a task"):
                [made] = context.parallelize([task], 1).map(partial(_tried, function)).collect()
            if isinstance(made, NbaError):
                raise made
            result: Result = made
            return result

        n_ahead = 2 * self.n_cores
        with ThreadPoolExecutor(n_ahead, thread_name_prefix="nbalib-spark") as pool:
            waiting = iter(tasks)
            running: deque[Future[Result]] = deque(pool.submit(run, one) for one in islice(waiting, n_ahead))
            try:
                while running:
                    result = running.popleft().result()
                    running.extend(pool.submit(run, one) for one in islice(waiting, 1))
                    yield result
            finally:
                for one in running:
                    one.cancel()


def pyspark_sql() -> ModuleType:
    """Import pyspark.

    Raises
    ------
    MissingPackageError
        It is not installed.
    """
    try:
        with quiet():
            import pyspark.sql
    except ImportError as error:
        raise MissingPackageError("pyspark", "spark") from error
    return pyspark.sql


@contextmanager
def quiet() -> Iterator[None]:
    """Silence pyspark's warning that it does not yet know this pandas: nothing here goes through pandas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say in one line what Spark says in a hundred."""
    try:
        with quiet():
            yield
    except NbaError:
        raise
    except Exception as error:  # py4j, pyspark and Java each have their own kinds
        raise EngineError(f"Spark: {what} failed: {_first_line(error)}") from error


def _tried(function: Callable[[Any], Any], task: Any) -> Any:
    """Run a task; an error of ours comes back as a value: Spark would make a text of it, and try again."""
    try:
        return function(task)
    except NbaError as error:
        return error


def _places(master: str) -> dict[str, str]:
    """Settle where workers find nbalib, where Java finds its log's settings, and who listens where."""
    log = files("nbalib.engines").joinpath("log4j2.properties")
    found = {
        "spark.executorEnv.PYTHONPATH": str(PACKAGE),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log}",
    }
    if master.startswith("local") or LOOPBACK in master:
        found |= {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}
    return found


def _first_line(error: Exception) -> str:
    """Find what a traceback of several languages is about: Python's error, else Java's, else its start."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    for pattern in (r"\w+(Error|Exception): ", r"(: |Caused by: )?[\w.]+(Error|Exception): (?!Job aborted)"):
        for line in lines:
            if re.match(pattern, line):
                return line.removeprefix(": ")[:MOST_SAID]
    return lines[0][:MOST_SAID] if lines else type(error).__name__
