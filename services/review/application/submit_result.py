"""Use case: a submitter hands in the result of an assigned case 报结."""

from dataclasses import dataclass

from services.review.application.desk import close_desk, open_desk
from services.review.application.ports import About, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.values import Decision, Result


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """A result and its text; the text is sealed before it reaches the database."""

    about: About
    result: Result
    text: str


async def submit_result(command: SubmitResult, unit: Unit) -> AssignedCase:
    """Hand it in. Raises what ``open_desk`` and ``AssignedCase.submit`` refuse."""
    about = command.about
    desk = await open_desk(unit, about)
    after, events = desk.case.submit(about.actor.id, command.result, desk.seating, about.today)
    saved = await close_desk(unit, about, desk.case, after, Decision.SUBMIT, events)
    await unit.papers.keep(saved, "RESULT", None, command.text, about)
    return saved
