"""What the fold needs of the facts about one report; ids, codes and days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from services.analytics.domain.values import Act, ReceiptKind


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a receipt came; ``received_on`` is the local day that chooses its month."""

    received_on: date
    channel: str
    source: str
    name_status: str
    reporter_count: int


@dataclass(frozen=True, slots=True)
class ReportedParty:
    """What statistics need of a reported party; ``rank`` None when unknown."""

    rank: str | None
    is_unit_head: bool


@dataclass(frozen=True, slots=True)
class Classification:
    """The category as confirmed; ``violations`` are groups (V3) or sub-codes (V3-02)."""

    nature: str
    occurrence: str
    violations: tuple[str, ...]
    themes: tuple[str, ...]
    parties: tuple[ReportedParty, ...]
    region: str | None
    taxonomy_version: str


@dataclass(frozen=True, slots=True)
class Registered:
    """A receipt 件次 was registered by ``organ``."""

    organ: str
    on: date
    report_no: str
    kind: ReceiptKind
    arrival: Arrival
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Classified:
    """The part of ``organ`` was classified, or its category changed; ``version`` counts from 1."""

    organ: str
    on: date
    version: int
    arrival: Arrival
    classification: Classification


@dataclass(frozen=True, slots=True)
class Moved:
    """An act moved the part of ``organ``; ``target_organ`` only of an assignment."""

    organ: str
    on: date
    act: Act
    target_organ: str | None = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """The report turned out to be of superior level: it leaves every figure."""

    organ: str
    on: date


@dataclass(frozen=True, slots=True)
class Noted:
    """A fact that stands in the timeline and moves nothing."""

    organ: str
    on: date


ReportFact = Registered | Classified | Moved | Frozen | Noted


class Told(NamedTuple):
    """One fact with its place: ``sequence`` counts within (topic, subject), ``said_at`` is UTC."""

    topic: str
    subject: str
    sequence: int
    said_at: datetime
    fact: ReportFact


class Placed(Protocol):
    """Anything with the place of a fact: ``sequence`` counts within (topic, subject)."""

    @property
    def topic(self) -> str: ...  # noqa: D102
    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def sequence(self) -> int: ...  # noqa: D102
    @property
    def said_at(self) -> datetime: ...  # noqa: D102


P = TypeVar("P", bound=Placed)


def in_order(facts: Iterable[P]) -> list[P]:
    """The facts of one report, each once, in the one order that does not depend on when they were heard.

    Within (topic, subject) the sequence rules; across topics the instant at which each was said, never
    before the one in front of it. So a late fact takes its place, and a rebuild comes out the same.
    """
    by_place = {(fact.topic, fact.subject, fact.sequence): fact for fact in facts}
    placed: list[tuple[datetime, tuple[str, str, int]]] = []
    latest: dict[tuple[str, str], datetime] = {}
    for place in sorted(by_place):
        said_at, name = by_place[place].said_at, place[:2]
        latest[name] = max(said_at, latest.get(name, said_at))
        placed.append((latest[name], place))
    return [by_place[place] for _, place in sorted(placed)]
