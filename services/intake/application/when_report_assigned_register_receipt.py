"""Reaction: a report was assigned to a lower organ, which registers a receipt for its own statistics."""

from datetime import date
from uuid import UUID

from services.intake.application.ports import Moment, Unit
from services.intake.application.when_part_progressed_show_state import when_part_progressed_show_state
from services.intake.domain.errors import ReportUnknown
from services.intake.domain.numbers import ReportNumber
from services.intake.domain.report import Receipt
from services.intake.domain.values import ReceiptKind, Source


async def when_report_assigned_register_receipt(
    report_id: UUID, organ: str, target_organ: str, assigned_on: date, moment: Moment, unit: Unit
) -> None:
    """Show the state, and give the lower organ one receipt with its own number; no part begins.

    Raises PremiseMissing when the part is not there yet.
    """
    await when_part_progressed_show_state(report_id, organ, "report-assigned", "referral", moment, unit)
    if await unit.receipts.has(report_id, target_organ, ReceiptKind.ASSIGNMENT_RECEIPT):
        return
    try:
        report = await unit.reports.get(report_id, None)
    except ReportUnknown:
        return
    year = moment.today.year
    serial = (await unit.receipts.next_numbers({(target_organ, year): 1}))[target_organ, year]
    receipt = Receipt(
        report_id,
        target_organ,
        ReceiptKind.ASSIGNMENT_RECEIPT,
        ReportNumber(target_organ, year, serial),
        assigned_on,
        moment.today,
        report.elements.arrival.channel,
        Source.SUPERIOR_ASSIGNMENT,
    )
    await unit.receipts.add_many([receipt])
    await unit.audit.note("assignment-registered", "report", str(report_id), organ=target_organ)
    await unit.outbox.add([report.registered(receipt)])
