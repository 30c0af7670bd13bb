"""``python -m tests.chaos [--hits N] [--only PART]``: the fault suites; prints what was played and what held.

First the planted bugs and the proofs of the mechanisms, then a whole platform of its own under fire:
crash points by quota, the broker away, the database killed, workers frozen, everything told to stop. No
failure in n hits bounds the chance of one below 3/n (95 %). Ends with 1 when a promise did not hold.
"""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from rich.console import Console

from tests.chaos.ledger import Ledger
from tests.chaos.siege import siege

CHASSIS = "tests/component/chassis"
PROOFS = (
    ("D3–D5", "each call fails before and after", (f"{CHASSIS}/test_faults.py", f"{CHASSIS}/test_flow.py")),
    ("D10", "40 poisoned among 2,000 good, floods", (f"{CHASSIS}/test_poison.py",)),
    ("D11", "replay twice, at once, and discard", (f"{CHASSIS}/test_dead_letters.py",)),
    ("D12", "every error code of the broker", (f"{CHASSIS}/test_faults.py", "-k", "error_of_the_broker")),
    ("D13", "a position that is lost", (f"{CHASSIS}/test_flow.py", "-k", "lost_position")),
    ("D2", "one key fifty times at once", (f"{CHASSIS}/test_edge.py",)),
    ("O1", "told to stop: what was begun is finished", (f"{CHASSIS}/test_shutdown.py",)),
    ("O3", "migrations killed at each statement", (f"{CHASSIS}/test_migrate.py",)),
    ("O5", "the import killed and resumed", ("tests/component/intake/test_import_crash.py",)),
    ("O7", "a zombie writes nothing", (f"{CHASSIS}/test_flow.py", "-k", "no_longer_the_owner")),
    ("O8", "unsafe settings do not start", ("tests/unit/chassis/test_settings.py",)),
    ("W3", "clocks tell once, whoever dies", (f"{CHASSIS}/test_clocks.py",)),
    ("R1–R3", "routing races, a party added later", ("tests/component/referral/test_routing.py",)),
)


def proofs(ledger: Ledger) -> None:
    """The suites that prove a mechanism."""
    for promise, played, tests in PROOFS:
        with ledger.row(promise, played) as row:
            command = [sys.executable, "-m", "pytest", "-q", "--no-header", *tests]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            row.figures = (done.stdout.strip().splitlines() or ["no output"])[-1].strip("= ")
            assert done.returncode == 0, row.figures


def planted(ledger: Ledger) -> None:
    """Every planted bug must be caught by the test it names."""
    with ledger.row("all", "planted bugs") as row:
        command = [sys.executable, "-m", "tests.planted.run"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        ledger.console.print(done.stdout, highlight=False, markup=False, soft_wrap=True)
        row.figures = (done.stdout.strip().splitlines() or ["no output"])[-1]
        assert done.returncode == 0, row.figures


def _end(_: int, __: FrameType | None) -> None:
    sys.exit(143)


def main() -> int:
    """Play what is asked for; see the module's sentence for what is returned."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--hits", type=int, default=25)
    reader.add_argument("--only", choices=("planted", "proofs", "siege"))
    reader.add_argument("--promise", action="append", default=[], help="of the siege only these")
    asked = reader.parse_args()
    signal.signal(signal.SIGTERM, _end)
    ledger, began = Ledger(Console(width=200)), time.monotonic()
    parts: dict[str, Callable[[], None]] = {
        "planted": lambda: planted(ledger),
        "proofs": lambda: proofs(ledger),
        "siege": lambda: siege(ledger, asked.hits, asked.promise),
    }
    for name, part in parts.items():
        if asked.only in {None, name}:
            part()
    code = ledger.show()
    ledger.console.print(f"played in {(time.monotonic() - began) / 60:.1f} minutes")
    return code


if __name__ == "__main__":
    sys.exit(main())
