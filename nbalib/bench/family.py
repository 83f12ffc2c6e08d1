"""What a process and all that it started have used: Spark's work is done by others.

In: this process. Out: CPU seconds, where the system tells them (Linux); else 0.
"""

from __future__ import annotations

import os
from pathlib import Path

_PARENT, _CPU = 1, slice(11, 15)


def family_cpu_seconds() -> float:
    """Add up the CPU seconds of this process and its descendants, those included that they waited for."""
    ticks = {pid: (int(words[_PARENT]), sum(map(int, words[_CPU]))) for pid, words in _processes()}
    total, asking = 0, [os.getpid()]
    while asking:
        pid = asking.pop()
        total += ticks.get(pid, (0, 0))[1]
        asking += [child for child, (parent, _) in ticks.items() if parent == pid]
    return total / os.sysconf("SC_CLK_TCK")


def _processes() -> list[tuple[int, list[str]]]:
    """List all processes with the words that follow their names in /proc."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = path.read_text(encoding="utf-8", errors="replace")
        except OSError:  # it has ended
            continue
        found.append((int(path.parent.name), said[said.rindex(")") + 2 :].split()))
    return found
