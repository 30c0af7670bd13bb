"""Reaction: intake registered a report; a visit it came from is ENTERED (PT15, the same day)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.reception.application.ports import Unit
from services.reception.domain.errors import VisitUnknown
from services.reception.domain.visit import Step, VisitState

WORKER = "worker"


async def when_report_registered_link_visit(
    report_id: UUID, visit_id: UUID | None, at: datetime, unit: Unit
) -> None:
    """Tie the visit to its report; a receipt of another organ on the same report changes nothing."""
    if visit_id is None:
        return
    try:
        visit = await unit.visits.get(visit_id)
    except VisitUnknown:
        return
    if visit.state is VisitState.SIGNED_OFF:
        entered = replace(visit.step(Step.ENTER, unit.rules.stages), report_id=report_id)
        await unit.visits.save(visit, entered, WORKER, at)
