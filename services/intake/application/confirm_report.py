"""Use case: the head confirms the category (T4); the report goes to triage."""

from services.intake.application.desk import About, open_desk, put_anew
from services.intake.application.ports import Unit
from services.intake.application.register_report import clock_entity


async def confirm_report(about: About, unit: Unit) -> int:
    """CHECKED → CONFIRMED, told as report-classified; returns the new version.

    Raises ReportUnknown, ReportChanged, IllegalStep, SecondPersonNeeded.
    """
    report, _ = await open_desk(unit, about)
    confirmed, events = report.confirm(about.actor.id)
    version = await put_anew(unit, confirmed, about, "report-confirmed")
    await unit.clocks.meet("D05-T4", clock_entity(report.id, report.holder), about.moment.today)
    await unit.outbox.add(events)
    return version
