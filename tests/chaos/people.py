"""Those whose work goes through several services: a case through its four rounds, a session booked out.

They act through the demo's own classes, at desks that try each write under its one key until it is answered.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from deploy.local.demo.audit import Assigned
from deploy.local.demo.cases import of_a_prefecture
from deploy.local.demo.entry import party_body
from deploy.local.demo.routing import Office, today
from deploy.local.demo.stage import PROVINCE, NeverCame, Stage
from deploy.local.demo.visits import Reception
from deploy.local.desk import Desk, Refused
from deploy.local.sample.organisation import officer
from tests.chaos.clerks import confirm, enter, report_body
from tests.chaos.work import LONGEST_TRY_SECONDS, TRY_AGAIN_SECONDS, Work

BELOW = "520300"
FIRST_SESSION_IN_DAYS = 10
SLOTS = 4
BETWEEN_SESSIONS_SECONDS = 3.0


@dataclass(slots=True)
class PatientDesk(Desk):
    """A desk that asks again until there is a yes or a no; a write keeps its key."""

    def _call(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Any:
        began = time.monotonic()
        while True:
            try:
                return Desk._call(self, method, path, headers, **more)
            except (httpx.HTTPError, Refused) as fault:
                no = isinstance(fault, Refused) and fault.status < 500 and fault.status not in {408, 425, 429}
                if no or time.monotonic() - began > LONGEST_TRY_SECONDS:
                    raise
                time.sleep(TRY_AGAIN_SECONDS)


@dataclass(slots=True)
class PatientStage(Stage):
    """The demo's stage with patient desks."""

    def desk(self, job: str, organ: str = PROVINCE) -> Desk:
        """The desk of the officer who holds a job in an organ."""
        place = (organ, job)
        if place not in self._desks:
            who = officer(organ, job)
            self._desks[place] = PatientDesk(self.here.home, self.here.ports, who, self.client)
        return self._desks[place]


def _done(at: Work, what: str, act: Callable[[], object]) -> bool:
    """Whether an act came about; a no is noted, but for a version that somebody else moved on."""
    while True:
        try:
            act()
        except NeverCame:
            if at.over:
                return False
        except Refused as refused:
            if refused.status != 412:
                at.refuse(f"{what}: {refused}")
            return False
        else:
            return True


@dataclass(slots=True)
class Auditor:
    """Has one report after another assigned below and brings its case through all rounds, one returned."""

    accepted: int = 0
    _letters: int = field(default=0)

    def work(self, at: Work) -> None:
        """Work until it is over; a case under way is left where it stands."""
        with httpx.Client(timeout=5, trust_env=False) as client:
            stage = PatientStage(at.besieged.here, client)
            desks = {job: stage.desk(job) for job in ("clerk-1", "clerk-2", "head-1")}
            body = report_body() | {"parties": [party_body(of_a_prefecture(BELOW))]}
            while not at.over:
                report = enter(at, desks["clerk-1"], body=body)
                if report is not None and confirm(at, desks, report):
                    self._brought_up(at, stage, report)

    def _brought_up(self, at: Work, stage: Stage, report: str) -> None:
        self._letters += 1
        cases: list[Assigned] = []
        assign = lambda: Office(stage).assign(report, self._letters)  # noqa: E731 - beside its fellow
        find = lambda: cases.append(Assigned(stage, report, BELOW))  # noqa: E731
        if not (_done(at, "assign", assign) and _done(at, "the case", find)):
            return
        case = cases[0]
        rounds = (
            case.prepare, case.submit, case.first, case.second_returns, case.submit, case.first, case.second,
            case.third, case.chief, case.fourth,
        )  # fmt: skip
        for step in rounds:
            if at.over or not _done(at, step.__name__, step):
                return
        self.accepted += 1


@dataclass(slots=True)
class Booker:
    """Plans one session after another and books it out, with one try more than there are slots."""

    booked: int = 0
    _days: int = field(default=FIRST_SESSION_IN_DAYS)

    def work(self, at: Work) -> None:
        """Work until it is over."""
        with httpx.Client(timeout=5, trust_env=False) as client:
            reception = Reception(PatientStage(at.besieged.here, client))
            while not at.over:
                self._days += 1
                sessions: list[str] = []
                day = today() + timedelta(days=self._days)
                plan = lambda: sessions.append(reception.session_on_a_free_day(day))  # noqa: B023, E731 - at once
                if _done(at, "session", plan):
                    self._book_out(at, reception, sessions[0])
                at.pause(BETWEEN_SESSIONS_SECONDS)

    def _book_out(self, at: Work, reception: Reception, session: str) -> None:
        for number in range(SLOTS + 1):
            try:
                reception.book(session)
            except Refused as refused:
                if number < SLOTS or refused.status != 409:
                    at.refuse(f"book: {refused}")
                return
            self.booked += 1
            assert number < SLOTS, "a slot too many"
            if at.over:
                return
