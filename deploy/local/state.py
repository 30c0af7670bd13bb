"""What the supervisor says of itself: one small file, written anew at every change, read by everybody."""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.home import Home


@dataclass(slots=True)
class Step:
    """One step of the start: its words for people, how long it took, and running, done, failed or left."""

    name: str
    state: str = "running"
    seconds: float = 0.0


@dataclass(slots=True)
class State:
    """The platform at one moment; ``phase`` is starting, ready, stopping, stopped or failed."""

    pid: int
    born: float
    phase: str = "starting"
    message: str = ""
    origins: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    programs: list[dict[str, Any]] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    memory_now: int = 0
    memory_peak: int = 0

    def write(self, home: Home) -> None:
        """Replace the file, so that a reader sees the old or the new and nothing between."""
        beside = home.state.with_suffix(".new")
        beside.touch(0o600)
        beside.write_text(json.dumps(asdict(self)))
        beside.replace(home.state)


def read(home: Home) -> Mapping[str, Any] | None:
    """What was written last, by a supervisor living or dead; None when there is nothing readable."""
    try:
        found: Mapping[str, Any] = json.loads(home.state.read_text())
    except (OSError, ValueError):
        return None
    return found


class AlreadyRunning(Exception):
    """Another supervisor holds the installation."""


def hold(file: Path) -> int:
    """Take the installation for this process; the kernel gives it back when the process is gone.

    Raises AlreadyRunning. A pid file left by a dead supervisor holds nothing.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as held:
        os.close(descriptor)
        raise AlreadyRunning from held
    return descriptor


def is_held(home: Home) -> bool:
    """Whether a living supervisor holds the installation."""
    if not home.lock.exists():
        return False
    try:
        descriptor = hold(home.lock)
    except AlreadyRunning:
        return True
    os.close(descriptor)
    return False
