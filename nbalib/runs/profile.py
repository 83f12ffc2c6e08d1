"""Run the notebooks of a profile, one after the other, into one folder.

In: `params/<profile>/profile.yaml` and one YAML file a notebook, and changes from the command line.
Out: `outputs/<run_id>/` with a page, and `outputs/latest`, a text file that holds the newest run's id.
The run stops at the first notebook that fails.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from nbalib.errors import ParameterError, RunError, nearest
from nbalib.params import Strict, read_mapping, read_yaml
from nbalib.runs.index import write_index
from nbalib.runs.notebook import Execution, run_notebook
from nbalib.runs.parameters import Parameter, checked, declared
from nbalib.runs.source import read_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from nbalib.settings import Settings

PROFILE_FILE = "profile.yaml"
LATEST = "latest"


class Profile(Strict):
    """`profile.yaml`: what a profile's runs are about.

    `store` is ``run`` for a new store in the run's folder, or ``own`` for the one of `NBA_DUCKDB_PATH`.
    `cell_seconds` is the time limit of one cell.
    """

    about: str
    store: Literal["run", "own"] = "own"
    cell_seconds: int = 900


@dataclass(frozen=True)
class RunResult:
    """A run that came to its end."""

    run_id: str
    folder: Path
    index: Path
    notebooks: tuple[Execution, ...]
    seconds: float


@dataclass(frozen=True)
class Job:
    """One notebook, what it declares and what is passed to it."""

    notebook: Path
    known: dict[str, Parameter]
    parameters: dict[str, Any]

    def with_run_level(self, decided: Mapping[str, str]) -> dict[str, Any]:
        """Add what the run decides, where the notebook asks for it and the caller did not."""
        return {**{name: decided[name] for name in self.known if name in decided}, **self.parameters}


def run_profile(
    profile: str,
    notebooks: Sequence[str],
    overrides: Mapping[str, str],
    settings: Settings,
    *,
    now: datetime,
    progress: Callable[[str], None] = lambda line: None,
) -> RunResult:
    """Run `notebooks` (all of the profile, if none are named) with the profile's parameters.

    Parameters
    ----------
    overrides : mapping of str to str
        Changes given as text; each goes to every notebook that has such a parameter.
    now : datetime
        Start of the run, UTC; names its folder.

    Raises
    ------
    ParameterError
        A profile, notebook or parameter is unknown, or a value does not fit; nothing has been started.
    RunError
        A notebook failed; the message names it, its cell, the error and the report.
    """
    settled = _read_profile(profile, settings.params_dir)
    jobs = _jobs(_choose(profile, notebooks, settings.params_dir / profile), settings, overrides)
    folder = _new_folder(settings.outputs_dir.absolute(), f"{now:%Y%m%d-%H%M%S}-{profile}")
    start = time.perf_counter()
    try:
        done = _run_jobs(jobs, folder, settled, _decided(settled, folder, settings, now), progress)
    finally:
        seconds = round(time.perf_counter() - start, 3)
        names = [job.notebook.stem for job in jobs]
        about = {"profile": profile, "about": settled.about, "started_at": f"{now:%Y-%m-%d %H:%M} UTC"}
        index = write_index(folder, names, seconds=seconds, **about)
        _point_latest(folder)
    return RunResult(folder.name, folder, index, done, seconds)


def _run_jobs(
    jobs: Sequence[Job],
    folder: Path,
    settled: Profile,
    decided: Mapping[str, str],
    progress: Callable[[str], None],
) -> tuple[Execution, ...]:
    """Run one notebook after the other; the first that fails ends the run."""
    done = []
    for number, job in enumerate(jobs, start=1):
        name, place = job.notebook.stem, f"[{number}/{len(jobs)}]"
        progress(f"{place} {name} …")
        execution = run_notebook(
            job.notebook,
            folder / name,
            job.with_run_level(decided),
            cell_seconds=settled.cell_seconds,
            started_at=decided["now"],
            progress=progress,
        )
        progress(f"{place} {name} done in {execution.seconds:.1f} s")
        done.append(execution)
    return tuple(done)


def _decided(settled: Profile, folder: Path, settings: Settings, now: datetime) -> dict[str, str]:
    """Give what the run decides for every notebook that declares a parameter of the name."""
    store = folder / "nba.duckdb" if settled.store == "run" else settings.duckdb_path.absolute()
    return {
        "run_dir": str(folder),
        "duckdb_path": str(store),
        "params_dir": str(settings.params_dir.absolute()),
        "now": f"{now:%Y-%m-%dT%H:%M:%SZ}",
    }


def profiles(params_dir: Path) -> list[str]:
    """Give the names of the profiles in `params_dir`."""
    return sorted(path.parent.name for path in params_dir.glob(f"*/{PROFILE_FILE}"))


def latest_run(outputs_dir: Path) -> Path:
    """Give the folder of the newest run.

    Raises
    ------
    RunError
        There has been none, or its folder is gone.
    """
    marker = outputs_dir / LATEST
    if not marker.exists():
        raise RunError(f"there is no run in {outputs_dir} yet; make one with: nba run demo")
    folder = outputs_dir / marker.read_text(encoding="utf-8").strip()
    if not folder.is_dir():
        raise RunError(f"{marker} names {folder.name}, which is not there")
    return folder


def _read_profile(profile: str, params_dir: Path) -> Profile:
    known = profiles(params_dir)
    if profile not in known:
        raise ParameterError(f"there is no profile {profile!r} in {params_dir}{nearest(profile, known)}")
    return read_yaml(params_dir / profile / PROFILE_FILE, Profile)


def _choose(profile: str, asked: Sequence[str], folder: Path) -> list[Path]:
    """Give the parameter files of the notebooks asked for, in their order of number."""
    known = {path.stem: path for path in sorted(folder.glob("[0-9][0-9]_*.yaml"))}
    numbers = {name[:2]: name for name in known}
    found = set()
    for wanted in asked:
        name = numbers.get(wanted, wanted.removesuffix(".ipynb"))
        if name not in known:
            raise ParameterError(f"profile {profile!r} has no notebook {wanted!r}{nearest(name, known)}")
        found.add(name)
    return [known[name] for name in sorted(found or known)]


def _jobs(chosen: Sequence[Path], settings: Settings, overrides: Mapping[str, str]) -> list[Job]:
    """Check every parameter of every notebook before the first one starts."""
    unused = set(overrides)
    jobs, names = [], set()
    for path in chosen:
        notebook = settings.notebooks_dir / f"{path.stem}.ipynb"
        known = declared(read_notebook(notebook), notebook.name)
        names |= set(known)
        unused -= set(known)
        given = checked(known, read_mapping(path), notebook.name)
        jobs.append(Job(notebook, known, {**given, **_changes(known, overrides)}))
    if unused:
        name = min(unused)
        raise ParameterError(f"no notebook of this run has a parameter {name!r}{nearest(name, names)}")
    return jobs


def _changes(known: Mapping[str, Parameter], overrides: Mapping[str, str]) -> dict[str, Any]:
    return {name: known[name].read(text) for name, text in overrides.items() if name in known}


def _new_folder(outputs: Path, run_id: str) -> Path:
    """Make a folder that is new; two runs of one second get two."""
    plain = re.sub(r"[^0-9A-Za-z-]", "-", run_id)
    for n in range(1, 100):
        folder = outputs / (plain if n == 1 else f"{plain}-{n}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise RunError(f"a hundred runs in {outputs} are named {plain}")


def _point_latest(folder: Path) -> None:
    draft = folder.parent / f"{LATEST}.part"
    draft.write_text(f"{folder.name}\n", encoding="utf-8")
    draft.replace(folder.parent / LATEST)
