"""Use case: a report goes to the competent lower organ, which signs for it (T10)."""

from dataclasses import dataclass
from uuid import UUID

from services.referral.application.desk import clock_entity, finish, meet_triage_clocks, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.events import ReportTransferred
from services.referral.domain.handover import hand_over
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral, Routing
from services.referral.domain.triage import permit, target_of


@dataclass(frozen=True, slots=True)
class TransferReport:
    """The head's request."""

    about: About
    routing_id: UUID


async def transfer_report(command: TransferReport, unit: Unit) -> Referral:
    """Hand over; the receiver has five working days from today to sign or refuse (D02).

    Raises the refusals of ``open_desk``, ``permit`` and ``hand_over``.
    """
    about = command.about
    desk = await open_desk(unit, about, Step.TRANSFER)
    permit(desk.part, Step.TRANSFER, desk.decision)
    target = target_of(desk.part, desk.decision, desk.directory)
    routing = Routing(command.routing_id, target, about.at, about.actor.id)
    part = hand_over(desk.part, routing, desk.excluded, desk.directory, Step.TRANSFER)
    await meet_triage_clocks(unit, part, "D04", about.today)
    await unit.clocks.start("D02", clock_entity(part.report_id, target.organ), target.organ, about.today)
    event = ReportTransferred(part.report_id, part.organ, part.matter.synthetic, target.organ)
    return await finish(unit, about, "transfer-report", part, [event])
