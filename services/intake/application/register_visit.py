"""Use case: the record of a visit was fetched from reception and is registered as a DRAFT for the clerk."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.application.ports import Actor, Moment, Part, Unit
from services.intake.application.register_report import (
    RegisterReport,
    clock_entity,
    register_many,
)
from services.intake.domain.elements import Elements
from services.intake.domain.errors import CodeUnknown, ElementsMissing, GateUnanswered, SuperiorLevelParty
from services.intake.domain.values import State

SUPERIOR_LEVEL, GATE_UNANSWERED, UNREADABLE = "SUPERIOR_LEVEL", "GATE_UNANSWERED", "UNREADABLE"


@dataclass(frozen=True, slots=True)
class RegisterVisit:
    """The record as elements; ``organ`` is that of the item, and nobody's token acts here."""

    visit_id: UUID
    elements: Elements


async def register_visit(command: RegisterVisit, moment: Moment, unit: Unit) -> str | None:
    """Register it once; returns None, or why it is held back until a person acts.

    Of a record that turns out to be of superior level nothing is written: its part is FROZEN without content,
    and the record stays where it was taken. Raises VisitUnknown when it stands in the register already.
    """
    item = await unit.visits.get(command.visit_id)
    actor = Actor("intake-worker", item.organ)
    order = RegisterReport(
        report_id=item.report_id,
        elements=command.elements,
        gate_second_no=item.second_no,
        visit_id=item.visit_id,
    )
    try:
        await register_many([order], actor, moment, unit)
    except SuperiorLevelParty:
        part = Part(item.report_id, item.organ, State.RECEIVED, item.synthetic)
        await unit.parts.move(part, State.FROZEN, moment.at, actor.id)
        await unit.clocks.waive("D05-T1", clock_entity(item.report_id, item.organ))
        return await _hold(command, SUPERIOR_LEVEL, unit)
    except GateUnanswered:
        return await _hold(command, GATE_UNANSWERED, unit)
    except (CodeUnknown, ElementsMissing):
        return await _hold(command, UNREADABLE, unit)
    await unit.visits.registered(item.visit_id, moment.at)
    await unit.clocks.meet("D05-T1", clock_entity(item.report_id, item.organ), moment.today)
    return None


async def _hold(command: RegisterVisit, reason: str, unit: Unit) -> str:
    await unit.visits.hold(command.visit_id, reason)
    await unit.audit.note("visit-held", "visit", str(command.visit_id), reason=reason)
    return reason
