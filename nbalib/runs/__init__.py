"""Runs of notebooks: executed by papermill, recorded in `run.json`, read as HTML reports.

`record` is what a notebook uses, `notebook` and `profile` what the command uses; `report` and `index`
make the pages. In: notebooks and `params/<profile>/`. Out: `outputs/<run_id>/`.
"""

from nbalib.runs.record import Run

__all__ = ["Run"]
