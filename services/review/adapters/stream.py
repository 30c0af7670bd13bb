"""What review hears: contract → model → reaction; nothing else."""

from collections.abc import Mapping
from uuid import uuid4

from services.chassis.calendar import local_day
from services.chassis.delivery import Route
from services.chassis.facts import Heard
from services.review.adapters.consumed_events import (
    DirectoryChanged,
    ExclusionChanged,
    ReportAssigned,
    ReportFrozen,
    RoutingWithdrawn,
)
from services.review.adapters.work import PostgresUnit
from services.review.application.ports import Entry
from services.review.application.when_directory_changed_keep_entry import when_directory_changed_keep_entry
from services.review.application.when_exclusion_changed_clear_seats import when_exclusion_changed_clear_seats
from services.review.application.when_report_assigned_open_case import (
    Assignment,
    when_report_assigned_open_case,
)
from services.review.application.when_report_frozen_close_case import when_report_frozen_close_case
from services.review.application.when_routing_withdrawn_close_case import when_routing_withdrawn_close_case
from services.review.domain.errors import PremiseMissing
from services.review.domain.exclusion import Excluded
from services.review.domain.values import CaseId, OfficerId

CONSUMER = "petition.review"
TOPICS = (
    "petition.referral.directory.v1",
    "petition.intake.exclusions.v1",
    "petition.intake.reports.v1",
    "petition.referral.reports.v1",
)
COMPACTED = frozenset({"petition.referral.directory.v1", "petition.intake.exclusions.v1"})
PREMISE = (PremiseMissing,)


async def _assigned(told: ReportAssigned, _: Heard, unit: PostgresUnit) -> None:
    given = Assignment(
        case_id=CaseId(uuid4()),
        report_id=told.report_id,
        organ=told.organ,
        target_organ=told.target_organ,
        synthetic=told.synthetic,
        ground=told.ground,
        themes=told.themes,
        assigned_on=told.assigned_on,
        handlers=frozenset(OfficerId(officer) for officer in told.officers),
    )
    at = unit.now()
    await when_report_assigned_open_case(given, at, local_day(at), unit)


async def _excluded(told: ExclusionChanged, _: Heard, unit: PostgresUnit) -> None:
    excluded = Excluded(
        told.excluded_units,
        told.excluded_seats,
        frozenset(OfficerId(officer) for officer in told.excluded_officers),
        told.version,
    )
    at = unit.now()
    await when_exclusion_changed_clear_seats(told.report_id, excluded, at, local_day(at), unit)


async def _frozen(told: ReportFrozen, _: Heard, unit: PostgresUnit) -> None:
    at = unit.now()
    await when_report_frozen_close_case(told.report_id, at, local_day(at), unit)


async def _withdrawn(told: RoutingWithdrawn, _: Heard, unit: PostgresUnit) -> None:
    at = unit.now()
    await when_routing_withdrawn_close_case(told.report_id, told.organ, told.reason, at, local_day(at), unit)


async def _changed(told: DirectoryChanged, _: Heard, unit: PostgresUnit) -> None:
    await when_directory_changed_keep_entry(Entry(told.kind, told.id, told.effective_on, told.state), unit)


ROUTES: Mapping[str, Route[PostgresUnit]] = {
    "referral.report-assigned.v1": Route(ReportAssigned, _assigned),
    "referral.routing-withdrawn.v1": Route(RoutingWithdrawn, _withdrawn),
    "referral.directory-changed.v1": Route(DirectoryChanged, _changed),
    "intake.exclusion-changed.v1": Route(ExclusionChanged, _excluded),
    "intake.report-frozen.v1": Route(ReportFrozen, _frozen),
}
