"""``python -m tests.chaos [--hits N] [--only PART]``: the fault suites; prints what was played and what held.

First the proofs of the mechanisms beside the planted bugs, then a whole platform of its own under fire:
crash points by quota, the broker away, the database killed, workers frozen, records removed, everything
told to stop. No failure in n hits bounds the chance of one below 3/n (95 %). Ends with 1 when a promise
did not hold.
"""

import argparse
import signal
import sys
from types import FrameType

from rich.console import Console

from tests.chaos.ledger import WIDTH, Ledger
from tests.chaos.proofs import proofs_and_planted
from tests.chaos.siege import siege


def main() -> int:
    """Play what is asked for; see the module's sentence for what is returned."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--hits", type=int, default=25)
    reader.add_argument("--only", choices=("planted", "proofs", "siege"))
    reader.add_argument("--promise", action="append", default=[], help="of the siege only these")
    asked = reader.parse_args()
    ledger = Ledger(Console(width=WIDTH))

    def end(_: int, __: FrameType | None) -> None:
        ledger.over.set()
        sys.exit(143)

    signal.signal(signal.SIGTERM, end)
    if asked.only != "siege":
        proofs_and_planted(ledger, planted=asked.only != "proofs", proofs=asked.only != "planted")
    if asked.only in {None, "siege"}:
        siege(ledger, asked.hits, asked.promise)
    return ledger.show()


if __name__ == "__main__":
    sys.exit(main())
