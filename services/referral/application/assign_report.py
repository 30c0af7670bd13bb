"""Use case: a report is assigned to a lower organ, which owes a result (T11)."""

from dataclasses import dataclass
from uuid import UUID

from services.referral.application.desk import approve, finish, meet_triage_clocks, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.errors import MemberUnknown
from services.referral.domain.events import ReportAssigned
from services.referral.domain.handover import hand_over, refuse_without_ground
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral, Routing
from services.referral.domain.triage import permit, target_of
from services.referral.domain.values import Approval, Ground


@dataclass(frozen=True, slots=True)
class AssignReport:
    """The head's request with the ground of rule art. 20, the letter and the deputy's approval."""

    about: About
    routing_id: UUID
    ground: Ground
    letter_no: str
    approval: Approval
    officers: tuple[str, ...] = ()


async def assign_report(command: AssignReport, unit: Unit) -> Referral:
    """Hand over with a result demanded; review opens the case and its three-month clock.

    Raises the refusals of ``open_desk``, ``permit``, ``approve`` and ``hand_over``, GroundMissing, and
    MemberUnknown for an officer whom the directory does not have: ids go into facts as they are.
    """
    about = command.about
    refuse_without_ground(command.letter_no)
    desk = await open_desk(unit, about, Step.ASSIGN)
    if set(command.officers) - desk.directory.persons.keys():
        raise MemberUnknown
    permit(desk.part, Step.ASSIGN, desk.decision)
    approve(desk, command.approval, about.actor.organ, about)
    routing = Routing(
        command.routing_id,
        target_of(desk.part, desk.decision, desk.directory),
        about.at,
        about.actor.id,
        command.approval,
        command.ground,
        command.letter_no,
        command.officers,
    )
    part = hand_over(desk.part, routing, desk.excluded, desk.directory, Step.ASSIGN)
    await meet_triage_clocks(unit, part, "D04", about.today)
    event = ReportAssigned(
        part.report_id,
        part.organ,
        part.matter.synthetic,
        routing.target.organ,
        command.ground,
        part.matter.themes,
        about.today,
        command.officers,
    )
    return await finish(unit, about, "assign-report", part, [event])
