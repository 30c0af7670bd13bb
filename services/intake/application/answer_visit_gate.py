"""Use case: a person looked at a visit whose record names a superior post, and says the second no."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.application.ports import Actor, Unit
from services.intake.application.register_visit import GATE_UNANSWERED
from services.intake.domain.errors import VisitUnknown


@dataclass(frozen=True, slots=True)
class AnswerVisitGate:
    """Nobody whom the visit reports on is of superior level, says ``actor``."""

    visit_id: UUID
    actor: Actor


async def answer_visit_gate(command: AnswerVisitGate, unit: Unit) -> None:
    """Let the worker register it. Raises VisitUnknown when no visit waits for that answer."""
    item = await unit.visits.get(command.visit_id)
    if item.held != GATE_UNANSWERED:
        raise VisitUnknown
    await unit.visits.answer(command.visit_id, command.actor.id)
    await unit.audit.note("visit-gate-answered", "visit", str(command.visit_id), answer="no")
