"""What is measured of the likelihood: training, many rows at once, and one row after the other.

In: how to measure; no file is needed. Out: lines, each as soon as its runs are done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.bench.lines import Line, load_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbalib.bench.material import Material
    from nbalib.bench.rounds import Bench

AGAINST = {
    "likelihood_train": "one fit of scikit-learn's trees to the encoded matrix",
    "likelihood_score": "scikit-learn's trees asked about the encoded matrix, one thread",
    "likelihood_score_alone": "scikit-learn's trees asked about one encoded row at a time, one thread",
}


def likelihood(bench: Bench, _material: Material) -> Iterator[Line]:
    """Measure training and asking; `per_second` of the last line counts single rows."""
    for step, against in AGAINST.items():
        load = load_now()
        ours, bare = bench.in_turn(
            {
                step: bench.job("ours", step, bench.cache, rows=bench.rows, seed=bench.seed),
                f"bare {step}": bench.job("bare", step, bench.cache, rows=bench.rows, seed=bench.seed),
            }
        ).values()
        yield Line(
            name=step, rows=bench.rows, ours=ours, baseline=bare, against=against, load=load, counts="rows"
        )
