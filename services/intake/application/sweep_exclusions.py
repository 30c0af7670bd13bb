"""Sweep: the directory or the day changed, so excluded sets are computed anew, by today's seats too."""

from collections.abc import Sequence
from uuid import UUID

from services.intake.application.desk import exclude_anew
from services.intake.application.ports import Moment, Unit
from services.intake.domain.errors import ReportUnknown


async def sweep_exclusions(reports: Sequence[UUID], moment: Moment, unit: Unit) -> int:
    """Compute the sets of these reports again; says those that differ, and returns how many.

    One that was frozen meanwhile is passed over.
    """
    changed = []
    for report_id in reports:
        try:
            report = await unit.reports.get(report_id, None)
        except ReportUnknown:
            continue
        after = await exclude_anew(unit, report, moment)
        if after.excluded.version != report.excluded.version:
            await unit.reports.save(after, "intake-worker", moment.at)
            await unit.audit.note("exclusion-recomputed", "report", str(report_id))
            changed.append(after)
    await unit.reports.put_exclusions(changed)
    return len(changed)
