"""Reaction: a report is frozen; nothing more happens to the visits about it."""

from datetime import datetime
from uuid import UUID, uuid5

from services.reception.application.ports import Unit
from services.reception.domain.visit import Step, VisitState

WORKER = "worker"


async def when_report_frozen_stop_visits(report_id: UUID, at: datetime, unit: Unit) -> None:
    """Remember it: from now on its visits are there for nobody, and a slot still to come is given back."""
    await unit.exclusions.freeze(report_id, at)
    for visit in await unit.visits.about(report_id):
        if visit.state is VisitState.BOOKED:
            await unit.sessions.release(visit.id, at)
            await unit.visits.save(visit, visit.end(Step.CANCEL), WORKER, at, "FROZEN")
        await unit.visits.note_incident(uuid5(report_id, f"{visit.id}/frozen"), visit, "FROZEN", at)
