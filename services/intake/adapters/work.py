"""A unit of work: one transaction in which somebody acts, with the stores seen through it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.chassis.audit import AuditTrail
from services.chassis.calendar import Calendar, local_day
from services.chassis.clocks import ClockRules, Clocks
from services.chassis.database import Connection, Pool, Subject, transaction
from services.chassis.outbox import Outbox
from services.chassis.security.offices import ask_office
from services.chassis.security.sealing import Sealer
from services.intake.adapters.correction_store import PostgresCorrections
from services.intake.adapters.directory_store import DirectoryMemory, PostgresEntries
from services.intake.adapters.identity_store import PostgresIdentities
from services.intake.adapters.part_store import PostgresParts, PostgresReceipts
from services.intake.adapters.party_store import PostgresParties
from services.intake.adapters.published_events import publish
from services.intake.adapters.report_store import PostgresReports
from services.intake.adapters.visit_store import PostgresVisits
from services.intake.application.ports import Rules
from services.intake.domain.events import Event


@dataclass(frozen=True, slots=True)
class Tools:
    """What every transaction of this service needs beside its connection."""

    sealer: Sealer
    calendar: Calendar
    clock_rules: ClockRules
    rules: Rules
    now: Callable[[], datetime]
    directories: DirectoryMemory = field(default_factory=DirectoryMemory)


@dataclass(slots=True)
class PostgresUnit:
    """One transaction as a use case sees it; ``directories`` only where it never writes an entry."""

    connection: Connection
    tools: Tools
    actor: str
    organ: str | None = None
    causation: UUID | None = None
    directories: DirectoryMemory | None = None
    reports: PostgresReports = field(init=False)
    parts: PostgresParts = field(init=False)
    receipts: PostgresReceipts = field(init=False)
    corrections: PostgresCorrections = field(init=False)
    parties: PostgresParties = field(init=False)
    entries: PostgresEntries = field(init=False)
    visits: PostgresVisits = field(init=False)
    identities: PostgresIdentities = field(init=False)
    clocks: Clocks = field(init=False)
    outbox: Outbox[Event] = field(init=False)
    audit: AuditTrail = field(init=False)

    def __post_init__(self) -> None:
        """Open the stores over the connection."""
        connection, sealer = self.connection, self.tools.sealer
        self.reports = PostgresReports(connection, sealer)
        self.parts = PostgresParts(connection)
        self.receipts = PostgresReceipts(connection)
        self.corrections = PostgresCorrections(connection, sealer)
        self.parties = PostgresParties(connection, sealer)
        self.entries = PostgresEntries(connection, self.directories)
        self.visits = PostgresVisits(connection)
        self.identities = PostgresIdentities(connection)
        self.clocks = Clocks(connection, self.tools.clock_rules, self.tools.calendar)
        self.outbox = Outbox(connection, publish, causation=self.causation)
        self.audit = AuditTrail(connection, self.actor, self.organ)

    @property
    def rules(self) -> Rules:
        """The rule tables."""
        return self.tools.rules


@asynccontextmanager
async def begin(pool: Pool, tools: Tools, subject: Subject) -> AsyncIterator[PostgresUnit]:
    """Open a transaction in which ``subject`` acts; commit at the end, or roll back.

    Whose office does not stand today is answered 401.
    """
    async with transaction(pool, subject) as connection:
        unit = PostgresUnit(connection, tools, subject.id, subject.organ, directories=tools.directories)
        ask_office(subject, await unit.entries.offices_of(subject.id, subject.seats), local_day(tools.now()))
        yield unit


@asynccontextmanager
async def begin_as_worker(pool: Pool, tools: Tools, name: str = "worker") -> AsyncIterator[PostgresUnit]:
    """Open a transaction of the worker, which needs no subject."""
    async with transaction(pool) as connection:
        yield PostgresUnit(connection, tools, name)
