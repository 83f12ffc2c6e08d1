"""Choose the engine that a name stands for.

In: a name of `ENGINES`, and where Spark runs. Out: the Spark that is asked for, or none.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from nbalib.engines.spark_session import Cluster
from nbalib.errors import InputError, MissingPackageError, nearest

if TYPE_CHECKING:
    from nbalib.settings import SparkSettings

ENGINES = ("pandas", "spark")


def cluster_for(engine: str, spark: SparkSettings) -> Cluster | None:
    """Give the Spark that `engine` asks for; none for pandas. It is not started yet.

    Raises
    ------
    InputError
        There is no such engine.
    MissingPackageError
        Its extra is not installed.
    """
    if engine not in ENGINES:
        raise InputError(f"there is no engine {engine!r}{nearest(engine, ENGINES)}")
    if engine == "pandas":
        return None
    if find_spec("pyspark") is None:
        raise MissingPackageError("pyspark", "spark")
    return Cluster(spark.master, spark.folder, spark.least_rows)
