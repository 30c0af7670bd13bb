"""A unit of work: one transaction with its stores, outbox, clocks and trail."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.chassis.audit import AuditTrail
from services.chassis.calendar import Calendar, local_day
from services.chassis.clocks import ClockRules
from services.chassis.clocks import Clocks as ClockRows
from services.chassis.database import Pool, Subject, transaction
from services.chassis.outbox import Outbox
from services.chassis.security.offices import ask_office
from services.chassis.security.sealing import Sealer
from services.review.adapters.case_pages import PostgresPages
from services.review.adapters.case_store import PostgresCases
from services.review.adapters.directory_store import PostgresEntries
from services.review.adapters.exclusion_store import PostgresExclusions
from services.review.adapters.paper_store import PostgresPapers
from services.review.adapters.published_events import publish
from services.review.domain.events import Event
from services.review.domain.values import Due


@dataclass(frozen=True, slots=True)
class PostgresClocks:
    """The clocks, with days in the domain's own shape."""

    rows: ClockRows

    async def start(self, rule_id: str, entity_id: str, organ: str, started_on: date) -> Due:
        """Start a clock by its rule."""
        due = await self.rows.start(rule_id, entity_id, organ, started_on)
        return Due(due.day, due.provisional)

    async def appoint(self, rule_id: str, entity_id: str, organ: str, started_on: date, due_on: date) -> None:
        """Start a clock whose last day a person set."""
        await self.rows.appoint(rule_id, entity_id, organ, started_on, due_on)

    async def meet(self, rule_id: str, entity_id: str, on: date) -> None:
        """The duty was done."""
        await self.rows.meet(rule_id, entity_id, on)

    async def waive(self, rule_id: str, entity_id: str) -> None:
        """The duty fell away."""
        await self.rows.waive(rule_id, entity_id)


@dataclass(frozen=True, slots=True)
class PostgresUnit:
    """One transaction, as the use cases see it."""

    cases: PostgresCases
    pages: PostgresPages
    exclusions: PostgresExclusions
    entries: PostgresEntries
    papers: PostgresPapers
    clocks: PostgresClocks
    outbox: Outbox[Event]
    audit: AuditTrail
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every unit of this process is made with; ``now`` gives the instant, with a zone."""

    sealer: Sealer
    rules: ClockRules
    calendar: Calendar
    now: Callable[[], datetime]

    def unit(
        self, connection: Any, subject: str, organ: str | None = None, causation: UUID | None = None
    ) -> PostgresUnit:
        """A unit on an open transaction in which ``subject`` acts."""
        return PostgresUnit(
            cases=PostgresCases(connection),
            pages=PostgresPages(connection),
            exclusions=PostgresExclusions(connection),
            entries=PostgresEntries(connection),
            papers=PostgresPapers(connection, self.sealer, uuid4),
            clocks=PostgresClocks(ClockRows(connection, self.rules, self.calendar)),
            outbox=Outbox(connection, publish, causation=causation),
            audit=AuditTrail(connection, subject, organ),
            now=self.now,
        )

    @asynccontextmanager
    async def begin(self, pool: Pool, subject: Subject) -> AsyncIterator[PostgresUnit]:
        """Open a transaction in which ``subject`` acts; commit at the end, or roll back."""
        async with transaction(pool, subject) as connection:
            yield await self.unit_of(connection, subject)

    async def unit_of(self, connection: Any, subject: Subject) -> PostgresUnit:
        """The unit of one whose office stands; else 401."""
        unit, today = self.unit(connection, subject.id, subject.organ), local_day(self.now())
        ask_office(subject, await unit.entries.offices_of(subject.id, subject.seats, today), today)
        return unit
