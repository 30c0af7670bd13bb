"""What the use cases see of the world."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from services.analytics.domain.codes import Codes
from services.analytics.domain.counts import Counts, Movements
from services.analytics.domain.facts import Told
from services.analytics.domain.fence import Asker, ReportedSide
from services.analytics.domain.report import Figures
from services.analytics.domain.values import Scope, Span


class FactRow(NamedTuple):
    """One fact about a report as it is kept; ``data`` is the body as JSON text, ``day`` when it counts."""

    event_id: UUID
    report_id: UUID
    organ: str
    type: str
    day: date
    data: str
    told: Told


@dataclass(frozen=True, slots=True)
class EntryRow:
    """The whole state of one entry of the directory, as JSON text."""

    id: str
    kind: str
    organ: str | None
    sequence: int
    state: str


@dataclass(frozen=True, slots=True)
class ExclusionRow:
    """The whole excluded set of one report, by ids of the directory; ``organ`` decides on the report."""

    report_id: UUID
    organ: str
    sequence: int
    units: Sequence[str]
    seats: Sequence[str]
    officers: Sequence[str]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """What one fact says of a visit; None leaves what stood."""

    visit_id: UUID
    organ: str
    state: str
    session_id: UUID | None
    form: str | None
    persons: int | None
    received_on: date | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its latest fact says; ``state`` PUBLISHED, CHANGED, CANCELLED or CLOSED."""

    session_id: UUID
    organ: str
    held_on: date
    form: str
    state: str


class Facts(Protocol):
    """The facts about reports, kept as they were told."""

    async def told_of(self, reports: Collection[UUID]) -> Mapping[UUID, list[Told]]:
        """What was told of these reports so far, in no order."""

    async def add(self, rows: Sequence[FactRow]) -> None:
        """Keep facts; one that is there already stays as it is."""

    async def hide(self, reports: Collection[UUID]) -> None:
        """Take the facts of reports that left the figures out of everybody's sight."""


class Rows(Protocol):
    """The counted rows."""

    async def save(self, reports: Mapping[UUID, Figures], codes: Codes) -> None:
        """Make the rows of these reports what the fold says."""


class Surroundings(Protocol):
    """Directory, excluded sets, visits and sessions."""

    async def save_entries(self, rows: Sequence[EntryRow]) -> None:
        """Keep the newest state of each entry."""

    async def save_exclusions(self, rows: Sequence[ExclusionRow]) -> None:
        """Keep the newest excluded set of each report."""

    async def save_visits(self, rows: Sequence[VisitRow]) -> None:
        """Keep what is now known of each visit; the rows come in the order of their facts."""

    async def save_sessions(self, rows: Sequence[SessionRow]) -> None:
        """Keep the latest state of each session; the rows come in the order of their facts."""


class Unit(Protocol):
    """One transaction of the projection."""

    @property
    def facts(self) -> Facts: ...
    @property
    def rows(self) -> Rows: ...
    @property
    def surroundings(self) -> Surroundings: ...
    @property
    def codes(self) -> Codes: ...


@dataclass(frozen=True, slots=True)
class OrganSeen:
    """An organ whose figures the asker may see."""

    id: str
    name: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """One month that has data: receipts 件次, reports 件, accusations, and receipts not yet classified."""

    month: str
    item_times: int
    items: int
    accusations: int
    unclassified: int


@dataclass(frozen=True, slots=True)
class StateFigure:
    """How many parts stand in a state."""

    state: str
    zh: str
    parts: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What the console's first page shows of an organ's field of view, at one instant."""

    as_of: datetime
    today: date
    registered_today: int
    receipts: int
    reports: int
    unclassified: int
    accusations: int
    visits_today: int
    sessions_ahead: int
    by_state: tuple[StateFigure, ...]
    latest_month: MonthFigure | None


@dataclass(frozen=True, slots=True)
class Window:
    """One live window: facts of one code said from ``starts_at`` on, for a minute or an hour."""

    starts_at: datetime
    dimension: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class TimelineFact:
    """One fact of a report, with its whole body; ``day`` is when it counts."""

    said_at: datetime
    day: date
    type: str
    organ: str
    topic: str
    subject: str
    sequence: int
    data: Mapping[str, object]


class Reading(Protocol):
    """One consistent look at the figures, as far as the asker may see them."""

    async def organ_seen(self, organ: str) -> OrganSeen | None:
        """The organ, or None when the asker may not see its figures."""

    async def counts(self, span: Span, organ: str | None, scope: Scope) -> Counts:
        """Receipts of a span; of all organs the asker sees when ``organ`` is None."""

    async def movements(self, span: Span, organ: str | None, scope: Scope) -> Movements:
        """Parts that stood and moved in a span."""

    async def months(self, organ: str | None) -> list[MonthFigure]:
        """The months that have data, latest first."""

    async def overview(self, now: datetime, today: date, states: Mapping[str, str]) -> Overview:
        """Counts of this moment; ``states`` gives the Chinese word of each state, in order."""

    async def windows(self, grain: str, since: datetime, organ: str | None) -> list[Window]:
        """Live windows that start at ``since`` or later, oldest first."""

    async def timeline(self, report_id: UUID) -> list[TimelineFact]:
        """The facts of a report that the asker may see, in no order; none when there is no such report."""

    async def reported_side(self, report_id: UUID) -> ReportedSide:
        """Intake's newest excluded set of a report; empty while none was heard."""

    async def asker(self, person: str, organ: str, seats: frozenset[str], end: str | None) -> Asker:
        """A person with the seats of the token and of the directory, and the units and organs belonged to.

        Everything above each is among them, but nothing above ``end``.
        """
