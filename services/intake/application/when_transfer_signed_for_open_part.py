"""Reaction: a lower organ signed for a transfer; its part begins with a receipt and a number of its own."""

from datetime import date
from uuid import UUID

from services.intake.application.desk import exclude_anew
from services.intake.application.ports import Moment, Part, Unit
from services.intake.application.when_part_progressed_show_state import when_part_progressed_show_state
from services.intake.domain.errors import ReportUnknown
from services.intake.domain.numbers import ReportNumber
from services.intake.domain.report import Receipt, Report
from services.intake.domain.values import ReceiptKind, Source, State


async def when_transfer_signed_for_open_part(
    report_id: UUID, receiver: str, sender: str, signed_on: date, moment: Moment, unit: Unit
) -> None:
    """End the sender's part and open the receiver's, which inherits the classification (T10a).

    A frozen report stays as it is. Raises PremiseMissing when the sender's part is not there yet.
    """
    await when_part_progressed_show_state(report_id, sender, "transfer-signed-for", "referral", moment, unit)
    if await unit.receipts.has(report_id, receiver, ReceiptKind.TRANSFER_RECEIPT):
        return
    try:
        report = await unit.reports.get(report_id, None)
    except ReportUnknown:
        return
    handed = report.handed_over(receiver, signed_on)
    part = Part(report_id, receiver, State.REGISTERED, report.synthetic)
    await unit.parts.open(part, moment.at, "referral")
    await unit.parts.move(part, State.UNDER_TRIAGE, moment.at, "intake")
    handed = await exclude_anew(unit, handed, moment)
    await unit.reports.hand_over(handed)
    await _receive(handed, receiver, signed_on, moment, unit)
    await unit.audit.note("transfer-registered", "report", str(report_id), organ=receiver)
    await unit.reports.put_exclusions([handed])


async def _receive(report: Report, receiver: str, signed_on: date, moment: Moment, unit: Unit) -> None:
    year = moment.today.year
    serial = (await unit.receipts.next_numbers({(receiver, year): 1}))[receiver, year]
    receipt = Receipt(
        report.id,
        receiver,
        ReceiptKind.TRANSFER_RECEIPT,
        ReportNumber(receiver, year, serial),
        signed_on,
        moment.today,
        report.elements.arrival.channel,
        Source.SUPERIOR_TRANSFER,
    )
    await unit.receipts.add_many([receipt])
    await unit.outbox.add([report.registered(receipt), report.classified()])
