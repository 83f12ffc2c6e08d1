"""What one notebook run found out, kept in `run.json` beside its executed copy.

In: metrics, figures, tables and facts, as the notebook finds them. Out: `run.json`, one PNG a figure,
one CSV or Parquet file a table. The file is written anew, atomically, at each step, so that a run that
fails keeps what it had learned. NaN, and a name used twice, are refused.
"""

from __future__ import annotations

import json
import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nbalib.errors import RunError
from nbalib.runs.shown import Bullets, Grid, Picture, Sentence, picture
from nbalib.settings import REPOSITORY
from nbalib.spreadsheets import inert_cell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

FILE = "run.json"
NAME = re.compile(r"[a-z][a-z0-9_]*")


class Run:
    """What one notebook run found out.

    Attributes
    ----------
    folder : pathlib.Path
        Where `run.json`, figures and tables lie.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._facts: dict[str, Any] = {
            "notebook": name,
            "status": "running",
            "facts": {},
            "metrics": {},
            "figures": {},
            "tables": {},
        }

    @classmethod
    def open(cls, run_dir: str | Path, name: str) -> Run:
        """Begin the record of notebook `name` in the folder ``run_dir/name``.

        A relative `run_dir` starts at the repository, wherever Jupyter was started.
        """
        run = cls(REPOSITORY / run_dir / name, name)
        run.folder.mkdir(parents=True, exist_ok=True)
        run._write()
        return run

    def metric(self, name: str, value: float, unit: str = "") -> float:
        """Record one number under a name that is new in this run; return it for display.

        Raises
        ------
        RunError
            The name was used already, or the value is no finite number.
        """
        plain = value.item() if isinstance(value, np.generic) else value
        if isinstance(plain, bool) or not isinstance(plain, int | float) or not math.isfinite(plain):
            raise RunError(f"metric {name!r} is not a finite number: {value!r}")
        self._add("metrics", name, {"value": plain, "unit": unit})
        return plain

    def fact(self, name: str, value: str | float | bool | datetime) -> Sentence:
        """Record one fact that is not measured, such as which data were read; return it for display.

        An instant is kept as text, in UTC to the minute; an unknown one (NaT) as ``none``.
        """
        if isinstance(value, datetime):
            value = "none" if pd.isna(value) else f"{value:%Y-%m-%d %H:%M} UTC"
        self._add("facts", name, value)
        return Sentence(f"{name.replace('_', ' ').capitalize()}: {value}.")

    def figure(self, name: str, figure: Figure) -> Picture:
        """Save `figure` as ``<name>.png`` and return the picture for display."""
        self._refuse_known("figures", name)
        drawn = picture(figure)
        _replace(self.folder / f"{name}.png", drawn.png)
        self._add("figures", name, {"file": f"{name}.png", "title": drawn.alt})
        return drawn

    def table(
        self,
        name: str,
        frame: pd.DataFrame | pa.Table,
        caption: str = "",
        *,
        rows: int = 10,
        form: Literal["csv", "parquet"] = "csv",
    ) -> Grid:
        """Save `frame` as ``<name>.csv`` or ``.parquet`` and return its first `rows` rows for display.

        In the CSV a text that a spreadsheet would run as a formula is led by an apostrophe.
        """
        self._refuse_known("tables", name)
        arrow = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
        shown = frame.to_pandas() if isinstance(frame, pa.Table) else frame
        file = f"{name}.{form}"
        draft = self.folder / f"{file}.part"
        if form == "csv":
            shown.map(inert_cell).to_csv(draft, index=False, lineterminator="\r\n")
        else:
            pq.write_table(arrow, draft)
        draft.replace(self.folder / file)
        self._add("tables", name, {"file": file, "n_rows": arrow.num_rows})
        return Grid(shown, rows, caption)

    def say(self, *texts: str) -> Sentence | Bullets:
        """Give a computed sentence for display, or several as a list."""
        return Sentence(texts[0]) if len(texts) == 1 else Bullets(texts)

    def close(self) -> Sentence:
        """Mark the record as whole and say where it is."""
        self._facts["status"] = "done"
        self._write()
        counts = (f"{kind} {len(self._facts[kind])}" for kind in ("metrics", "figures", "tables"))
        return Sentence(f"Recorded in {self.folder.name}/{FILE}: {', '.join(counts)}.")

    def _add(self, kind: str, name: str, value: object) -> None:
        self._refuse_known(kind, name)
        self._facts[kind][name] = value
        self._write()

    def _refuse_known(self, kind: str, name: str) -> None:
        if not NAME.fullmatch(name):
            raise RunError(f"{name!r} is not a name of small letters, digits and underscores")
        if name in self._facts[kind]:
            raise RunError(f"{kind[:-1]} {name!r} was recorded already")

    def _write(self) -> None:
        write_record(self.folder, self._facts)


def read_record(folder: Path) -> dict[str, Any]:
    """Read the record in `folder`; an absent one is empty.

    Raises
    ------
    RunError
        The file is not JSON.
    """
    path = folder / FILE
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except json.JSONDecodeError as error:
        raise RunError(f"{path} is not readable: {error}") from error
    return content


def write_record(folder: Path, facts: Mapping[str, Any]) -> None:
    """Replace the record in `folder`, so that a reader sees the old one or the new one.

    Raises
    ------
    RunError
        A value is NaN or has no JSON form.
    """
    try:
        text = json.dumps(facts, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
    except (TypeError, ValueError) as error:
        raise RunError(f"the record in {folder.name} cannot hold a value: {error}") from error
    _replace(folder / FILE, text.encode())


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
