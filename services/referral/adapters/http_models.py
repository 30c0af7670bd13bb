"""The bodies of requests: strict, no unknown field, ids and codes typed."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.chassis.strict_json import Day, Line, StrictModel, Text
from services.referral.adapters.directory_states import Id
from services.referral.domain.handling import Outcome, Substantiation
from services.referral.domain.meeting import Tier
from services.referral.domain.recusal import RecusalGround
from services.referral.domain.values import (
    Approval,
    Disposal,
    Ground,
    StudyDecision,
    StudyReason,
)

ReasonCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
FewIds = Annotated[tuple[Id, ...], Field(max_length=50)]


class ApprovalGiven(StrictModel):
    """An approval as it stands on paper 领导批示: whose seat, on which local day."""

    seat: Id
    approved_on: Day

    def meant(self) -> Approval:
        """The approval as the domain knows it."""
        return Approval(self.seat, self.approved_on)


class StudyAsked(StrictModel):
    """T5: why the report goes before the meeting."""

    reasons: Annotated[tuple[StudyReason, ...], Field(min_length=1, max_length=7)]


class MoveAsked(StrictModel):
    """T6 and T7; the notice to case management goes with the same act."""

    approval: ApprovalGiven
    case_management_told: bool


class AssignmentAsked(StrictModel):
    """T11."""

    ground: Ground
    letter_no: Line
    approval: ApprovalGiven
    officers: FewIds = ()


class RetentionAsked(StrictModel):
    """T8 or T9."""

    kind: Literal["REPEAT", "NO_SUBSTANCE"]


class ForwardingAsked(StrictModel):
    """T12 by letter."""

    competent_department: Id


class RefusalGiven(StrictModel):
    """T10b: why the lower organ is not competent."""

    reason_code: ReasonCode
    reasons: Text


class ReturnAsked(StrictModel):
    """T15."""

    reason_code: ReasonCode
    reasons: Text
    approval: ApprovalGiven


class DisposalGiven(StrictModel):
    """T17, T23."""

    disposal: Disposal
    approval: ApprovalGiven


class HoldAsked(StrictModel):
    """T19; the day of the re-check is needed."""

    recheck_on: Day | None = None


class ConclusionGiven(StrictModel):
    """T20, T22."""

    concluded_on: Day
    substantiation: Substantiation | None = None
    outcome: Outcome | None = None
    four_form: Annotated[int, Field(ge=1, le=4)] | None = None


class MeetingConvened(StrictModel):
    """Who meets when; persons by directory id."""

    held_on: Day
    tier: Tier
    present: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)]
    absent: FewIds = ()
    recorder: Id


class OpinionGiven(StrictModel):
    """One member's view, and whether it differs from the decision."""

    member: Id
    text: Text
    dissents: bool = False


class ItemDecided(StrictModel):
    """The decision on one report; ``target`` is the unit or organ chosen for a hand-over."""

    report_id: UUID
    decision: StudyDecision
    opinions: Annotated[tuple[OpinionGiven, ...], Field(min_length=1, max_length=50)]
    recused: FewIds = ()
    executor: Id | None = None
    due_on: Day | None = None
    target: Id | None = None


class RecusalAsked(StrictModel):
    """Who should step back from which report, and on which ground."""

    report_id: UUID
    officer: Id
    ground: RecusalGround


class RecusalDecided(StrictModel):
    """The organ's decision."""

    granted: bool


class EntryGiven(StrictModel):
    """The whole state of a directory entry from ``effective_on`` on; its members follow from the kind.

    ``staff_name`` is the name of a person of the staff; it stays in this service.
    """

    organ: Id | None = None
    synthetic: bool
    effective_on: Day
    state: dict[str, object]
    staff_name: Line | None = None


class EntryListed(EntryGiven):
    """An entry in a list of entries."""

    kind: Literal["ORGAN", "UNIT", "SEAT", "PERSON"]
    id: Id


class DirectoryGiven(StrictModel):
    """Many entries at once: all are kept, or none."""

    entries: Annotated[tuple[EntryListed, ...], Field(min_length=1, max_length=2000)]
