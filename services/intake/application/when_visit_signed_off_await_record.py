"""Reaction: a visit was signed off at reception; its item is RECEIVED until the record is fetched."""

from services.intake.application.ports import Moment, Part, Unit, VisitItem
from services.intake.application.register_report import clock_entity
from services.intake.domain.values import State


async def when_visit_signed_off_await_record(item: VisitItem, moment: Moment, unit: Unit) -> None:
    """Keep the item with its same-day clock; a second time nothing happens. No call is made here."""
    if not await unit.visits.add(item, moment.at):
        return
    part = Part(item.report_id, item.organ, State.RECEIVED, item.synthetic)
    await unit.parts.open(part, moment.at, "reception")
    entity = clock_entity(item.report_id, item.organ)
    await unit.clocks.start("D05-T1", entity, item.organ, moment.today)
    await unit.audit.note("visit-received", "visit", str(item.visit_id), report=str(item.report_id))
