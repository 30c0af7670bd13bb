"""``python -m tests.load``: plays every bench, prints both sides, ratio, spread and gate, writes JSON.

Ends with 0 when every gate was reached, 1 when one was missed, 2 when one could not be told.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.load.consuming import consuming
from tests.load.measure import Series, Verdict
from tests.load.relaying import relaying
from tests.support.platform import Platform, running

BENCHES: tuple[tuple[str, Callable[[Platform], Awaitable[list[Series]]]], ...] = (
    ("P5, P6", relaying),
    ("P7", consuming),
)
FILE = Path("artifacts") / "bench.json"


async def _all(console: Console, platform: Platform) -> list[Series]:
    found = []
    for names, bench in BENCHES:
        console.print(f"{names} …")
        found += await bench(platform)
    return found


def _print(console: Console, found: list[Series]) -> None:
    table = Table(
        "goal", "what", "ours", "reference", "ratio", "quartiles", "gate", "others' cores", "verdict"
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
            f"≥ {series.goal.gate}",
            f"{max(r.others_cores for r in series.rounds):.2f}",
            str(figures["verdict"]),
        )
    console.print(table)


def main() -> int:
    """Play all benches; see the module's sentence for what is returned."""
    console = Console(width=180)
    os.environ.pop("DENGWEN_TEST_PLATFORM", None)  # others may use the shared one meanwhile
    with running() as platform:
        found = asyncio.run(_all(console, platform))
    _print(console, found)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps([series.figures() for series in found], ensure_ascii=False, indent=2))
    console.print(f"written to {FILE}")
    verdicts = {series.verdict for series in found}
    if Verdict.FAILED in verdicts:
        return 1
    return 2 if Verdict.INCONCLUSIVE in verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
