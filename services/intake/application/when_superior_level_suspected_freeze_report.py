"""Reaction: referral found rule 1 or 2 of domain.md 8.2 to hold; the report freezes at once."""

from uuid import UUID

from services.intake.application.desk import freeze
from services.intake.application.ports import Moment, Unit
from services.intake.domain.errors import ReportUnknown


async def when_superior_level_suspected_freeze_report(report_id: UUID, moment: Moment, unit: Unit) -> None:
    """Freeze it; nothing when it is frozen already."""
    try:
        report = await unit.reports.get(report_id, None)
    except ReportUnknown:
        return
    await freeze(unit, report, "referral", moment)
