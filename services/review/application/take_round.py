"""Use case: an officer takes the round in which a case waits, or gives it back undecided."""

from dataclasses import dataclass

from services.review.application.desk import close_desk, open_desk
from services.review.application.ports import About, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.values import Decision, Desk


@dataclass(frozen=True, slots=True)
class TakeRound:
    """Which round; it must be the present one."""

    about: About
    desk: Desk


async def take_round(command: TakeRound, unit: Unit) -> AssignedCase:
    """Take it. Raises what ``open_desk`` and ``AssignedCase.take`` refuse."""
    about = command.about
    desk = await open_desk(unit, about, above=command.desk is Desk.R4)
    after = desk.case.take(command.desk, about.actor.id, desk.seating)
    return await close_desk(unit, about, desk.case, after, Decision.TAKE)


async def release_round(command: TakeRound, unit: Unit) -> AssignedCase:
    """Give it back; no act in the sense of the bar. Raises what ``AssignedCase.release`` refuses."""
    about = command.about
    desk = await open_desk(unit, about, above=command.desk is Desk.R4)
    after = desk.case.release(command.desk, about.actor.id)
    return await close_desk(unit, about, desk.case, after, Decision.RELEASE)
