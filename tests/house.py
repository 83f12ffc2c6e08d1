"""The house rules, each a function that reads one text and says what breaks the rule.

In: a file's name inside the repository, and its text. Out: one sentence a fault, with file and line;
an empty list is a clean file.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import sqlglot
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlglot import exp

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGES = ("nbalib", "service")

MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 50

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("Timestamp", "now"),
    ("Timestamp", "today"),
    ("Timestamp", "utcnow"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
"""Owner and name of what reads the wall clock; monotonic clocks, which measure spans, are free."""

SQL_CLOCK = re.compile(
    r"\b(?:now|today|get_current_timestamp|transaction_timestamp)\(|\b(?:current_(?:timestamp|date|time)|localtimestamp)\b",
    re.IGNORECASE,
)
SQL_COMMENT = re.compile(r"--.*")

REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|anaconda|conda)\.(?:org|com)\b|--(?:extra-)?index-url|--find[-]links"
)
MACHINE_PATH = re.compile(r"(?<![\w.~}>)\]])/(?:tmp|work|root|farm|home|Users)/|\b[A-Z]:\\Users\\")


def files(pattern: str) -> list[str]:
    """Name the files of our packages that match, committed or not."""
    found = [path for package in PACKAGES for path in (REPOSITORY / package).rglob(pattern)]
    return sorted(path.relative_to(REPOSITORY).as_posix() for path in found)


def text_of(name: str) -> str:
    """Read a file of the repository."""
    return (REPOSITORY / name).read_text(encoding="utf-8")


def no_fault(found: list[str]) -> None:
    """Fail with every fault on a line of its own."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def size_faults(name: str, text: str) -> list[str]:
    """Find a module or a function that has grown too long to be read at one go."""
    n_lines = text.count("\n")
    found = [f"{name}: {n_lines} lines, more than {MAX_MODULE_LINES}"] if n_lines > MAX_MODULE_LINES else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            n_lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if n_lines > MAX_FUNCTION_LINES:
                found.append(
                    f"{name}:{node.lineno}: {node.name} has {n_lines} lines, more than {MAX_FUNCTION_LINES}"
                )
    return found


def docstring_faults(name: str, text: str) -> list[str]:
    """Find a module that does not open with a docstring; an empty file needs none."""
    tree = ast.parse(text)
    return [f"{name}: has no docstring"] if tree.body and not ast.get_docstring(tree) else []


def clock_faults(name: str, text: str) -> list[str]:
    """Find what reads the wall clock, in Python and in the SQL inside its strings."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            owner = (
                node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            )
            if (owner, node.attr) in CLOCKS:
                found.append((node.lineno, f"{owner}.{node.attr}"))
        elif isinstance(node, ast.ImportFrom):
            found += [
                (node.lineno, f"{node.module}.{a.name}")
                for a in node.names
                if (node.module, a.name) in CLOCKS
            ]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [(node.lineno, clock) for clock in SQL_CLOCK.findall(node.value)]
    return [f"{name}:{line}: reads the wall clock by {clock}" for line, clock in sorted(found)]


def address_faults(name: str, text: str) -> list[str]:
    """Find the address of a package registry, or a path of one machine."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        for meaning, pattern in (("a registry's address", REGISTRY), ("a path of one machine", MACHINE_PATH)):
            found += [f"{name}:{number}: {meaning}: {match.group()}" for match in pattern.finditer(line)]
    return found


def sql_faults(name: str, text: str) -> list[str]:
    """Find SQL that sqlglot cannot read, or that does not mean the same in every store."""
    try:
        statements = sqlglot.parse(text, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        return [f"{name}: sqlglot cannot read it: {error}"]
    found = [f"{name}: reads the wall clock by {c}" for c in SQL_CLOCK.findall(SQL_COMMENT.sub("", text))]
    for statement in statements:
        if statement is None or isinstance(statement, exp.Command):
            found.append(f"{name}: a statement that sqlglot does not understand")
        elif statement.find(exp.Filter):
            found.append(f"{name}: FILTER on an aggregate: write CASE WHEN inside it")
    return found


def lock_faults(name: str, text: str) -> list[str]:
    """Find a line of a lock that is not one package in one version."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if (
            line.strip()
            and not line.startswith("#")
            and not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!]+( ;|$)", line)
        ):
            found.append(f"{name}:{number}: not a package in one version: {line}")
    return found


def locked(text: str) -> dict[str, set[str]]:
    """Read a lock: package → its versions, of which each Python takes one."""
    versions: dict[str, set[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            package = Requirement(line)
            versions.setdefault(canonicalize_name(package.name), set()).add(
                str(package.specifier).removeprefix("==")
            )
    return versions


def lock_differences(core: str, everything: str) -> list[str]:
    """Find the packages of the lock `core` that the lock `everything` holds otherwise, or not at all."""
    larger = locked(everything)
    return [
        f"{package}: {sorted(versions)} for make run, {sorted(larger.get(package, ()))} for make test"
        for package, versions in locked(core).items()
        if versions != larger.get(package)
    ]


def unmet(requirements: list[str], lock: str) -> list[str]:
    """Find the requirements that a lock does not meet."""
    held = locked(lock)
    return [
        text
        for text in requirements
        for wanted in [Requirement(text)]
        if not (found := held.get(canonicalize_name(wanted.name)))
        or not all(wanted.specifier.contains(version, prereleases=True) for version in found)
    ]


def imported(text: str) -> set[str]:
    """Name, with dots, what a module imports from other packages, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room_faults(name: str, text: str, closed: set[str]) -> list[str]:
    """Find the imports of rooms of nbalib that are closed to a module."""
    rooms = {tuple(module.split(".")[:2]) for module in imported(text)}
    return [
        f"{name}: imports nbalib.{room}, which is closed to it"
        for room in sorted(closed)
        if ("nbalib", room) in rooms
    ]
