"""Facts about what stands around the reports, with the fields that analytics needs."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.analytics.adapters.consumed_events import Tolerant


class ExclusionChanged(Tolerant):
    """A report's whole excluded set; ``organ`` decides on it."""

    report_id: UUID
    organ: str
    excluded_units: list[str]
    excluded_seats: list[str]
    excluded_officers: list[str]


class DirectoryChanged(Tolerant):
    """The whole state of one entry of the directory."""

    kind: str
    id: str
    organ: str | None = None
    state: Mapping[str, Any]


class VisitTold(Tolerant):
    """Any fact about a visit; what it does not say stays as it was."""

    visit_id: UUID
    organ: str
    session_id: UUID | None = None
    form: str | None = None
    persons: int | None = None
    received_on: date | None = None


class SessionTold(Tolerant):
    """Any fact about a session; ``change`` only of a session-changed."""

    session_id: UUID
    organ: str
    held_on: date
    form: str
    change: str | None = None
