"""Use case: a report leaves for another body or desk and is not handled here (T12 by letter, T14)."""

from dataclasses import dataclass
from uuid import UUID

from services.referral.application.desk import Desk, finish, meet_triage_clocks, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.errors import DepartmentUnknown, NotAsDecided
from services.referral.domain.handover import competent_department, hand_over
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral, Routing, Target
from services.referral.domain.screening import sent_away
from services.referral.domain.triage import permit


@dataclass(frozen=True, slots=True)
class SendAway:
    """The head's request: ``step`` is FORWARD (to ``department``, a directory unit), APPEAL or SUGGEST."""

    about: About
    routing_id: UUID
    step: Step
    department: str | None = None


async def send_away(command: SendAway, unit: Unit) -> Referral:
    """Pass it on; the hand-over is recorded, and closed at once since nothing comes back by it.

    Raises the refusals of ``open_desk``, ``permit`` and ``hand_over``, and DepartmentUnknown.
    """
    about, step = command.about, command.step
    desk = await open_desk(unit, about, step)
    permit(desk.part, step, desk.decision)
    routing = Routing(command.routing_id, _target(command, desk), about.at, about.actor.id)
    sent = hand_over(desk.part, routing, desk.excluded, desk.directory, step)
    await meet_triage_clocks(unit, sent, "D05", about.today)
    events = sent_away(sent, step, routing.target.unit or routing.target.organ)
    return await finish(unit, about, f"send-away-{step.value.lower()}", sent.close(about.at, "SENT"), events)


def _target(command: SendAway, desk: Desk) -> Target:
    if command.step is Step.FORWARD:
        if command.department is None:
            raise DepartmentUnknown
        return competent_department(command.department, desk.directory, desk.part.organ)
    organ, unit = desk.decision.target_organ, desk.decision.target_unit
    if organ is None or unit is None:
        raise NotAsDecided
    return Target(None, organ, unit)
