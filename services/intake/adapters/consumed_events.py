"""What intake hears: tolerant models with only the fields that are used."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.intake.application.ports import VisitItem

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Tolerant(BaseModel):
    """Fields nobody here uses are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class DirectoryChanged(Tolerant):
    """referral.directory-changed.v1: the whole state of one entry."""

    kind: Literal["ORGAN", "UNIT", "SEAT", "PERSON"]
    id: Id
    organ: Id | None = None
    synthetic: bool
    effective_on: date
    state: Mapping[str, Any]


class PartTold(Tolerant):
    """A fact about a part that says nothing but its name."""

    report_id: UUID
    organ: Id

    @property
    def word(self) -> str:
        """What tells facts of one type apart; empty when there is nothing to tell."""
        return ""


class ReportReturned(PartTold):
    """referral.report-returned.v1."""

    returned_by: Id

    @property
    def word(self) -> str:
        """Who returned it."""
        return f":{self.returned_by}"


class ReportRetained(PartTold):
    """referral.report-retained.v1."""

    kind: Id

    @property
    def word(self) -> str:
        """Why it is kept."""
        return f":{self.kind}"


class DisposalDecided(PartTold):
    """referral.disposal-decided.v1."""

    disposal: Id

    @property
    def word(self) -> str:
        """Which of the four disposals."""
        return f":{self.disposal}"


class ReportAssigned(PartTold):
    """referral.report-assigned.v1."""

    target_organ: Id
    assigned_on: date


class TransferSignedFor(PartTold):
    """referral.transfer-signed-for.v1; ``organ`` is the receiver."""

    from_organ: Id
    signed_on: date


class ResultReturned(PartTold):
    """review.result-returned.v1; back at R2 the part stays under audit."""

    back_to: Id


class VisitSignedOff(Tolerant):
    """reception.visit-signed-off.v1."""

    visit_id: UUID
    organ: Id
    synthetic: bool
    received_on: date

    def item(self) -> VisitItem:
        """The item that waits for its record, under a fresh report id."""
        return VisitItem(self.visit_id, uuid4(), self.organ, self.received_on, self.synthetic)
