"""The stage of the demo: an installation that is up, and a desk for every officer who plays."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from deploy.local.desk import Desk
from deploy.local.processes import Installation
from deploy.local.refusal import Refusal
from deploy.local.sample.organisation import entries, officer

T = TypeVar("T")
ENTRIES_A_REQUEST = 150
LOOK_SECONDS = 0.1
PROVINCE = "520000"


class NeverCame(Refusal):
    """What the play waited for did not happen in time; the message says what."""


@dataclass(slots=True)
class Stage:
    """Where the officers sit; one client for all."""

    here: Installation
    client: httpx.Client
    _desks: dict[tuple[str, str], Desk] = field(default_factory=dict)

    def desk(self, job: str, organ: str = PROVINCE) -> Desk:
        """The desk of the officer who holds a job in an organ."""
        place = (organ, job)
        if place not in self._desks:
            self._desks[place] = Desk(self.here.home, self.here.ports, officer(organ, job), self.client)
        return self._desks[place]

    def load_organisation(self, progress: Callable[[int, int], None]) -> int:
        """Put the whole sample directory through its door; returns how many entries were new."""
        keeper, bodies = self.desk("keeper-1"), [entry.body() for entry in entries()]
        changed = 0
        for start in range(0, len(bodies), ENTRIES_A_REQUEST):
            part = bodies[start : start + ENTRIES_A_REQUEST]
            changed += keeper.put("/referral/v1/directory", {"entries": part})["changed"]
            progress(min(start + ENTRIES_A_REQUEST, len(bodies)), len(bodies))
        return changed


def awaited(what: str, look: Callable[[], T | None], within_seconds: float = 30.0) -> T:
    """Look until something is there: facts travel between the services. Raises NeverCame."""
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(LOOK_SECONDS)
    raise NeverCame(f"{what} did not come within {within_seconds:.0f} s; see dengwen status.")


Row = dict[str, Any]
