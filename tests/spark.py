"""Spark for tests: engines that give even a few rows to workers, and a real cluster of processes.

In: a folder. Out: a `Cluster`, or a master with two workers on loopback, started from the wheel.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nbalib.engines.spark_engine import SparkEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbalib.engines.spark_session import Cluster


def engine_on(cluster: Cluster) -> Callable[..., SparkEngine]:
    """Give what makes an engine that leaves nothing to this process, however few rows there are."""
    return partial(SparkEngine, cluster=cluster, least_rows=0)
