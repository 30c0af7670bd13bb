"""What review says, past tense, ids and codes only."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.review.domain.values import CaseId, Cause, Desk, Due, Ground, Reason, Result, ReturnKind, State


@dataclass(frozen=True, slots=True)
class Matter:
    """What every fact of a case carries: ``organ`` assigned it, ``handling_organ`` works on it."""

    case_id: CaseId
    report_id: UUID
    organ: str
    handling_organ: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """An assigned case began; ``due`` is the last day for its result."""

    matter: Matter
    ground: Ground
    themes: tuple[str, ...]
    opened_on: date
    due: Due


@dataclass(frozen=True, slots=True)
class ResultSubmitted:
    """T24; ``submission`` counts from 1."""

    matter: Matter
    submission: int
    submitted_on: date


@dataclass(frozen=True, slots=True)
class ResultWithdrawn:
    """The submitter took the result back before anybody looked at it."""

    matter: Matter
    submission: int


@dataclass(frozen=True, slots=True)
class RoundPassed:
    """One of the first three rounds passed the result on."""

    matter: Matter
    submission: int
    desk: Desk


@dataclass(frozen=True, slots=True)
class ResultReturned:
    """T26 when ``back_to`` is SUPPLEMENTING; ``kind`` and ``new_due_on`` stand for the fourth round only."""

    matter: Matter
    submission: int
    desk: Desk
    reasons: tuple[Reason, ...]
    back_to: State
    kind: ReturnKind | None
    new_due_on: date | None


@dataclass(frozen=True, slots=True)
class ChiefSigned:
    """The lower organ's chief signed, and the result goes up."""

    matter: Matter
    submission: int


@dataclass(frozen=True, slots=True)
class CaseAccepted:
    """T25; the superior petition office accepted the result."""

    matter: Matter
    submission: int
    accepted_on: date
    result: Result


@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    """The case was called off, or never opened."""

    matter: Matter
    cause: Cause


Event = (
    CaseOpened
    | ResultSubmitted
    | ResultWithdrawn
    | RoundPassed
    | ResultReturned
    | ChiefSigned
    | CaseAccepted
    | CaseWithdrawn
)
