"""Use case: a study meeting decides on one report; every member's view is sealed and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.referral.application.desk import finish, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.lifecycle import Step
from services.referral.domain.meeting import ItemDecision, decide_item_of, refuse_untimely
from services.referral.domain.referral import Referral
from services.referral.domain.triage import studied_target


@dataclass(frozen=True, slots=True)
class DecideItem:
    """What was decided; ``opinions`` are the members' words by person, ``chosen`` the unit or organ named."""

    about: About
    meeting_id: UUID
    item: ItemDecision
    opinions: Mapping[str, str]
    chosen: str | None = None


async def decide_item(command: DecideItem, unit: Unit) -> Referral:
    """Record the decision; what it allows is then done by the head.

    Raises the refusals of ``open_desk``, ``decide_item_of`` and ``studied_target``, MeetingUnknown and
    MeetingNotHeld.
    """
    about, item = command.about, command.item
    desk = await open_desk(unit, about, Step.RETAIN_NO_SUBSTANCE)
    meeting = await unit.meetings.get(command.meeting_id, about.actor.organ)
    refuse_untimely(meeting, desk.part.matter.received_on, about.today)
    target = studied_target(item.decision, command.chosen, desk.part, desk.directory)
    part, events = decide_item_of(meeting, item, desk.part, target, desk.excluded, desk.directory)
    await unit.meetings.record(meeting, part.report_id, item, about.at)
    for member in sorted(command.opinions):
        await unit.papers.keep(part, f"OPINION:{member}", command.opinions[member], about.actor.id, about.at)
    return await finish(unit, about, "decide-item", part, events)
