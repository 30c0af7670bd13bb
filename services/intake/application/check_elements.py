"""Use case: a second person checks what another entered."""

from services.intake.application.desk import About, open_desk, put_anew
from services.intake.application.ports import Unit


async def check_elements(about: About, unit: Unit) -> int:
    """ELEMENT_COMPLETE → CHECKED; returns the new version.

    Raises ReportUnknown, ReportChanged, IllegalStep, SecondPersonNeeded.
    """
    report, _ = await open_desk(unit, about)
    return await put_anew(unit, report.check(about.actor.id), about, "elements-checked")
