"""Reaction: the excluded set of a report changed; a booking towards the reported side is withdrawn."""

from datetime import date, datetime
from uuid import UUID, uuid5

from services.reception.application.desk import reported_side
from services.reception.application.ports import Unit
from services.reception.domain.errors import StaffRecused
from services.reception.domain.exclusion import Excluded
from services.reception.domain.visit import Step, VisitState

WORKER = "worker"


async def when_exclusion_changed_withdraw_bookings(
    report_id: UUID, excluded: Excluded, at: datetime, today: date, unit: Unit
) -> None:
    """Keep the set; a booked visit about the report whose staff it names loses its slot, as an incident.

    A visit already in the house stands still: every act checks the staff again (R2).
    """
    await unit.exclusions.put(report_id, excluded, at)
    directory = await unit.entries.on(today)
    for visit in await unit.visits.about(report_id):
        if visit.state is not VisitState.BOOKED:
            continue
        try:
            (await reported_side(unit, visit, directory)).refuse_staff(visit.staff, directory)
        except StaffRecused:
            await unit.sessions.release(visit.id, at)
            await unit.visits.save(visit, visit.end(Step.CANCEL), WORKER, at, "EXCLUDED")
            incident = uuid5(report_id, f"{visit.id}/excluded")
            await unit.visits.note_incident(incident, visit, "BOOKED_TOWARDS_REPORTED_SIDE", at)
