"""Use case: a clerk declares the elements of a report complete."""

from services.intake.application.desk import About, open_desk, put_anew
from services.intake.application.ports import Unit


async def complete_elements(about: About, unit: Unit) -> int:
    """DRAFT → ELEMENT_COMPLETE; returns the new version.

    Raises ReportUnknown, ReportChanged, IllegalStep, ElementsMissing.
    """
    report, _ = await open_desk(unit, about)
    return await put_anew(unit, report.complete(about.moment.today), about, "elements-completed")
