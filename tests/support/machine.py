"""A whole installation of its own for a test: a folder, free ports, the ``dengwen`` command on it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.home import Home
from deploy.local.infrastructure import secret_names
from deploy.local.ports import Ports, taken
from deploy.local.processes import KINDS, REPOSITORY, Installation
from tests.support.scratch import scratch_folder


@dataclass(frozen=True, slots=True)
class Machine:
    """An installation of its own on ports that are free."""

    home: Home
    environ: dict[str, str]

    def dengwen(self, *words: str, expect: int = 0) -> str:
        """Run a verb of the command; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "deploy.local.command", *words],
            cwd=REPOSITORY, env=self.environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == expect, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout + done.stderr

    def left(self) -> list[str]:
        """Processes that belong to this installation, by what they were told."""
        mark, found = str(self.home.root), []
        for process in psutil.process_iter():
            try:
                told = [*process.cmdline(), *process.environ().values()]
            except psutil.Error:
                continue
            if process.pid != os.getpid() and any(word.startswith(mark) for word in told):
                found.append(f"{process.pid} {process.name()}")
        return found

    def installation(self) -> Installation:
        """Its places, ports and secrets, once it has been up."""
        return Installation(self.home, Ports.of(self.environ), self.home.secrets(secret_names()))


def _free_shift(first: int) -> int:
    for shift in range(first, 30_000, 700):
        ports = Ports.of({"DENGWEN_LOCAL_PORT_SHIFT": str(shift)})
        operations = [ports.operations(name, kind) for name, kinds in KINDS.items() for kind in kinds]
        if not any(
            taken(p)
            for p in (
                *ports.http.values(),
                *operations,
                ports.kafka,
                ports.controller,
                ports.postgres,
                ports.prometheus,
                ports.measures,
            )
        ):
            return shift
    raise AssertionError("no free ports")


@contextmanager
def own_machine(first_shift: int = 2000) -> Iterator[Machine]:
    """An installation for as long as the block lasts; nothing of it runs or lies there afterwards.

    ``first_shift`` is where the search for free ports begins.
    """
    folder = scratch_folder(Path("/var/tmp"))
    (folder / "tmp").mkdir()
    home = Home(folder / "home")
    given = {
        "DENGWEN_HOME": str(home.root),
        "DENGWEN_LOCAL_PORT_SHIFT": str(_free_shift(first_shift)),
        "TMPDIR": str(folder / "tmp"),
    }
    environ = {**os.environ, **given}
    environ.pop("DENGWEN_TEST_PLATFORM", None)
    there = Machine(home, environ)
    try:
        yield there
    finally:
        there.dengwen("down")
        shutil.rmtree(folder, ignore_errors=True)
