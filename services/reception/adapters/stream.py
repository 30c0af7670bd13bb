"""What reception hears: contract → model → reaction; nothing else."""

from collections.abc import Mapping

from services.chassis.calendar import local_day
from services.chassis.delivery import Route
from services.chassis.facts import Heard
from services.reception.adapters.consumed_events import (
    DirectoryChanged,
    ExclusionChanged,
    ReportFrozen,
    ReportRegistered,
)
from services.reception.adapters.work import PostgresUnit
from services.reception.application.when_directory_changed_keep_entry import (
    EntryChanged,
    when_directory_changed_keep_entry,
)
from services.reception.application.when_exclusion_changed_withdraw_bookings import (
    when_exclusion_changed_withdraw_bookings,
)
from services.reception.application.when_report_frozen_stop_visits import when_report_frozen_stop_visits
from services.reception.application.when_report_registered_link_visit import (
    when_report_registered_link_visit,
)
from services.reception.domain.exclusion import Excluded

CONSUMER = "petition.reception"
COMPACTED = ("petition.referral.directory.v1", "petition.intake.exclusions.v1")
TOPICS = (*COMPACTED, "petition.intake.reports.v1")


async def _keep_entry(fact: DirectoryChanged, _: Heard, unit: PostgresUnit) -> None:
    entry = EntryChanged(fact.kind, fact.id, fact.synthetic, fact.state)
    await when_directory_changed_keep_entry(entry, unit)


async def _withdraw_bookings(fact: ExclusionChanged, heard: Heard, unit: PostgresUnit) -> None:
    excluded = Excluded(
        frozenset(fact.excluded_units),
        frozenset(fact.excluded_seats),
        frozenset(fact.excluded_officers),
        fact.organ,
    )
    await when_exclusion_changed_withdraw_bookings(
        fact.report_id, excluded, heard.time, local_day(heard.time), unit
    )


async def _link_visit(fact: ReportRegistered, heard: Heard, unit: PostgresUnit) -> None:
    await when_report_registered_link_visit(fact.report_id, fact.visit_id, heard.time, unit)


async def _stop_visits(fact: ReportFrozen, heard: Heard, unit: PostgresUnit) -> None:
    await when_report_frozen_stop_visits(fact.report_id, heard.time, unit)


ROUTES: Mapping[str, Route[PostgresUnit]] = {
    "referral.directory-changed.v1": Route(DirectoryChanged, _keep_entry),
    "intake.exclusion-changed.v1": Route(ExclusionChanged, _withdraw_bookings),
    "intake.report-registered.v1": Route(ReportRegistered, _link_visit),
    "intake.report-frozen.v1": Route(ReportFrozen, _stop_visits),
}
