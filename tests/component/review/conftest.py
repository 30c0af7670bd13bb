"""One review service on its own database, with an invented province of two organs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.chassis.calendar import Calendar
from services.chassis.clocks import ClockRules
from services.chassis.database import Pool, open_pool, transaction
from services.chassis.security.sealing import KeyProvider, Sealer
from services.review.adapters.work import PostgresUnit, Workshop
from services.review.application.ports import Entry
from services.review.application.when_directory_changed_keep_entry import when_directory_changed_keep_entry
from services.review.application.when_report_assigned_open_case import (
    Assignment,
    when_report_assigned_open_case,
)
from services.review.domain.values import CaseId, Ground
from services.review.main import serving
from services.review.settings import ReviewSettings
from tests.support.installation import REFERENCE, Installation, client_of
from tests.support.platform import Platform

UPPER, LOWER = "520000", "520100"
ROLES = {
    "head": "petition-head",
    "submitter": "case-handler",
    "reviewer": "handler",
    "trial": "trial-reviewer",
    "member-1": "committee-member",
    "member-2": "committee-member",
    "member-3": "committee-member",
    "chief": "chief",
    "superior": "superior-officer",
    "both": "superior-officer",
}
SEATS = {
    "head": "petition", "handler": "supervision", "submitter": "supervision", "reviewer": "supervision",
    "trial": "trial", "chief": None, "superior": "petition-above", "both": "petition-above",
}  # fmt: skip
PAPERS = ["CHECK_REPORT", "REPORTED_PERSON_VIEWS", "ORGAN_OPINION"]
RESULT = {
    "substantiation": "TRUE", "outcome": "PARTY_SANCTION", "four_form": 2, "papers": PAPERS,
    "text": "经核查，反映问题属实。",
}  # fmt: skip
PEOPLE = {"handlers": ["handler"], "submitters": ["submitter"], "handling_unit": "supervision"}
MINUTES: dict[str, Any] = {"text": "会议同意审理意见。", "present": ["member-1", "member-2", "member-3"]}
SAYS: dict[str, dict[str, Any]] = {
    "R1": {"decision": "PASS", "checklist": ["COMPLETE", "ALLEGATIONS_ANSWERED", "PROCEDURE"]},
    "R2": {"decision": "PASS", "opinion": "事实清楚，证据充分。"},
    "R3": {"decision": "PASS", "minutes": MINUTES},
    "CHIEF": {"decision": "SIGN"},
    "R4": {"decision": "ACCEPT"},
}
SITS = {"R1": "reviewer", "R2": "trial", "R3": "member-1", "CHIEF": "chief", "R4": "superior"}


def entries() -> list[Entry]:
    """The directory of the invented province."""
    day = date(2020, 1, 1)

    def organ(id_: str, superior: str | None, **more: Any) -> Entry:
        state = {"level": "PREFECTURE", "superior": superior, "region": id_, "areas": [id_[:4]], **more}
        return Entry("ORGAN", id_, day, state)

    def unit(id_: str, of: str) -> Entry:
        return Entry("UNIT", id_, day, {"kind": "DEPARTMENT", "organ": of, "parent": of})

    def seat(person: str, of: str | None) -> Entry:
        above = of == "petition-above"
        post = "CHIEF" if person == "chief" else "OFFICER"
        state = {"organ": UPPER if above else LOWER, "person": person, "post": post, "unit": of}
        return Entry("SEAT", f"seat-{person}", day, state)

    return [
        organ(UPPER, None, departments={"petition": "petition-above"}),
        organ(
            LOWER,
            UPPER,
            departments={"trial": "trial", "supervision": "supervision", "petition": "petition"},
            deciding_body=["member-1", "member-2", "member-3", "chief"],
            chief_seat="seat-chief",
        ),
        *(unit(id_, LOWER) for id_ in ("supervision", "trial", "petition")),
        unit("petition-above", UPPER),
        *(seat(person, of) for person, of in SEATS.items()),
    ]


@dataclass(slots=True)
class Bureau:
    """The service with clients for every officer, and what a test may look at from outside."""

    client: httpx.AsyncClient
    installation: Installation
    worker: Pool
    api: Pool
    oracle: asyncpg.Connection
    workshop: Workshop
    database: str
    settings: ReviewSettings
    versions: dict[UUID, int] = field(default_factory=dict)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[PostgresUnit]:
        """A transaction of the worker."""
        async with transaction(self.worker) as connection:
            yield self.workshop.unit(connection, "review")

    async def assigned(self, *, report_id: UUID | None = None, on: date = date(2026, 3, 2)) -> UUID:
        """A case that was just assigned; returns its id."""
        case_id = CaseId(uuid4())
        given = Assignment(
            case_id, report_id or uuid4(), UPPER, LOWER, True, Ground.A2, ("T01",), on, frozenset()
        )
        async with self.working() as unit:
            await when_report_assigned_open_case(given, datetime.now(UTC), on, unit)
        return case_id

    def headers(self, officer: str, version: int | None = None, key: str | None = None) -> dict[str, str]:
        """What an officer's request carries."""
        organ = UPPER if SEATS.get(officer) == "petition-above" else LOWER
        role = ROLES.get(officer, "handler")
        found = self.installation.staff("review", role, sub=officer, organ=organ)
        if version is not None:
            found |= {"If-Match": f'"{version}"', "Idempotency-Key": key or uuid4().hex}
        return found

    async def version_of(self, case_id: UUID) -> int:
        """The present version, read past all walls."""
        row = await self.worker.fetchval(
            "SELECT version FROM business.assigned_case WHERE case_id = $1", case_id
        )
        return int(row)

    async def do(
        self, officer: str, case_id: UUID, path: str, body: object = None, version: int | None = None
    ) -> httpx.Response:
        """One act at the present version, or at one the officer saw."""
        seen = await self.version_of(case_id) if version is None else version
        return await self.client.post(
            f"/review/v1/assigned-cases/{case_id}/{path}", json=body, headers=self.headers(officer, seen)
        )

    async def show(self, officer: str, case_id: UUID) -> httpx.Response:
        """The page of a case."""
        return await self.client.get(f"/review/v1/assigned-cases/{case_id}", headers=self.headers(officer))

    async def submitted(self, case_id: UUID) -> None:
        """People registered if need be, and a result handed in."""
        page = (await self.show("head", case_id)).json()
        if not page["submitters"]:
            assert (await self.do("head", case_id, "people", PEOPLE)).status_code == 200
        done = await self.do("submitter", case_id, "audit/submissions", RESULT)
        assert done.status_code == 200, done.text

    async def taken(self, case_id: UUID, desk: str) -> None:
        """The round taken by whoever sits there."""
        done = await self.do(SITS[desk], case_id, f"audit/rounds/{desk}/taking")
        assert done.status_code == 200, done.text

    async def decide(
        self, case_id: UUID, desk: str, body: object = None, officer: str | None = None
    ) -> httpx.Response:
        """The desk's verdict, a pass unless another is given."""
        where = "chief" if desk == "CHIEF" else f"rounds/{desk}"
        return await self.do(officer or SITS[desk], case_id, f"audit/{where}/decision", body or SAYS[desk])

    async def brought_to(self, desk: str) -> UUID:
        """A new case that has come up to a desk, which has taken it."""
        case_id = await self.assigned()
        await self.submitted(case_id)
        for here in SAYS:
            if here != "CHIEF":
                await self.taken(case_id, here)
            if here == desk:
                break
            done = await self.decide(case_id, here)
            assert done.status_code == 200, done.text
        return case_id


@pytest.fixture
async def bureau(platform: Platform, tmp_path: Path) -> AsyncIterator[Bureau]:
    """The service, its api and worker roles, on a database of its own."""
    database = await platform.database("review")
    installation = Installation.make(tmp_path, ("review",))
    settings = ReviewSettings(**installation.settings("review", platform.dsn(database, "review", "api")))
    workshop = Workshop(
        Sealer(KeyProvider(settings.keys_folder), "A1", "review"),
        ClockRules.read(REFERENCE / "clocks.yaml"),
        Calendar.read(REFERENCE),
        lambda: datetime.now(UTC),
    )
    worker = await open_pool(platform.dsn(database, "review", "worker"), application="test", max_size=4)
    api = await open_pool(platform.dsn(database, "review", "api"), application="test", max_size=4)
    oracle = await asyncpg.connect(platform.dsn(database, "review", "oracle"))
    async with serving(settings) as served, client_of(served.app) as client:
        there = Bureau(client, installation, worker, api, oracle, workshop, database, settings)
        async with there.working() as unit:
            for entry in entries():
                await when_directory_changed_keep_entry(entry, unit)
        yield there
    await oracle.close()
    await worker.close()
    await api.close()
