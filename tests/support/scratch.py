"""Folders for one run; those of runs that were killed are found by their owner and removed."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import psutil

PREFIX = "dengwen-run-"
"""The process that owns the folder follows."""


def scratch_folder(parent: Path) -> Path:
    """A new folder below ``parent`` that every user may enter; whoever makes it removes it.

    A killed run can't: so the next one ends what still runs in a folder whose owner is gone, and removes it.
    """
    for left in parent.glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).partition("-")[0]
        if not psutil.pid_exists(int(owner)):
            _end_what_runs_in(left)
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    folder.chmod(0o755)
    return folder


def _end_what_runs_in(folder: Path) -> None:
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in word for word in process.info["cmdline"] or ()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
