"""intake.exclusion-changed: whoever joined the reported side loses what he holds, at once."""

from datetime import date, datetime
from uuid import UUID

from services.review.application.calling_off import SYSTEM, call_off
from services.review.application.desk import ENTITY
from services.review.application.ports import Passage, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.directory import Directory
from services.review.domain.exclusion import Excluded
from services.review.domain.values import Cause

ROUND_WITH_EXCLUDED_OFFICER = "ROUND_WITH_EXCLUDED_OFFICER"
VACATE = "VACATE"


async def when_exclusion_changed_clear_seats(
    report_id: UUID, told: Excluded, at: datetime, today: date, unit: Unit
) -> None:
    """Keep a newer set; call off a case whose handling organ or department is in it, else free its round."""
    known = await unit.exclusions.of(report_id, at)
    if told.version <= known.version:
        return
    excluded = Excluded(told.units, told.seats, told.officers, told.version, known.frozen)
    await unit.exclusions.put(report_id, excluded, at)
    case = await unit.cases.open_of(report_id)
    if case is None:
        return
    directory = await unit.entries.on(today, (case.organ, case.handling_organ))
    if _handles_its_own_matter(case, excluded, directory):
        await call_off(unit, case, Cause.EXCLUDED, at, today)
        return
    after = case.vacate(excluded.people(directory, case.organ))
    if after is case:
        return
    await unit.cases.save(after, Passage(case.state, VACATE, SYSTEM, at), at)
    await unit.cases.note_incident(case.id, ROUND_WITH_EXCLUDED_OFFICER, case.holder, at)
    await unit.audit.note(
        "vacate",
        ENTITY,
        str(case.id),
        officer=case.holder,
        from_state=case.state,
        to_state=after.state,
    )


def _handles_its_own_matter(case: AssignedCase, excluded: Excluded, directory: Directory) -> bool:
    department = case.people.handling_unit
    return excluded.holds_unit(case.handling_organ, directory, case.organ) or (
        department is not None and excluded.holds_unit(department, directory, case.organ)
    )
