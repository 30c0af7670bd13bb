"""A unit of work: one transaction with the stores, clocks, outbox and trail of one acting subject."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from services.chassis.audit import AuditTrail
from services.chassis.calendar import Calendar
from services.chassis.clocks import ClockRules, Clocks
from services.chassis.database import Connection, Pool, Subject, transaction
from services.chassis.outbox import Outbox
from services.chassis.security.sealing import Sealer
from services.referral.adapters.clock_store import TriageClocks
from services.referral.adapters.directory_store import DirectoryHistory, PostgresEntries
from services.referral.adapters.exclusion_store import PostgresExclusions
from services.referral.adapters.meeting_store import PostgresMeetings
from services.referral.adapters.paper_store import SealedPapers
from services.referral.adapters.part_store import PostgresReferrals
from services.referral.adapters.published_events import publish
from services.referral.adapters.recusal_store import PostgresRecusals
from services.referral.domain.events import Event

WORKER = "service-referral"


@dataclass(frozen=True, slots=True)
class PostgresUnit:
    """One transaction, as a use case sees it."""

    connection: Connection
    referrals: PostgresReferrals
    exclusions: PostgresExclusions
    entries: PostgresEntries
    meetings: PostgresMeetings
    recusals: PostgresRecusals
    papers: SealedPapers
    clocks: TriageClocks
    outbox: Outbox[Event]
    audit: AuditTrail


@dataclass(frozen=True, slots=True)
class Works:
    """Makes units of work; holds what all transactions of a process share."""

    pool: Pool
    sealer: Sealer
    rules: ClockRules
    calendar: Calendar
    history: DirectoryHistory

    def unit(
        self, connection: Connection, subject: Subject | None = None, causation: UUID | None = None
    ) -> PostgresUnit:
        """The unit of an open transaction; without a subject the worker acts, for each part's organ."""
        organ = None if subject is None else subject.organ
        return PostgresUnit(
            connection,
            PostgresReferrals(connection, organ),
            PostgresExclusions(connection, organ),
            PostgresEntries(connection, self.history),
            PostgresMeetings(connection),
            PostgresRecusals(connection),
            SealedPapers(connection, self.sealer, organ),
            TriageClocks(Clocks(connection, self.rules, self.calendar)),
            Outbox(connection, publish, causation=causation),
            AuditTrail(connection, WORKER if subject is None else subject.id, organ),
        )

    @asynccontextmanager
    async def begin(self, subject: Subject | None = None) -> AsyncIterator[PostgresUnit]:
        """Open a transaction in which ``subject`` acts; commit at the end, or roll back."""
        async with transaction(self.pool, subject) as connection:
            yield self.unit(connection, subject)
