"""Reaction: a study meeting decided on a report, so that its nature may be corrected."""

from uuid import UUID

from services.intake.application.ports import Unit


async def when_report_studied_note_it(report_id: UUID, unit: Unit) -> None:
    """Note it; the state is told by the fact of what followed."""
    await unit.reports.note_studied(report_id)
