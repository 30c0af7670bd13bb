"""Use case: a second person approves a correction; a new version stands, with its reason (T31)."""

from uuid import UUID

from services.intake.application.desk import About, exclude_anew, open_desk
from services.intake.application.ports import Unit


async def approve_correction(about: About, correction_id: UUID, unit: Unit) -> int:
    """Let the correction take effect; returns the new version.

    Raises ReportUnknown, ReportChanged, CorrectionUnknown, and the refusals of ``Report.correct``.
    """
    report, _ = await open_desk(unit, about)
    asked = await unit.corrections.take(report.id, correction_id)
    corrected, events = report.correct(asked, about.actor.id, about.moment.today)
    corrected = await exclude_anew(unit, corrected, about.moment)
    await unit.reports.save(corrected, about.actor.id, about.moment.at, asked.reason_code)
    await unit.corrections.close(asked.id, about.actor.id, about.moment.at)
    await unit.audit.note(
        "category-changed" if events else "report-corrected",
        "report",
        str(report.id),
        reason=asked.reason_code,
        editor=asked.by,
        version=corrected.classified_version,
    )
    await unit.outbox.add(events)
    await unit.reports.put_exclusions([corrected])
    return report.version + 1
