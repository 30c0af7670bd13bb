"""What a use case sees of one transaction; adapters/work.py fulfils it."""

from collections.abc import Iterable, Mapping, Sequence
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
from services.referral.domain.values import State


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


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """Which parts a list shows: our own, or those handed to our organ.

    ``after`` is the last part of the page before, by day of receipt and report.
    """

    organ: str
    handed: bool = False
    state: State | None = None
    after: tuple[date, UUID] | None = None
    limit: int = 50


class Referrals(Protocol):
    """The parts on file. Frozen ones are not there for anybody but the reactions (``parts_of``)."""

    async def get(self, report_id: UUID, organ: str) -> Referral:
        """The organ's own part, locked. Raises ReferralUnknown."""

    async def handed_to(self, report_id: UUID, organ: str) -> Referral:
        """The part whose open routing leads to ``organ``, locked. Raises ReferralUnknown."""

    async def find(self, report_id: UUID, organ: str) -> list[Referral]:
        """The organ's own part and the one handed to it, as far as they are; not locked."""

    async def page(self, asked: DeskFilter) -> list[Referral]:
        """Parts in the order of receipt; not locked."""

    async def parts_of(self, report_id: UUID) -> list[Referral]:
        """All parts of a report, oldest first, locked."""

    async def unended(self, after: tuple[UUID, str] | None, limit: int) -> list[Referral]:
        """Parts that lie in triage or have an open routing, by report and organ; not locked."""

    async def add_all(self, parts: Sequence[Referral], at: datetime) -> frozenset[tuple[UUID, str]]:
        """Open many parts at once; returns those that were new, by report and organ. Says nothing."""

    async def save(self, part: Referral, actor: str, at: datetime) -> None:
        """Write the part, its routing and its passages. Raises ReferralChanged, AlreadyRouted."""

    async def mark_frozen(self, report_id: UUID, at: datetime) -> None:
        """Remember that the report is frozen, whatever parts of it may still come."""

    async def frozen(self, reports: Sequence[UUID]) -> frozenset[UUID]:
        """Which of these reports are frozen."""


class Exclusions(Protocol):
    """Intake's excluded sets as they were last told."""

    async def of(self, report_id: UUID) -> Excluded:
        """The set, locked against change. Raises ReferralUnknown when the report is none of ours."""

    async def of_many(self, reports: Sequence[UUID]) -> Mapping[UUID, Excluded]:
        """The sets as they stand, not locked; none for a report nothing was told of."""

    async def put(self, report_id: UUID, organ: str, excluded: Excluded, at: datetime) -> bool:
        """Keep a newer set; False when this or a newer one is kept already."""

    async def note_incident(self, part: Referral, routing: Routing, at: datetime) -> None:
        """Record that a routing had been open towards the reported side."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The whole state of one directory entry from ``effective_on`` on.

    ``staff_name`` is the name of a person of the staff; it is kept here and told to nobody.
    """

    kind: str
    id: str
    organ: str | None
    synthetic: bool
    state: Mapping[str, object]
    effective_on: date
    staff_name: str | None = None


class Entries(Protocol):
    """The directory and its history."""

    async def on(self, day: date) -> Directory:
        """Everything as it stood on ``day``; before an entry's first state that one speaks."""

    async def organs_of(self, ids: Iterable[str]) -> dict[str, str | None]:
        """The organ each of these entries belongs to now; one that is not on file is not in it."""

    async def put(self, entry: Entry, at: datetime) -> bool:
        """Add a state; False when the same one stands already. Raises EntryMalformed, EntryOutOfOrder."""


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

    async def get(self, recusal_id: UUID, organ: str) -> Recusal:
        """Locked. Raises RecusalUnknown."""

    async def decide(self, recusal_id: UUID, organ: str, state: RecusalState, by: str, at: datetime) -> None:
        """Raises RecusalUnknown when it is not there or was decided."""

    async def officers(self, report_id: UUID) -> frozenset[str]:
        """Persons who are out: asked for or granted."""

    async def officers_of_many(self, reports: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
        """The same for many reports."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One text of the office, opened; ``kind`` says what it is."""

    id: UUID
    kind: str
    by: str
    at: datetime
    text: str


class Papers(Protocol):
    """Free text of the office, sealed before it reaches the database."""

    async def keep(self, part: Referral, kind: str, text: str, by: str, at: datetime) -> UUID:
        """Seal and keep one text; returns its id."""

    async def of(self, report_id: UUID, organ: str) -> list[Paper]:
        """The texts of an organ's part, oldest first."""


class Clocks(Protocol):
    """Statutory clocks by rule id and entity."""

    async def start(self, rule_id: str, entity_id: str, organ: str, started_on: date) -> None:
        """Start a clock; a second start is ignored."""

    async def start_all(self, starts: Sequence[tuple[str, str, str, date]]) -> None:
        """The same for many: rule, entity, organ and day of each."""

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
