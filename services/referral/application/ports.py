"""What a use case sees of one transaction; adapters/work.py fulfils it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.referral.domain.directory import Directory
from services.referral.domain.events import Event
from services.referral.domain.exclusion import Excluded
from services.referral.domain.meeting import ItemDecision, Meeting
from services.referral.domain.recusal import Recusal, RecusalState
from services.referral.domain.referral import Referral, Routing


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the token says: a person's id, the organ, the seats held."""

    id: str
    organ: str
    seats: frozenset[str]


@dataclass(frozen=True, slots=True)
class About:
    """The report an act is about, the version the actor saw, and when it is; ``today`` is the local day."""

    actor: Actor
    report_id: UUID
    version: int
    at: datetime
    today: date


class Referrals(Protocol):
    """The parts on file, each locked by whoever reads it here."""

    async def get(self, report_id: UUID, organ: str) -> Referral:
        """The organ's own part. Raises ReferralUnknown."""

    async def handed_to(self, report_id: UUID, organ: str) -> Referral:
        """The part whose open routing leads to ``organ``. Raises ReferralUnknown."""

    async def parts_of(self, report_id: UUID) -> list[Referral]:
        """All parts of a report, oldest first."""

    async def save(self, part: Referral, actor: str, at: datetime) -> None:
        """Write the part, its routing and its passages. Raises ReferralChanged, AlreadyRouted."""


class Exclusions(Protocol):
    """Intake's excluded sets as they were last told."""

    async def of(self, report_id: UUID) -> Excluded:
        """The set, locked against change; empty with version 0 when none was told."""

    async def put(self, report_id: UUID, organ: str, excluded: Excluded, at: datetime) -> bool:
        """Keep a newer set; False when this or a newer one is kept already."""

    async def note_incident(self, part: Referral, routing: Routing, at: datetime) -> None:
        """Record that a routing had been open towards the reported side."""


class Entries(Protocol):
    """The directory and its history."""

    async def on(self, day: date) -> Directory:
        """Everything as it stood on ``day``."""

    async def put(self, entry: "Entry") -> int:
        """Add a version; returns its number from 1. The same state again adds none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The whole state of one directory entry from ``effective_on`` on."""

    kind: str
    id: str
    organ: str | None
    synthetic: bool
    state: Mapping[str, object]
    effective_on: date


class Meetings(Protocol):
    """Study meetings and what they decided."""

    async def add(self, meeting: Meeting, at: datetime) -> None:
        """Keep a new meeting."""

    async def get(self, meeting_id: UUID, organ: str) -> Meeting:
        """Raises MeetingUnknown."""

    async def record(self, meeting: Meeting, report_id: UUID, item: ItemDecision, at: datetime) -> None:
        """Keep the decision on one item; it is never changed."""


class Recusals(Protocol):
    """The recusal register."""

    async def add(self, recusal: Recusal) -> None:
        """Keep a request."""

    async def decide(self, recusal_id: UUID, organ: str, state: RecusalState, by: str, at: datetime) -> None:
        """Raises RecusalUnknown when it is not there or was decided."""

    async def officers(self, report_id: UUID) -> frozenset[str]:
        """Persons who are out: asked for or granted."""


class Papers(Protocol):
    """Free text of the office, sealed before it reaches the database."""

    async def keep(self, part: Referral, kind: str, text: str, by: str, at: datetime) -> UUID:
        """Seal and keep one text; returns its id."""


class Clocks(Protocol):
    """Statutory clocks by rule id and entity."""

    async def start(self, rule_id: str, entity_id: str, organ: str, started_on: date) -> None:
        """Start a clock; a second start is ignored."""

    async def meet(self, rule_id: str, entity_id: str, on: date) -> None:
        """The duty was done; nothing when no such clock runs."""

    async def waive(self, rule_id: str, entity_id: str) -> None:
        """The duty fell away; nothing when no such clock runs."""


class Outbox(Protocol):
    """Facts to say with the commit."""

    async def add(self, events: Iterable[Event]) -> None:
        """Say what happened."""


class AuditTrail(Protocol):
    """The append-only trail."""

    async def note(self, action: str, entity: str, entity_id: str, **codes: str | int | bool | None) -> None:
        """Record one act."""


class Unit(Protocol):
    """One transaction."""

    @property
    def referrals(self) -> Referrals: ...
    @property
    def exclusions(self) -> Exclusions: ...
    @property
    def entries(self) -> Entries: ...
    @property
    def meetings(self) -> Meetings: ...
    @property
    def recusals(self) -> Recusals: ...
    @property
    def papers(self) -> Papers: ...
    @property
    def clocks(self) -> Clocks: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> AuditTrail: ...
