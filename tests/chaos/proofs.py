"""The suites that prove a mechanism, and the planted bugs that prove the suites; beside each other."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.chaos.ledger import Ledger
from tests.support.kept_platform import ROOT, kept_platform

CHASSIS = "tests/component/chassis"
SUPERUSER = "test_a_superuser_may_not_open_a_pool"
EVERY_CALL = "tests/chaos/test_every_call.py"
PROOFS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("D1–D5", "each call of each service fails, n = 1, 2 …", (EVERY_CALL,)),
    ("O3", "migrations killed at each statement", (f"{CHASSIS}/test_migrate.py",)),
    (
        "D3–D5",
        "each call of outbox and inbox fails",
        (f"{CHASSIS}/test_faults.py", f"{CHASSIS}/test_flow.py"),
    ),
    ("D4 O7", "reading ahead, owners that come and go", (f"{CHASSIS}/test_ahead.py",)),
    ("D10", "40 poisoned among 2,000 good, floods", (f"{CHASSIS}/test_poison.py",)),
    ("D11", "replay twice, at once, and discard", (f"{CHASSIS}/test_dead_letters.py",)),
    ("D13", "history lost, cut short, group deleted", (f"{CHASSIS}/test_records_lost.py",)),
    ("D2", "one key fifty times at once", (f"{CHASSIS}/test_edge.py",)),
    ("O1", "told to stop: what was begun is finished", (f"{CHASSIS}/test_shutdown.py",)),
    ("D1", "the import killed and resumed", ("tests/component/intake/test_import_crash.py",)),
    (
        "O8",
        "unsafe settings do not start",
        ("tests/unit/chassis/test_settings.py", f"{CHASSIS}/test_edge.py::{SUPERUSER}"),
    ),
    ("W3", "clocks tell once, whoever dies", (f"{CHASSIS}/test_clocks.py",)),
    ("R1 R2", "routing races, a party added later", ("tests/component/referral/test_routing.py",)),
)
LOOK_SECONDS = 2.0


def proofs_and_planted(ledger: Ledger, *, planted: bool = True, proofs: bool = True) -> None:
    """All on one test platform, two at a time and the longest first: they do not know of each other."""
    with kept_platform() as given, ThreadPoolExecutor(2) as hands:
        works: list[Callable[[], None]] = []
        if proofs:
            works += [partial(_prove, ledger, given, *proof) for proof in PROOFS]
        if planted:
            works.insert(1, partial(_plant, ledger, given))
        for done in [hands.submit(work) for work in works]:
            done.result()


def _prove(ledger: Ledger, given: Mapping[str, str], promise: str, played: str, tests: Sequence[str]) -> None:
    if not ledger.over.is_set():
        with ledger.row(promise, played) as row, tempfile.TemporaryDirectory() as folder:
            figures = Path(folder) / "figures"
            environ = {**given, "DENGWEN_CHAOS_FIGURES": str(figures)}
            command = [sys.executable, "-m", "pytest", "--no-header", *tests]
            code, lines = _run(ledger, command, environ, played, figures)
            told = figures.read_text("utf-8").splitlines()[-1:] if figures.exists() else []
            row.figures = "; ".join([*told, (lines or ["no output"])[-1].strip("= ")])
            assert code == 0, f"{row.figures}; {next((x for x in lines if x.startswith('E  ')), '')}"


def _plant(ledger: Ledger, given: Mapping[str, str]) -> None:
    """Every planted bug must be caught by the test it names: a patch, the promise, the failing test."""
    with ledger.row("all", "planted bugs") as row:
        command = [sys.executable, "-m", "tests.planted.run"]
        code, lines = _run(ledger, command, given, "planted bugs")
        ledger.console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
        row.figures = (lines or ["no output"])[-1]
        assert code == 0, row.figures


def _so_far(told: Path) -> str:
    """The last line that a program has told of its work."""
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "begun")


def _run(
    ledger: Ledger,
    command: Sequence[str],
    given: Mapping[str, str],
    what: str,
    figures: Path | None = None,
) -> tuple[int, list[str]]:
    """Run a command to its end, with a word now and then; its code and its lines."""
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as out:
        environ = {**os.environ, **given}
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None and not ledger.over.is_set():
                ledger.over.wait(LOOK_SECONDS)
                ledger.progress(f"{what}: {_so_far(figures or Path(out.name))}")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)
        out.seek(0)
        return process.returncode, [line for line in out.read().splitlines() if line.strip()]
