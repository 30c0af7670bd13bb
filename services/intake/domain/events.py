"""What intake says, past tense, ids and codes only."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.intake.domain.elements import Arrival, Classification, ReportedParty, Reporter
from services.intake.domain.exclusion import Excluded
from services.intake.domain.values import Channel, NameStatus, ReceiptKind, Source


@dataclass(frozen=True, slots=True)
class _OfReport:
    report_id: UUID
    organ: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class ReportRegistered(_OfReport):
    """One receipt 件次; ``organ`` is the organ that registered."""

    report_no: str
    kind: ReceiptKind
    received_on: date
    registered_on: date
    channel: Channel
    source: Source
    name_status: NameStatus
    reporter_count: int
    imported: bool
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _WithClassification(_OfReport):
    version: int
    arrival: Arrival
    reporter: Reporter
    classification: Classification
    parties: tuple[ReportedParty, ...]
    imported: bool


@dataclass(frozen=True, slots=True)
class ReportClassified(_WithClassification):
    """T4: elements complete and confirmed by a second person; said once a part."""


@dataclass(frozen=True, slots=True)
class CategoryChanged(_WithClassification):
    """T31: the classification, or who is reported, changed after it was confirmed."""

    changed_on: date
    reason_code: str


@dataclass(frozen=True, slots=True)
class ReportFrozen(_OfReport):
    """T32 begins: found to be of superior level after registration; says nothing else."""


@dataclass(frozen=True, slots=True)
class ExclusionChanged(_OfReport):
    """The whole excluded set of a report, domain.md 8.2; its ``version`` counts from 1."""

    excluded: Excluded


Event = ReportRegistered | ReportClassified | CategoryChanged | ReportFrozen | ExclusionChanged
