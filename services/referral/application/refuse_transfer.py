"""Use case: the lower organ shows that it is not competent (T10b)."""

from dataclasses import dataclass

from services.referral.application.desk import clock_entity, finish, open_receiver_desk
from services.referral.application.ports import About, Unit
from services.referral.domain import handover
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class RefuseTransfer:
    """The receiving petition head's refusal: a code, and the reasons in words."""

    about: About
    reason_code: str
    reasons: str


async def refuse_transfer(command: RefuseTransfer, unit: Unit) -> Referral:
    """Send it back to the sender's triage. Raises as ``open_receiver_desk``."""
    about = command.about
    desk, routing = await open_receiver_desk(unit, about, Step.REFUSE_TRANSFER)
    part, events = handover.refuse_transfer(desk.part, command.reason_code, about.at)
    await unit.papers.keep(part, "TRANSFER_REFUSAL", command.reasons, about.actor.id, about.at)
    entity = clock_entity(part.report_id, routing.target.organ)
    await unit.clocks.meet("D02", entity, about.today)
    return await finish(unit, about, "refuse-transfer", part, events)
