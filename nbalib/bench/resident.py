"""How much memory a process holds, and held at most.

In: a process. Out: megabytes of 1,000,000 bytes.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path


def resident_mb(pid: int) -> float | None:
    """Give the resident memory of a process; None where it cannot be read, or has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_mb(pid: int | None = None) -> float:
    """Give the largest resident memory so far of a child process, or of this one.

    Linux counts into a process's `ru_maxrss` what its parent held when it started it, so that it is
    asked only where there is nothing better; of a child it then tells after its end.
    """
    try:
        status = Path(f"/proc/{pid or 'self'}/status").read_text(encoding="utf-8")
    except OSError:
        status = ""
    if (found := re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)) is not None:
        return int(found[1]) * 1024 / 1e6
    import resource  # absent on Windows

    whose = resource.RUSAGE_SELF if pid is None else resource.RUSAGE_CHILDREN
    largest = resource.getrusage(whose).ru_maxrss
    return largest / 1e6 if sys.platform == "darwin" else largest * 1024 / 1e6
