"""How much memory all processes together hold: the sum of their proportional set sizes (PSS)."""

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

import psutil

PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


def pss_bytes(pid: int) -> int:
    """The proportional set size of one process; 0 when it is gone."""
    with contextlib.suppress(OSError):
        found = PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_bytes())
        if found:
            return int(found.group(1)) * 1024
    return 0


def of_family(pid: int) -> int:
    """The sum over a process and all its descendants, in bytes."""
    try:
        head = psutil.Process(pid)
        pids = [pid, *(child.pid for child in head.children(recursive=True))]
    except psutil.NoSuchProcess:
        return 0
    return sum(pss_bytes(each) for each in pids)


@dataclass(slots=True)
class Gauge:
    """The sum now and the highest seen, in bytes."""

    now: int = 0
    peak: int = 0

    def sample(self, pid: int | None = None) -> None:
        """Look once."""
        self.now = of_family(pid or os.getpid())
        self.peak = max(self.peak, self.now)
