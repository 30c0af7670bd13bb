"""A unit of work: one transaction, its stores, outbox and trail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.chassis.audit import AuditTrail
from services.chassis.database import Connection, Pool, Subject, transaction
from services.chassis.facts import Heard
from services.chassis.outbox import Outbox
from services.chassis.security.sealing import Sealer
from services.reception.adapters.directory_store import PostgresEntries
from services.reception.adapters.exclusion_store import PostgresExclusions
from services.reception.adapters.published_events import publish
from services.reception.adapters.roster_store import PostgresRosters
from services.reception.adapters.session_store import PostgresSessions
from services.reception.adapters.visit_store import PostgresVisits
from services.reception.application.ports import Rules
from services.reception.domain.events import Event

WORKER = "worker"


@dataclass(frozen=True, slots=True)
class PostgresUnit:
    """What a use case sees of one transaction."""

    rosters: PostgresRosters
    sessions: PostgresSessions
    visits: PostgresVisits
    exclusions: PostgresExclusions
    entries: PostgresEntries
    outbox: Outbox[Event]
    audit: AuditTrail
    rules: Rules


@dataclass(frozen=True, slots=True)
class Works:
    """Makes units of work."""

    pool: Pool
    sealer: Sealer
    rules: Rules

    @asynccontextmanager
    async def begin(self, subject: Subject) -> AsyncIterator[tuple[PostgresUnit, Connection]]:
        """A transaction in which ``subject`` acts; commit at the end, or roll back."""
        async with transaction(self.pool, subject) as connection:
            trail = AuditTrail(connection, subject.id, subject.organ or None)
            yield self.of(connection, Outbox(connection, publish), trail), connection

    def hearing(self, connection: Connection, heard: Heard) -> PostgresUnit:
        """The unit in which a reaction to a fact works."""
        outbox = Outbox(connection, publish, causation=heard.event_id)
        return self.of(connection, outbox, AuditTrail(connection, WORKER))

    def of(self, connection: Connection, outbox: Outbox[Event], trail: AuditTrail) -> PostgresUnit:
        """The unit of an open transaction."""
        return PostgresUnit(
            PostgresRosters(connection, self.sealer),
            PostgresSessions(connection, self.sealer),
            PostgresVisits(connection, self.sealer),
            PostgresExclusions(connection),
            PostgresEntries(connection),
            outbox,
            trail,
            self.rules,
        )
