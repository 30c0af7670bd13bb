"""Use case: the handler sends a report back to the petition office (T15)."""

from dataclasses import dataclass

from services.referral.application.desk import approve, finish, open_handler_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.handover import return_to_office
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral
from services.referral.domain.values import Approval


@dataclass(frozen=True, slots=True)
class ReturnReport:
    """A code, the reasons in words, and the approval of the handler's own deputy in charge."""

    about: About
    reason_code: str
    reasons: str
    approval: Approval


async def return_report(command: ReturnReport, unit: Unit) -> Referral:
    """Close the routing; the office screens anew. Raises as ``open_handler_desk`` and ``approve``."""
    about = command.about
    desk, routing = await open_handler_desk(unit, about, Step.RETURN)
    approve(desk, command.approval, routing.target.organ, about)
    part, events = return_to_office(desk.part, command.reason_code, about.at)
    await unit.papers.keep(part, "RETURN", command.reasons, about.actor.id, about.at)
    await unit.audit.note(
        "approved", "referral", str(part.report_id), act="return-by-handler", seat=command.approval.seat
    )
    return await finish(unit, about, "return-by-handler", part, events)
