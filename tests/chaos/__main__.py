"""``python -m tests.chaos [--hits N] [--only WORD]``: the fault suites; prints what was played and what held.

First the planted bugs and the proofs of the mechanisms, then a whole platform of its own under fire:
crash points by quota, the broker away, the database killed, workers frozen, everything told to stop. No
failure in n hits bounds the chance of one below 3/n (95 %). Ends with 1 when a promise did not hold.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos.besieged import Besieged, besieged
from tests.chaos.clerks import ENTER, Clerks
from tests.chaos.faults import Fault, faults
from tests.support.history import OK, History

PROOFS = (
    ("D3–D5 D10–D13 O1 O5 O7 O8 mechanisms, each call failing in turn", "tests/component/chassis"),
    ("O8 unsafe settings do not start", "tests/unit/chassis"),
    ("R1 R2 R3 fifty clerks, twenty reports; a party added later", "tests/component/referral"),
)


@dataclass(slots=True)
class Ledger:
    """What was played and what came of it."""

    console: Console
    rows: list[tuple[str, str, bool]] = field(default_factory=list)

    def note(self, promise: str, figures: str, held: bool) -> None:
        """One line, shown at once and in the table at the end."""
        self.rows.append((promise, figures, held))
        self.console.print(f"{'held' if held else 'NOT HELD':9} {promise}: {figures}", highlight=False)

    def show(self) -> int:
        """The table; 1 when anything did not hold, or nothing was played."""
        table = Table("promise", "figures", "", box=None)
        for promise, figures, held in self.rows:
            table.add_row(promise, figures, "held" if held else "NOT HELD")
        self.console.print(table)
        return 0 if self.rows and all(held for _, _, held in self.rows) else 1


def proofs(ledger: Ledger) -> None:
    """The suites that prove a mechanism, and the planted bugs that show they can fail."""
    for promise, folder in PROOFS:
        began = time.monotonic()
        command = [sys.executable, "-m", "pytest", folder, "-q"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "no output"
        ledger.note(promise, f"{last} in {time.monotonic() - began:.0f} s", done.returncode == 0)


def planted(ledger: Ledger) -> None:
    """Every planted bug must be caught by the test it names."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.planted.run"], capture_output=True, text=True, check=False
    )
    ledger.console.print(done.stdout, highlight=False, markup=False)
    ledger.note("planted bugs", done.stdout.strip().splitlines()[-1], done.returncode == 0)


def siege(ledger: Ledger, hits: int) -> None:
    """The whole platform under fire, then judged from the oracle views and the clients' histories."""
    with besieged(ledger.console) as under_fire:
        history = History(Path(under_fire.here.home.root) / "history.jsonl")
        for fault in faults(hits):
            with Clerks(under_fire, history).at_work() as clerks:
                figures, held = _played(fault, under_fire, clerks)
            ledger.note(fault.promise, figures, held)
        judge(ledger, under_fire, history)


def _played(fault: Fault, under_fire: Besieged, clerks: Clerks) -> tuple[str, bool]:
    try:
        return fault.play(under_fire, clerks), True
    except AssertionError as broken:
        return str(broken)[:300], False
    finally:
        under_fire.aim({})


def judge(ledger: Ledger, under_fire: Besieged, history: History) -> None:
    """D1, D2, D4, D5, R1, R2 after everything: lost 0, doubled 0."""
    entered = [e for e in history.entries() if e.op == ENTER and e.result == OK]
    by_key: dict[str, set[str]] = {}
    for entry in entered:
        by_key.setdefault(entry.key, set()).add(str(entry.answer))
    stored = {
        str(row["report_id"]) for row in under_fire.oracle("intake", "SELECT report_id FROM oracle.report")
    }
    lost = {answer for answers in by_key.values() for answer in answers} - stored
    twice = [key for key, answers in by_key.items() if len(answers) > 1]
    ledger.note(
        "D1 every acknowledged report is there", f"{len(by_key)} acknowledged, lost {len(lost)}", not lost
    )
    ledger.note("D2 one key, one report", f"{len(by_key)} keys, doubled {len(twice)}", not twice)
    verdict = under_fire.judge()
    ledger.note("everything came to rest", f"drained {verdict.quiet}", verdict.quiet)
    for finding in verdict.findings:
        ledger.note(
            finding.promise, f"{finding.counted} looked at, {len(finding.broken)} broken", finding.holds
        )
    dead = under_fire.dead_letters()
    ledger.note("D7 no fault of the world became a dead letter", f"{dead} dead letters", dead == 0)


def main() -> int:
    """Play what is asked for; see the module's sentence for what is returned."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--hits", type=int, default=25)
    reader.add_argument("--only", choices=("planted", "proofs", "siege"))
    asked = reader.parse_args()
    ledger = Ledger(Console(width=180))
    parts: dict[str, Callable[[], None]] = {
        "planted": lambda: planted(ledger),
        "proofs": lambda: proofs(ledger),
        "siege": lambda: siege(ledger, asked.hits),
    }
    for name, part in parts.items():
        if asked.only in {None, name}:
            part()
    return ledger.show()


if __name__ == "__main__":
    sys.exit(main())
