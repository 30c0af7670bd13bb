"""Asks analytics whether its figures equal the facts (N1), and the topics and the archives (N2)."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from deploy.local.archives import archived
from deploy.local.processes import REPOSITORY, Installation, environ_of
from deploy.local.refusal import Refusal

ARCHIVES = "rebuild-from-archives"
COMPARISONS: Mapping[str, str] = {
    "recompute": "N1 figures equal a recomputation by plain SQL",
    "rebuild": "N2 figures equal a rebuild from the topics",
    ARCHIVES: "N2 figures equal a rebuild from the archives",
}
"""The commands of analytics, each with the promise it judges."""


class NotCompared(Refusal):
    """A comparison came to no end; the message holds the last words of analytics."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What one comparison found: how much was compared, and what differs."""

    promise: str
    counted: int
    differing: str

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.differing


def compare(here: Installation, name: str) -> Compared:
    """Run one of COMPARISONS as the worker of analytics would. Raises NotCompared."""
    with tempfile.TemporaryFile() as records:
        if name == ARCHIVES:
            asyncio.run(_hand_over(here, records))
        done = subprocess.run(
            [sys.executable, "-m", "services.analytics.main", name],
            cwd=REPOSITORY,
            env=environ_of(here, "analytics", "worker"),
            stdin=records,
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        found = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        last = next(reversed(done.stderr.strip().splitlines()), "nothing")
        raise NotCompared(
            f"Analytics could not {name} (it said: {last[:200]}): see dengwen status --logs analytics-worker."
        ) from None
    return _read(COMPARISONS[name], found)


async def _hand_over(here: Installation, records: BinaryIO) -> None:
    """Put what the services archived where analytics can read it: ids and codes only, gone with the call."""
    async for line in archived(here):
        records.write(line)
    records.seek(0)


def _read(promise: str, found: Mapping[str, Any]) -> Compared:
    """Numbers of figures, or of records and the names of tables."""
    counted = int(found["compared"] if "compared" in found else found["records"])
    differing = found["differing"]
    named = found.get("dimensions", ()) if isinstance(differing, int) else differing
    return Compared(promise, counted, ", ".join(named) or (str(differing) if differing else ""))
