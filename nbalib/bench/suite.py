"""Choose what is measured, and leave nothing behind but the cache and the figure.

In: a part's name and how to measure. Out: lines, and `memory.png` in the cache.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from nbalib.bench import parts, spark
from nbalib.bench.likelihood import likelihood
from nbalib.bench.lines import Line
from nbalib.bench.material import Material
from nbalib.bench.serving import can_serve, serve
from nbalib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbalib.bench.parts import Part
    from nbalib.bench.rounds import Bench

What = Literal["ingest", "process", "predict", "serve", "likelihood", "spark", "all"]

PARTS: Mapping[What, tuple[Part, ...]] = {
    "ingest": (parts.ingest,),
    "process": (parts.process,),
    "predict": (parts.predict,),
    "serve": (serve,),
    "likelihood": (likelihood,),
    "spark": (spark.whole, spark.roots, spark.map_stages),
    "all": (parts.ingest, parts.process, parts.predict, serve, parts.whole, parts.synthetic),
}
ON_SERVERS: Mapping[str, Mapping[str, tuple[Part, ...]]] = {
    "postgres": {"ingest": (parts.ingest_postgres,)},
    "clickhouse": {"ingest": (parts.ingest_clickhouse,)},
}
"""What is measured elsewhere: on the server that its setting names; of ClickHouse, the embedded engine."""
DRAWN = ("ingest", "process", "predict")
FIGURE = "memory.png"
DOTS_PER_INCH = 150


@contextmanager
def scratch_in(cache: Path) -> Iterator[Path]:
    """Give an empty folder inside `cache`, which is made if it is absent; it goes with all it holds."""
    cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="scratch-", dir=cache.resolve()) as scratch:
        yield Path(scratch)


def measure(what: What, bench: Bench, *, memory: bool = False, db: str = "duckdb") -> Iterator[Line]:
    """Measure one part, or all.

    Parameters
    ----------
    db : str
        The store to measure in; on a server only what `ON_SERVERS` has is measured.
    memory : bool
        Also measure how memory grows, and draw it over time; `all` does so anyway.

    Yields
    ------
    Line
        As soon as its runs are done.

    Raises
    ------
    InputError
        This part is not measured in this store.
    NbaError
        A run failed; nothing is measured after it.
    MissingPackageError
        `serve` was asked for, and the service's packages are not installed.
    """
    material, drawn = Material(bench), list[Line]()
    if db != "duckdb":
        for part in _on_server(db, what):
            yield from part(bench, material)
        return
    for part in PARTS[what]:
        if part is serve and what == "all" and not can_serve():
            bench.tell("serve is left out: pip install 'nbalib[service]' brings what it needs")
            continue
        for line in part(bench, material):
            if line.name in DRAWN:
                drawn.append(line)
            yield line
    if memory or what == "all":
        yield from parts.ingest_memory(bench, material)
        _draw(drawn, bench)


def _on_server(db: str, what: What) -> tuple[Part, ...]:
    known = ON_SERVERS.get(db, {})
    if what not in known:
        measured = ", ".join(known) or "nothing"
        raise InputError(f"in the store {db!r} {measured} is measured, not {what}")
    return known[what]


def _draw(lines: Sequence[Line], bench: Bench) -> None:
    from nbalib.bench.memory_figure import memory_figure  # matplotlib takes long to import

    path = bench.cache / FIGURE
    memory_figure(lines).savefig(path, dpi=DOTS_PER_INCH)
    bench.tell(f"memory over time: {path}")
