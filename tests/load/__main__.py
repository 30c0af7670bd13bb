"""``python -m tests.load [P5 …]``: plays all benches or those named; both sides, ratio, spread, gate; JSON.

The loop and the collector are set as in a worker process of a service.

Ends with 0 when every gate was reached, 1 when one was missed, 2 when one could not be told.
"""

import gc
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from services.chassis.lifecycle import RARELY
from tests.load.consuming import consuming
from tests.load.counting import counting
from tests.load.measure import Series, Verdict
from tests.load.relaying import relaying
from tests.support.platform import Platform, running

BENCHES: tuple[tuple[frozenset[str], Callable[[Platform], Awaitable[list[Series]]]], ...] = (
    (frozenset({"P5", "P6"}), relaying),
    (frozenset({"P7"}), consuming),
    (frozenset({"P9"}), counting),
)
FILE = Path("artifacts") / "bench.json"


async def _all(console: Console, platform: Platform, named: frozenset[str]) -> list[Series]:
    found = []
    for names, bench in BENCHES:
        if names & named:
            console.print(f"{', '.join(sorted(names))} …")
            found += await bench(platform)
    return found


def _print(console: Console, found: list[Series]) -> None:
    table = Table(
        "goal", "what", "ours", "reference", "ratio", "quartiles", "gate", "pairs", "others' cores", "verdict"
    )
    for series in found:
        figures = series.figures()
        first, third = series.quartiles
        ours, reference = sorted(r.ours for r in series.rounds), sorted(r.reference for r in series.rounds)
        table.add_row(
            series.goal.name,
            series.goal.what,
            f"{ours[len(ours) // 2]:,.0f} {series.goal.unit}",
            f"{reference[len(reference) // 2]:,.0f} {series.goal.unit}",
            f"{series.ratio:.2f}",
            f"{first:.2f}–{third:.2f}",
            "–" if series.goal.gate is None else f"≥ {series.goal.gate}",
            f"{len(series.rounds)} of {len(series.played)}",
            f"{max(r.others_cores for r in series.rounds):.2f}",
            str(figures["verdict"]),
        )
    console.print(table)


def main(arguments: list[str]) -> int:
    """Play the benches named, or all; see the module's sentence for what is returned."""
    there = frozenset[str]().union(*(names for names, _ in BENCHES))
    if not set(arguments) <= there:
        sys.exit(f"of {', '.join(sorted(there))}")
    console = Console(width=180)
    os.environ.pop("DENGWEN_TEST_PLATFORM", None)  # others may use the shared one meanwhile
    with running() as platform:
        gc.set_threshold(*RARELY)
        found = uvloop.run(_all(console, platform, frozenset(arguments) or there))
    _print(console, found)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps([series.figures() for series in found], ensure_ascii=False, indent=2))
    console.print(f"written to {FILE}")
    verdicts = {series.verdict for series in found}
    if Verdict.FAILED in verdicts:
        return 1
    return 2 if Verdict.INCONCLUSIVE in verdicts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
