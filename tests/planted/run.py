"""Plants each bug in a copy of the project and demands that the test it names fails.

A bug is a patch in this folder whose head says what it breaks and what must catch it::

    Breaks: D4 an event changes state at most once
    Caught by: tests/component/chassis/test_flow.py::test_what_is_said_is_handled_once_and_in_order

    --- a/services/…

Before a bug is planted its test must pass, or its failing would prove nothing. Bugs are judged side by side,
each in the copy of its own hand, on one broker and one PostgreSQL.
``python -m tests.planted.run [NAME …]`` prints a table of patch and failing test, and ends with 1 when a
bug was not caught.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.support.kept_platform import kept_platform

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
HANDS = 2
NOT_COPIED = {".git", ".venv", "artifacts", ".mypy_cache", ".ruff_cache", ".hypothesis", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Bug:
    """One patch: the guarantee it breaks and the tests of which one must fail."""

    file: Path
    breaks: str
    caught_by: tuple[str, ...]

    @property
    def name(self) -> str:
        """The patch without its ending."""
        return self.file.stem


def read(file: Path) -> Bug:
    """The head of a patch; raises ValueError when it does not say both things."""
    heads: dict[str, list[str]] = {"Breaks": [], "Caught by": []}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("--- "):
            break
        word, colon, text = line.partition(": ")
        if colon and word in heads:
            heads[word].append(text.strip())
    if not heads["Breaks"] or not heads["Caught by"]:
        raise ValueError(f"{file.name} does not say what it breaks and what catches it")
    return Bug(file, "; ".join(heads["Breaks"]), tuple(heads["Caught by"]))


def bugs(names: Iterable[str] = ()) -> list[Bug]:
    """All bugs, or those named."""
    wanted = set(names)
    found = [read(file) for file in sorted(FOLDER.glob("*.patch"))]
    return [bug for bug in found if not wanted or bug.name in wanted]


@contextmanager
def copy_of_the_project() -> Iterator[Path]:
    """A copy of the tree without what is made, gone with the block."""
    with tempfile.TemporaryDirectory(prefix="dengwen-planted-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=lambda _, names: NOT_COPIED & set(names))
        yield copy


def passes(project: Path, tests: Iterable[str], given: Mapping[str, str]) -> bool:
    """Whether these tests pass in that tree; a test that cannot be collected does not pass.

    ``given`` is added to the environment: where the test platform is.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", *tests]
    environment = {**os.environ, **given, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment, check=False)
    return done.returncode == 0


def patched(bug: Bug, project: Path, *options: str) -> bool:
    """Whether a patch could be applied to a tree: ``--reverse`` takes it out, ``--dry-run`` only asks."""
    told = ["--strip=1", "--no-backup-if-mismatch", "--silent", *options, "--input", str(bug.file)]
    return subprocess.run(["patch", *told], cwd=project, capture_output=True, check=False).returncode == 0


def judge(bug: Bug, project: Path, given: Mapping[str, str]) -> str:
    """``caught``, or why it does not count as caught."""
    if not passes(project, bug.caught_by, given):
        return "its test fails without it"
    if not patched(bug, project):
        return "does not fit the code"
    try:
        return "NOT CAUGHT" if passes(project, bug.caught_by, given) else "caught"
    finally:
        if not patched(bug, project, "--reverse"):
            raise RuntimeError(f"{bug.name} could not be taken out again")


def judged(chosen: list[Bug]) -> Iterator[tuple[Bug, str]]:
    """Each bug with what came of it, as they are judged."""
    with ExitStack() as held:
        given = held.enter_context(kept_platform())
        copies: SimpleQueue[Path] = SimpleQueue()
        for _ in range(HANDS):
            copies.put(held.enter_context(copy_of_the_project()))

        def one(bug: Bug) -> str:
            copy = copies.get()
            try:
                return judge(bug, copy, given)
            finally:
                copies.put(copy)

        hands = ThreadPoolExecutor(HANDS)
        held.callback(hands.shutdown, cancel_futures=True)
        yield from zip(chosen, hands.map(one, chosen), strict=True)


def main(names: list[str]) -> int:
    """Judge the bugs named, or all; 0 only when each was caught."""
    chosen, caught = bugs(names), 0
    for bug, answer in judged(chosen):
        caught += answer == "caught"
        sys.stdout.write(f"{answer:26} {bug.name:44} {bug.breaks}\n")
        sys.stdout.write("".join(f"{'':26} {test}\n" for test in bug.caught_by))
        sys.stdout.flush()
    sys.stdout.write(f"planted {len(chosen)}, caught {caught}, uncaught {len(chosen) - caught}\n")
    return 0 if chosen and caught == len(chosen) else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
