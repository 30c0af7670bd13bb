"""The facts review hears, tolerantly read: only the fields it uses; what it does not know is ignored."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.review.domain.values import Cause, Ground

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Heard(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ReportAssigned(_Heard):
    """referral.report-assigned.v1."""

    report_id: UUID
    organ: Id
    synthetic: bool
    target_organ: Id
    ground: Ground
    themes: tuple[str, ...]
    assigned_on: date
    officers: frozenset[Id]


class RoutingWithdrawn(_Heard):
    """referral.routing-withdrawn.v1."""

    report_id: UUID
    organ: Id
    reason: Cause


class ReportFrozen(_Heard):
    """intake.report-frozen.v1."""

    report_id: UUID


class ExclusionChanged(_Heard):
    """intake.exclusion-changed.v1, a whole state."""

    report_id: UUID
    version: int
    excluded_units: frozenset[Id]
    excluded_seats: frozenset[Id]
    excluded_officers: frozenset[Id]


class DirectoryChanged(_Heard):
    """referral.directory-changed.v1, a whole state."""

    kind: str
    id: Id
    effective_on: date
    state: dict[str, Any]
