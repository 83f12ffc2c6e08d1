"""The set-up of the repository holds together: requirements, locks, settings and environments."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib

import pytest
import yaml
from house import files, imported, lock_differences, lock_faults, no_fault, text_of, unmet
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-model.lock")
VARIABLE = re.compile(r'"((?:NBA|DATA|OPENAI|AZURE|CLICKHOUSE|POSTGRES|SUPABASE|SPARK)_[A-Z_]+)"')


def required() -> tuple[list[str], list[str]]:
    """Read from pyproject.toml what the package needs always, and what its extras add."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extras = [wanted for extra in project["optional-dependencies"].values() for wanted in extra]
    return project["dependencies"], extras


def test_locks_hold_one_version_a_line() -> None:
    """A lock holds packages in one version each: no address, no option, no path."""
    no_fault([fault for name in LOCKS for fault in lock_faults(name, text_of(name))])


@pytest.mark.parametrize(
    "bad", ["numpy>=2", "numpy", "-e .", "--no-binary :all:", "numpy @ file:x.whl", "./numpy"]
)
def test_a_loose_line_is_found(bad: str) -> None:
    """A range, an option, an address and a path are found in a lock."""
    assert lock_faults("m.lock", f"# a lock\npandas==3.1.1\n{bad}\n") == [
        f"m.lock:3: not a package in one version: {bad}"
    ]


def test_locks_agree() -> None:
    """`make test` keeps every version that `make run` installed."""
    no_fault(lock_differences(text_of("requirements.lock"), text_of("requirements-dev.lock")))


def test_a_difference_of_locks_is_found() -> None:
    """Another version and an absent package are found; a further package and a marker are free."""
    core = "A.b==1 ; python_version < '3.12'\na-b==2 ; python_version >= '3.12'\nc==1\nd==1\n"
    assert lock_differences(core, "a-b==1\na-b==2\nc==2\ne==1\n") == [
        "c: ['1'] for make run, ['2'] for make test",
        "d: ['1'] for make run, [] for make test",
    ]


def test_locks_meet_the_requirements() -> None:
    """The locks are as new as pyproject.toml: what it asks for, they hold."""
    core, extras = required()
    no_fault(unmet(core, text_of("requirements.lock")) + unmet(extras, text_of("requirements-dev.lock")))


def test_an_unmet_requirement_is_found() -> None:
    """An old version and an absent package are found."""
    assert unmet(["a>=2", "b", "C_d[x]>=1"], "a==1\nc-d==1.5\n") == ["a>=2", "b"]


def test_imports_are_declared() -> None:
    """Every package that ours import is named in pyproject.toml, not merely brought along by another."""
    core, extras = required()
    declared = {canonicalize_name(Requirement(wanted).name) for wanted in core + extras}
    owners = importlib.metadata.packages_distributions()
    known = set(sys.stdlib_module_names) | {"nbalib", "service"}
    used = {(name, module.partition(".")[0]) for name in files("*.py") for module in imported(text_of(name))}
    undeclared = [
        f"{name}: {package} is not declared"
        for name, package in sorted(used)
        if package not in known
        and not declared & {canonicalize_name(owner) for owner in owners.get(package, [package])}
    ]
    no_fault(undeclared)


def test_imports_are_found_wherever_they_stand() -> None:
    """An import inside a function and a dotted one are seen; a neighbour's is not another package's."""
    source = "import a.b\nfrom . import c\ndef f():\n    from d.e import g, h\n"
    assert imported(source) == {"a.b", "d.e.g", "d.e.h"}


def test_settings_are_explained() -> None:
    """Every variable of the environment that our packages read stands in .env.example."""
    read = {variable for name in files("*.py") for variable in VARIABLE.findall(text_of(name))}
    explained = set(re.findall(r"^# ([A-Z][A-Z_]+)=", text_of(".env.example"), re.MULTILINE))
    assert "OPENAI_API_KEY" in read
    no_fault([f".env.example does not explain {variable}" for variable in sorted(read - explained)])


def test_conda_installs_the_same_versions() -> None:
    """environment.yml takes the lock and the package from here, and nothing else."""
    dependencies = yaml.safe_load(text_of("environment.yml"))["dependencies"]
    assert dependencies[-1] == {"pip": ["-r requirements.lock", "-e ."]}
