"""Those who go on working whatever happens: clerks at intake, a receptionist, one who imports registers."""

import tempfile
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from deploy.local.commands.import_register import importer
from deploy.local.demo.cases import own_level
from deploy.local.demo.entry import party_body
from deploy.local.demo.routing import approval, today
from deploy.local.demo.stage import PROVINCE
from deploy.local.demo.visits import MATTER, VISITORS
from deploy.local.desk import Desk, Refused
from deploy.local.registers import MAPPINGS, Register, send
from deploy.local.sample.corpus import messages, write_register
from tests.chaos.work import Work

ENTER, ENTER_FOR_BELOW, ROUTE, WALK_IN = "enter", "enter for below", "route", "walk-in"
PAUSE_SECONDS = 0.05
ROWS_A_REGISTER = 20


def report_body() -> dict[str, Any]:
    """A complete report with a named reporter; nobody in it exists."""
    return {
        "superior_level": False,
        "arrival": {"received_on": today().isoformat(), "channel": "LETTER"},
        "reporter": {
            "name_status": "SIGNED_UNVERIFIED",
            "identity": {"name": "东郭晓（虚构）", "phone": "0851-00000000"},
        },
        "content": {
            "text": "反映某单位违规发放补贴，请核实（虚构样例）。",
            "title": "违规发放补贴（虚构）",
            "summary": "反映某单位违规发放补贴（虚构）。",
            "allegations": [{"what": "违规发放补贴（虚构）", "where": "某单位"}],
        },
        "classification": {"nature": "N1", "violations": ["V3-08"], "primary_violation": "V3-08"},
        "parties": [party_body(own_level())],
    }


@dataclass(frozen=True, slots=True)
class Clerk:
    """Enters reports; every second one is completed, checked, confirmed and, once referral has it, moved."""

    number: int

    def work(self, at: Work) -> None:
        """Work until it is over."""
        waiting: deque[str] = deque()
        with httpx.Client(timeout=5, trust_env=False) as client:
            desks = {job: at.desk(job, client) for job in ("clerk-1", "clerk-2", "head-1")}
            for turn in count():
                if at.over:
                    return
                report = enter(at, desks["clerk-1"])
                if report is not None and turn % 2 == self.number % 2 and confirm(at, desks, report):
                    waiting.append(report)
                if waiting and _moved(at, desks["head-1"], waiting[0]):
                    waiting.popleft()
                at.pause(PAUSE_SECONDS)


def _moved(at: Work, head: Desk, report: str) -> bool:
    """Move a report if it is at referral's desk by now; whether it was."""
    try:
        version = head.get(f"/referral/v1/reports/{report}")["version"]
    except (httpx.HTTPError, Refused):
        return False
    move(at, head, report, version)
    return True


def move(at: Work, head: Desk, report: str, version: int) -> None:
    """Accept a report and hand it to the unit that the decision order names."""
    key, path = str(uuid.uuid4()), f"/referral/v1/reports/{report}/move"
    body = {"approval": approval(PROVINCE), "case_management_told": True}
    at.tried(ROUTE, key, lambda: head.post(path, body, version=version, key=key))


def enter(at: Work, clerk: Desk, body: dict[str, Any] | None = None) -> str | None:
    """One report under one key, tried until it is acknowledged; the history knows each try.

    ``body`` is another report than the usual one; the history keeps it apart.
    """
    key, op = str(uuid.uuid4()), ENTER if body is None else ENTER_FOR_BELOW
    body = body or report_body()
    answer = at.tried(op, key, lambda: clerk.post("/intake/v1/reports", body, key=key))
    return None if answer is None else str(answer["report_id"])


def confirm(at: Work, desks: Mapping[str, Desk], report: str) -> bool:
    """Complete, check, confirm: each act under its own key; whether all came about."""
    path, version = f"/intake/v1/reports/{report}", 1
    for job, step in (("clerk-1", "complete"), ("clerk-2", "check"), ("head-1", "confirm")):
        key = str(uuid.uuid4())
        post = partial(desks[job].post, f"{path}/{step}", version=version, key=key)
        done = at.tried(step, key, post)
        if done is None:
            return False
        version = int(done["version"])
    return True


class Receptionist:
    """Receives people without a booking: the vault keeps who they are before the visit is written."""

    def work(self, at: Work) -> None:
        """Work until it is over."""
        body = {
            "superior_level": False,
            "persons": 1,
            "name_status": "SIGNED_UNVERIFIED",
            "visitors": VISITORS,
            "matter": MATTER,
            "parties": [{"party_type": "ORGANISATION", "unit": f"{PROVINCE}-host-roads"}],
            "staff": {
                "leader_seat": f"{PROVINCE}-seat-deputy-1",
                "recorder_seat": f"{PROVINCE}-seat-receptionist-1",
            },
        }
        with httpx.Client(timeout=5, trust_env=False) as client:
            desk = at.desk("receptionist-1", client)
            while not at.over:
                key = str(uuid.uuid4())
                at.tried(
                    WALK_IN, key, partial(desk.post, "/reception/v1/walk-ins", body, key=key), "visit_id"
                )
                at.pause(PAUSE_SECONDS)


@dataclass(slots=True)
class Importer:
    """Sends one small register after another; ``rows`` counts those of registers acknowledged as done."""

    rows: int = 0
    _next: int = field(default=1)

    def work(self, at: Work) -> None:
        """Work until it is over; a register whose sending was cut is sent again."""
        with (
            tempfile.TemporaryDirectory(prefix="dengwen-registers-") as folder,
            httpx.Client(timeout=30, trust_env=False) as client,
        ):
            desk, file = importer(at.besieged.here, PROVINCE, client), Path(folder) / "register.xlsx"
            while not at.over:
                self._write(file)
                while not self._sent(desk, file) and not at.over:
                    at.pause(0.3)
                at.pause(PAUSE_SECONDS)

    def _write(self, file: Path) -> None:
        first = self._next
        self._next += ROWS_A_REGISTER
        made = messages(ROWS_A_REGISTER, first, date(2019, 1, 1), date(2019, 6, 30))
        write_register(file, [replace(m, number=first + i) for i, m in enumerate(made)])

    def _sent(self, desk: Desk, file: Path) -> bool:
        try:
            send(desk, Register(file, MAPPINGS / "citizen-messages.yaml"), lambda _: None)
        except (httpx.HTTPError, Refused):
            return False
        self.rows += ROWS_A_REGISTER
        return True
