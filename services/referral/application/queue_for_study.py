"""Use case: a report goes before the study meeting (T5)."""

from dataclasses import dataclass

from services.referral.application.desk import clock_entity, finish, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral
from services.referral.domain.screening import queue, study_wait_starts
from services.referral.domain.values import StudyReason


@dataclass(frozen=True, slots=True)
class QueueForStudy:
    """The head's request, with why."""

    about: About
    reasons: tuple[StudyReason, ...]


async def queue_for_study(command: QueueForStudy, unit: Unit) -> Referral:
    """Put the report on the list of the meeting; D30 counts from receipt.

    Raises the refusals of ``open_desk`` and ``queue``.
    """
    desk = await open_desk(unit, command.about, Step.QUEUE)
    part, events = queue(desk.part, command.reasons, desk.decision)
    starts = study_wait_starts(part)
    if starts is not None:
        await unit.clocks.start("D30", clock_entity(part.report_id, part.organ), part.organ, starts)
    return await finish(unit, command.about, "queue-for-study", part, events)
