"""Use case: the handler fixes one of the four disposals (T17, T23)."""

from dataclasses import dataclass

from services.referral.application.desk import approve, finish, open_handler_desk
from services.referral.application.ports import About, Unit
from services.referral.domain import handling
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral
from services.referral.domain.values import Approval, Disposal


@dataclass(frozen=True, slots=True)
class DecideDisposal:
    """The disposal as the handler's collective study chose it, and the approval of its leader."""

    about: About
    disposal: Disposal
    approval: Approval


async def decide_disposal(command: DecideDisposal, unit: Unit) -> Referral:
    """Fix the disposal. Raises as ``open_handler_desk``, ``approve`` and ``handling.decide_disposal``."""
    about = command.about
    desk, routing = await open_handler_desk(unit, about, Step.DECIDE_DISPOSAL)
    approve(desk, command.approval, routing.target.organ, about)
    part, events = handling.decide_disposal(desk.part, command.disposal)
    await unit.audit.note(
        "approved", "referral", str(part.report_id), act="decide-disposal", seat=command.approval.seat
    )
    return await finish(unit, about, "decide-disposal", part, events)
