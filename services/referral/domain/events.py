"""What referral says, past tense, ids and codes only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.referral.domain.values import Disposal, Ground, StudyDecision, Way


@dataclass(frozen=True, slots=True)
class _OfReport:
    report_id: UUID
    organ: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class ReportQueuedForStudy(_OfReport):
    """T5."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportStudied(_OfReport):
    """A meeting decided; ``reasons`` are those for which it was queued."""

    meeting_id: UUID
    decision: StudyDecision
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportAccepted(_OfReport):
    """T6; ``basis`` is TRIAGE or STUDY."""

    basis: str


@dataclass(frozen=True, slots=True)
class ReportMoved(_OfReport):
    """T7."""

    way: Way
    target_organ: str
    target_unit: str | None
    target_seat: str | None
    case_management_notified_at: datetime
    signed_by_seat: str | None


@dataclass(frozen=True, slots=True)
class ReportTransferred(_OfReport):
    """T10."""

    target_organ: str


@dataclass(frozen=True, slots=True)
class TransferSignedFor(_OfReport):
    """T10a; ``organ`` is the receiver."""

    from_organ: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class ReportAssigned(_OfReport):
    """T11."""

    target_organ: str
    ground: Ground
    themes: tuple[str, ...]
    assigned_on: date
    officers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportReturned(_OfReport):
    """T15 (HANDLER) or T10b (LOWER_ORGAN)."""

    returned_by: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class ReportRetained(_OfReport):
    """T8 (REPEAT) or T9 (NO_SUBSTANCE, with the meeting)."""

    kind: str
    meeting_id: UUID | None


@dataclass(frozen=True, slots=True)
class ReportAdvised(_OfReport):
    """T12 by visit, phone or network."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportForwarded(_OfReport):
    """T12 by letter."""

    competent_department: str


@dataclass(frozen=True, slots=True)
class AppealRouted(_OfReport):
    """T14."""

    target_unit: str


@dataclass(frozen=True, slots=True)
class SuggestionFiled(_OfReport):
    """T14."""

    target_unit: str


@dataclass(frozen=True, slots=True)
class DisposalDecided(_OfReport):
    """T17, T18, T19."""

    disposal: Disposal


@dataclass(frozen=True, slots=True)
class ReportConcluded(_OfReport):
    """T20, T22, T25."""

    concluded_on: date
    substantiation: str | None
    outcome: str | None
    four_form: int | None


@dataclass(frozen=True, slots=True)
class SuperiorLevelSuspected(_OfReport):
    """Rules 1 or 2 hit after registration; says nothing else."""


@dataclass(frozen=True, slots=True)
class RoutingWithdrawn(_OfReport):
    """An open routing was closed without its end; ``reason`` is EXCLUDED or FROZEN."""

    reason: str


@dataclass(frozen=True, slots=True)
class DirectoryChanged:
    """The whole state of one entry, persons by id only; ``organ`` is the one it belongs to, if any."""

    kind: str
    id: str
    organ: str | None
    synthetic: bool
    effective_on: date
    state: Mapping[str, object]


ScreeningEvent = (
    ReportQueuedForStudy
    | ReportStudied
    | ReportAccepted
    | ReportRetained
    | ReportAdvised
    | ReportForwarded
    | AppealRouted
    | SuggestionFiled
    | SuperiorLevelSuspected
)
RoutingEvent = (
    ReportMoved
    | ReportTransferred
    | TransferSignedFor
    | ReportAssigned
    | ReportReturned
    | DisposalDecided
    | ReportConcluded
    | RoutingWithdrawn
)
ReportEvent = ScreeningEvent | RoutingEvent
Event = ReportEvent | DirectoryChanged
