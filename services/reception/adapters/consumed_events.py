"""Tolerant models of what reception hears: only the fields it uses."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Heard(BaseModel):
    """Unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class DirectoryChanged(Heard):
    """One entry's whole state."""

    kind: str
    id: str
    synthetic: bool
    state: dict[str, Any]


class ExclusionChanged(Heard):
    """A report's whole excluded set."""

    report_id: UUID
    organ: str
    excluded_units: list[str]
    excluded_seats: list[str]
    excluded_officers: list[str]


class ReportRegistered(Heard):
    """A receipt; ``visit_id`` when it came from a visit."""

    report_id: UUID
    visit_id: UUID | None = None


class ReportFrozen(Heard):
    """A report at which nothing may happen any more."""

    report_id: UUID
