"""Use case: a submitter takes a result back before the first round is taken; a trace stays."""

from services.review.application.desk import close_desk, open_desk
from services.review.application.ports import About, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.values import Decision


async def withdraw_result(about: About, unit: Unit) -> AssignedCase:
    """Take it back. Raises what ``open_desk`` and ``AssignedCase.withdraw`` refuse."""
    desk = await open_desk(unit, about)
    after, events = desk.case.withdraw(about.actor.id, desk.seating)
    return await close_desk(unit, about, desk.case, after, Decision.WITHDRAW, events)
