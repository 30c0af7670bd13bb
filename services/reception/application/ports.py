"""What a use case sees of one transaction; adapters/work.py fulfils it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.reception.domain.directory import Directory
from services.reception.domain.events import Event
from services.reception.domain.exclusion import Excluded
from services.reception.domain.gate import PostPhrases
from services.reception.domain.record import PaperKind
from services.reception.domain.roster import Roster, RosterDay
from services.reception.domain.session import NoticeRule, Session
from services.reception.domain.stages import Stages
from services.reception.domain.values import Slot
from services.reception.domain.visit import Visit


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the token says: a person's id, the organ, the seats held."""

    id: str
    organ: str
    seats: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts when; ``today`` is the local day of ``at``."""

    actor: Actor
    at: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables in force."""

    stages: Stages
    notice: NoticeRule
    posts: PostPhrases
    ranks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: after the last one seen, at most ``limit``."""

    after: tuple[date, UUID] | None = None
    limit: int = 50


class Rosters(Protocol):
    """Rosters and leaves of the organ."""

    async def add(self, roster: Roster, at: datetime) -> None:
        """Keep a draft."""

    async def get(self, roster_id: UUID) -> Roster:
        """The roster, locked. Raises RosterUnknown."""

    async def save_approval(self, roster: Roster, at: datetime) -> None:
        """Keep who approved it."""

    async def duty(self, organ: str, leader_seat: str, day: date) -> RosterDay | None:
        """The leader's row of an approved roster for the day."""

    async def add_leave(
        self, leave_id: UUID, organ: str, leader_seat: str, span: tuple[date, date], by: str
    ) -> None:
        """Note that a leader is away from the first to the last day."""

    async def on_leave(self, organ: str, leader_seat: str, day: date) -> bool:
        """Whether the leader is away that day."""


class Sessions(Protocol):
    """The sessions on file and who booked their slots."""

    async def get(self, session_id: UUID) -> Session:
        """The session, locked. Raises SessionUnknown."""

    async def find(self, session_id: UUID) -> Session:
        """The session, which nobody changes until the transaction ends. Raises SessionUnknown."""

    async def add(self, session: Session, actor: str, at: datetime) -> None:
        """Keep a new session and its slots. Raises SlotsOverlap."""

    async def save(self, before: Session, after: Session, actor: str, at: datetime) -> int:
        """Write a change; returns the new version. Raises SessionChangedMeanwhile, SlotsOverlap."""

    async def page(self, organ: str, page: Page) -> list[Session]:
        """Sessions by day."""

    async def free(self, session_id: UUID) -> list[Slot]:
        """The slots nobody booked."""

    async def take(self, session: Session, wanted: int | None, at: datetime) -> Slot:
        """A free slot that begins after ``at``, held until the transaction ends.

        Raises SlotUnknown, SlotInThePast, SlotTaken, SessionFull.
        """

    async def book(self, visit: Visit, at: datetime) -> None:
        """Keep the booking of a held slot. Raises SlotTaken."""

    async def release(self, visit_id: UUID, at: datetime) -> None:
        """Give the slot back; nothing when it was given back."""


class Visits(Protocol):
    """The visits on file with their papers."""

    async def get(self, visit_id: UUID) -> Visit:
        """The visit, locked. Raises VisitUnknown."""

    async def find(self, visit_id: UUID) -> Visit:
        """The visit, not locked. Raises VisitUnknown."""

    async def add(self, visit: Visit, refs: Sequence[UUID], actor: str, at: datetime) -> None:
        """Keep a new visit and the vault's references of who comes."""

    async def save(self, before: Visit, after: Visit, actor: str, at: datetime, detail: str = "") -> int:
        """Write a change; returns the new version. Raises VisitChangedMeanwhile."""

    async def page(self, organ: str, page: Page) -> list[Visit]:
        """Visits by day."""

    async def booked_in(self, session_id: UUID) -> list[Visit]:
        """Visits whose slot of the session is held, locked."""

    async def about(self, report_id: UUID) -> list[Visit]:
        """Visits that come about a report or became it, locked."""

    async def put_paper(
        self, visit: Visit, kind: PaperKind, content: Mapping[str, object], actor: str, at: datetime
    ) -> None:
        """Seal a paper as its next version."""

    async def paper(self, visit_id: UUID, kind: PaperKind) -> Mapping[str, object] | None:
        """The newest version of a paper, opened."""

    async def forget(self, visit: Visit) -> None:
        """Destroy the papers, the parties picked and the references: a superior-level talk leaves nothing."""

    async def refs(self, visit_id: UUID) -> list[UUID]:
        """The vault's references of who came, in order."""

    async def note_incident(self, incident_id: UUID, visit: Visit, kind: str, at: datetime) -> None:
        """Record that a visit had to be stopped."""


class Exclusions(Protocol):
    """What intake told of reports."""

    async def of(self, report_ids: Iterable[UUID]) -> Excluded:
        """The excluded sets of these reports together."""

    async def put(self, report_id: UUID, excluded: Excluded, at: datetime) -> None:
        """Keep the whole set of a report in place of the former."""

    async def freeze(self, report_id: UUID, at: datetime) -> None:
        """Remember that a report is frozen."""

    async def frozen(self, report_ids: Iterable[UUID]) -> bool:
        """Whether one of these reports is frozen."""


class Entries(Protocol):
    """The directory as reception keeps it."""

    async def on(self, day: date) -> Directory:
        """All entries, to be judged by a day."""

    async def put(self, id_: str, kind: str, state: Mapping[str, object], *, synthetic: bool) -> None:
        """Keep the whole state of an entry."""


class Outbox(Protocol):
    """Facts leave through it."""

    async def add(self, events: Iterable[Event]) -> None:
        """Say what happened, when the transaction commits."""


class AuditTrail(Protocol):
    """Who did what."""

    async def note(
        self, action: str, entity: str, entity_id: str, **codes: str | int | bool | list[str] | None
    ) -> None:
        """Add one record of ids and codes."""


class Unit(Protocol):
    """One transaction, as a use case sees it."""

    @property
    def rosters(self) -> Rosters: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def visits(self) -> Visits: ...
    @property
    def exclusions(self) -> Exclusions: ...
    @property
    def entries(self) -> Entries: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> AuditTrail: ...
    @property
    def rules(self) -> Rules: ...
