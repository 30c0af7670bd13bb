"""What reception says, past tense, ids and codes only."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reception.domain.values import Form


@dataclass(frozen=True, slots=True)
class _OfSession:
    session_id: UUID
    organ: str
    synthetic: bool
    held_on: date
    form: Form
    leader_seat: str


@dataclass(frozen=True, slots=True)
class SessionPublished(_OfSession):
    """The notice went up (PT02)."""


@dataclass(frozen=True, slots=True)
class SessionChanged(_OfSession):
    """``change`` is CHANGED, CANCELLED or CLOSED."""

    change: str


@dataclass(frozen=True, slots=True)
class _OfVisit:
    visit_id: UUID
    organ: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class VisitBooked(_OfVisit):
    """A slot was booked."""

    session_id: UUID
    held_on: date


@dataclass(frozen=True, slots=True)
class VisitRegistered(_OfVisit):
    """Who booked arrived, or a walk-in came (PT03)."""

    form: Form
    persons: int
    received_on: date


@dataclass(frozen=True, slots=True)
class VisitSignedOff(_OfVisit):
    """The leader signed with an opinion (PT15); intake fetches the record."""

    received_on: date
    form: Form
    persons: int
    leader_seat: str


Event = SessionPublished | SessionChanged | VisitBooked | VisitRegistered | VisitSignedOff
