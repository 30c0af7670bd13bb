"""Worker step: fetches the record of a signed-off visit from reception, and registers it.

No call is made while a fact is applied; the item waits in the database and this step works it off, with
retry. The visit's id makes it one report however often it is tried.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict, ValidationError

from services.chassis.calendar import local_day
from services.chassis.calling import Caller, CallFailed
from services.chassis.database import Pool, is_world_fault
from services.intake.adapters.work import PostgresUnit, Tools, begin_as_worker
from services.intake.application.ports import Moment
from services.intake.application.register_visit import UNREADABLE, RegisterVisit, register_visit
from services.intake.domain.elements import Allegation, Arrival, Content, Elements, ReportedParty, Reporter
from services.intake.domain.errors import OrganUnknown, VisitUnknown
from services.intake.domain.values import Authority, Channel, NameStatus, PartyType, Source

LOG = logging.getLogger(__name__)
SELECT_WAITING = """
    SELECT visit_id FROM business.visit_item
     WHERE registered_at IS NULL AND held IS NULL
     ORDER BY told_at
     LIMIT 50
"""
LONGEST_PAUSE_SECONDS = 30.0


class _Tolerant(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class RecordedParty(_Tolerant):
    """A reported party as picked or typed at reception."""

    party_type: PartyType
    name: str = ""
    unit_id: str | None = None
    person_id: str | None = None
    post: str = ""
    authority: Authority = Authority.UNKNOWN
    rank: str | None = None
    is_unit_head: bool = False
    region: str | None = None

    def meant(self) -> ReportedParty:
        """The party as the domain knows it, under a fresh id."""
        return ReportedParty(
            party=uuid4(),
            party_type=self.party_type,
            name=self.name,
            post=self.post,
            unit=self.unit_id,
            authority=self.authority,
            rank=self.rank,
            is_unit_head=self.is_unit_head,
            region=self.region,
            persons=(self.person_id,) if self.person_id else (),
            units=(self.unit_id,) if self.unit_id else (),
        )


class RecordedAllegation(_Tolerant):
    """One thing alleged in the talk."""

    what: str
    when: str | None = None
    where: str | None = None
    who: str | None = None
    amount: str | None = None
    evidence: str | None = None
    witness_hint: str | None = None


class VisitRecord(_Tolerant):
    """The record as reception gives it to intake."""

    received_on: date
    persons: int
    name_status: NameStatus
    reporter_ref: UUID | None = None
    title: str
    text: str
    parties: tuple[RecordedParty, ...] = ()
    allegations: tuple[RecordedAllegation, ...] = ()

    def elements(self) -> Elements:
        """The record as elements of a DRAFT; the clerk classifies it."""
        return Elements(
            arrival=Arrival(self.received_on, Channel.VISIT, Source.RECEPTION),
            reporter=Reporter(self.name_status, self.persons, self.reporter_ref),
            content=Content(
                text=self.text,
                title=self.title,
                allegations=tuple(Allegation(**row.model_dump()) for row in self.allegations),
            ),
            parties=tuple(party.meant() for party in self.parties),
        )


@dataclass(frozen=True, slots=True)
class VisitWorker:
    """Registers what reception signed off; ``now`` gives the instant in UTC."""

    pool: Pool
    tools: Tools
    reception: Caller
    now: Callable[[], datetime]
    every_seconds: float

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; reception or a database that is away is waited out."""
        pause = self.every_seconds
        while not stop.is_set():
            try:
                await self.step()
                pause = self.every_seconds
            except (
                CallFailed, OrganUnknown, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError
            ) as fault:  # fmt: skip
                if not isinstance(fault, CallFailed | OrganUnknown) and not is_world_fault(fault):
                    raise
                LOG.warning("visits-wait", extra={"cause": type(fault).__name__})
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            await _wait(stop, pause)

    async def step(self) -> int:
        """Bring every waiting visit to its end; returns how many. Raises CallFailed, OrganUnknown."""
        async with begin_as_worker(self.pool, self.tools) as unit:
            waiting = [row["visit_id"] for row in await unit.connection.fetch(SELECT_WAITING)]
        for visit_id in waiting:
            await self._register(visit_id)
        return len(waiting)

    async def _register(self, visit_id: UUID) -> None:
        fetched = await self.reception.get(f"/reception/v1/visits/{visit_id}/record")
        try:
            elements = VisitRecord.model_validate(fetched).elements()
        except ValidationError:
            async with begin_as_worker(self.pool, self.tools) as unit:
                await unit.visits.hold(visit_id, UNREADABLE)
            return
        at = self.now()
        async with begin_as_worker(self.pool, self.tools) as unit:
            try:
                item = await unit.visits.get(visit_id)
                acting = PostgresUnit(unit.connection, self.tools, unit.actor, item.organ)
                await register_visit(RegisterVisit(visit_id, elements), Moment(at, local_day(at)), acting)
            except VisitUnknown:
                LOG.info("visit-registered-already", extra={"cause": "twin"})


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
