"""Use case: an own-level report is accepted and moved to its handler (T6, T7)."""

from dataclasses import dataclass
from uuid import UUID

from services.referral.application.desk import Desk, approve, finish, meet_triage_clocks, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.events import ReportAccepted, ReportEvent, ReportMoved
from services.referral.domain.handover import hand_over, told_of_move
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral, Routing
from services.referral.domain.triage import permit, target_of
from services.referral.domain.values import Approval, State


@dataclass(frozen=True, slots=True)
class AcceptAndMove:
    """The head's request; ``case_management_told`` states the notice that goes with the same act."""

    about: About
    routing_id: UUID
    approval: Approval
    case_management_told: bool


async def accept_and_move(command: AcceptAndMove, unit: Unit) -> Referral:
    """Accept, hand over, and give the notice; the receiver signs in an act of its own.

    Raises the refusals of ``open_desk``, ``permit``, ``approve``, ``told_of_move`` and ``hand_over``.
    """
    about = command.about
    desk = await open_desk(unit, about, Step.ACCEPT)
    permit(desk.part, Step.ACCEPT, desk.decision)
    approve(desk, command.approval, about.actor.organ, about)
    routing = _routing(command, desk)
    part = hand_over(desk.part, routing, desk.excluded, desk.directory, Step.ACCEPT, Step.MOVE)
    await meet_triage_clocks(unit, part, "D05", about.today)
    return await finish(unit, about, "accept-and-move", part, _said(desk.part, routing))


def _routing(command: AcceptAndMove, desk: Desk) -> Routing:
    told = command.case_management_told
    department, seat = told_of_move(desk.part, desk.excluded, desk.directory, told=told)
    return Routing(
        id=command.routing_id,
        target=target_of(desk.part, desk.decision, desk.directory),
        opened_at=command.about.at,
        opened_by=command.about.actor.id,
        approval=command.approval,
        told_unit=department,
        told_seat=seat,
    )


def _said(before: Referral, routing: Routing) -> list[ReportEvent]:
    about = (before.report_id, before.organ, before.matter.synthetic)
    basis = "STUDY" if before.state is State.UNDER_COLLECTIVE_STUDY else "TRIAGE"
    to, told_at, signed = routing.target, routing.opened_at, routing.signed_by_seat
    assert to.way is not None
    return [
        ReportAccepted(*about, basis),
        ReportMoved(*about, to.way, to.organ, to.unit, to.seat, told_at, signed),
    ]
