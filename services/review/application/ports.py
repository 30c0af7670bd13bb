"""What a use case sees of one transaction; adapters/work.py fulfils it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.review.domain.audit import AssignedCase
from services.review.domain.directory import Directory
from services.review.domain.events import Event
from services.review.domain.exclusion import Excluded
from services.review.domain.values import CaseId, Desk, Due, OfficerId, State


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the token says: a person's id and the organ."""

    id: OfficerId
    organ: str


@dataclass(frozen=True, slots=True)
class About:
    """The case an act is about, the version the actor saw, and when it is; ``today`` is the local day."""

    actor: Actor
    case_id: CaseId
    version: int
    at: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Passage:
    """One step of a case: the state it left (none when it was opened), the word for it, who made it."""

    from_state: State | None
    decision: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperSlip:
    """What may be known of a sealed text without opening it."""

    id: UUID
    kind: str
    submission: int
    desk: Desk | None
    written_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockFace:
    """A clock as it stands: its rule, its last day, and what it told so far."""

    rule_id: str
    due_on: date
    provisional: bool
    state: str
    prewarned: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with everything its page shows, texts left out."""

    case: AssignedCase
    clocks: tuple[ClockFace, ...]
    expired: bool
    papers: tuple[PaperSlip, ...]
    decided_at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a list shows it."""

    case_id: CaseId
    report_id: UUID
    organ: str
    handling_organ: str
    synthetic: bool
    state: State
    submission: int
    version: int
    opened_on: date
    due_on: date | None
    expired: bool
    opened_at: datetime


class Cases(Protocol):
    """The assigned cases on file, each locked by whoever reads it here."""

    async def get(self, case_id: CaseId) -> AssignedCase:
        """Raises CaseUnknown, also for a case the actor may not see."""

    async def open_of(self, report_id: UUID) -> AssignedCase | None:
        """The report's open case, if it has one."""

    async def save(self, case: AssignedCase, passage: Passage | None, at: datetime) -> AssignedCase:
        """Write the case; returns it with its new version. Raises CaseChanged, AlreadyAssigned, Barred."""

    async def note_incident(
        self, case_id: CaseId, kind: str, officer: OfficerId | None, at: datetime
    ) -> None:
        """Record what must not have happened, or what a person must look into."""

    async def expire_round(self, case_id: CaseId, entry: int, at: datetime) -> None:
        """Mark an entry into a round as past its deadline."""


class Pages(Protocol):
    """What is read without being changed."""

    async def find(self, case_id: CaseId) -> CasePage:
        """Raises CaseUnknown."""

    async def list_cases(
        self, states: Sequence[State], after: tuple[datetime, UUID] | None, limit: int
    ) -> list[CaseLine]:
        """The actor's cases in order of opening, from behind ``after``; all states when none is named."""


class Exclusions(Protocol):
    """Intake's excluded sets as they were last told."""

    async def of_case(self, case_id: CaseId) -> Excluded:
        """The set of the case's report, locked against change. Raises CaseUnknown."""

    async def of(self, report_id: UUID, at: datetime) -> Excluded:
        """The set of a report, locked against change; empty with version 0 when none was told."""

    async def put(self, report_id: UUID, excluded: Excluded, at: datetime) -> None:
        """Keep the set of a report that ``of`` locked."""


class Entries(Protocol):
    """The local copy of the directory."""

    async def on(self, day: date, organs: Sequence[str]) -> Directory:
        """Organs and units as they stood on ``day``, and the seats of these organs."""

    async def put(self, entry: "Entry") -> None:
        """Keep one state of an entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The whole state of one directory entry from ``effective_on`` on."""

    kind: str
    id: str
    effective_on: date
    state: Mapping[str, object]


class Papers(Protocol):
    """Free text of the audit, sealed before it reaches the database."""

    async def keep(self, case: AssignedCase, kind: str, desk: Desk | None, text: str, about: About) -> UUID:
        """Seal and keep one text under the case's present submission; returns its id."""

    async def read(self, case_id: CaseId, paper_id: UUID) -> str:
        """The text. Raises PaperUnknown."""


class Clocks(Protocol):
    """Duties with a last day, by rule and entity."""

    async def start(self, rule_id: str, entity_id: str, organ: str, started_on: date) -> Due:
        """Start a clock by its rule; returns its last day, provisional beyond the known calendar."""

    async def appoint(self, rule_id: str, entity_id: str, organ: str, started_on: date, due_on: date) -> None:
        """Start a clock whose last day a person set."""

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
    def cases(self) -> Cases: ...
    @property
    def pages(self) -> Pages: ...
    @property
    def exclusions(self) -> Exclusions: ...
    @property
    def entries(self) -> Entries: ...
    @property
    def papers(self) -> Papers: ...
    @property
    def clocks(self) -> Clocks: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> AuditTrail: ...
