"""referral.report-assigned: a case opens with its three-month clock, but never towards the reported side."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.review.application.calling_off import SYSTEM, call_off
from services.review.application.desk import ENTITY, RESULT_DUE, result_entity
from services.review.application.ports import Passage, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.errors import AlreadyAssigned, AssignedToItself
from services.review.domain.events import CaseOpened
from services.review.domain.seating import seating_of
from services.review.domain.values import CaseId, Cause, Ground, OfficerId, People


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the fact says; ``case_id`` is the id a case would get, ``handlers`` those named, if any."""

    case_id: CaseId
    report_id: UUID
    organ: str
    target_organ: str
    synthetic: bool
    ground: Ground
    themes: tuple[str, ...]
    assigned_on: date
    handlers: frozenset[OfficerId]


async def when_report_assigned_open_case(given: Assignment, at: datetime, today: date, unit: Unit) -> None:
    """Open the case; electronic delivery is receipt, so the clock starts on the day of the assignment.

    Raises PremiseMissing while the directory has not told of the two organs, AlreadyAssigned,
    AssignedToItself. A target on the reported side ends as a withdrawn case and an incident.
    """
    if given.organ == given.target_organ:
        raise AssignedToItself
    excluded = await unit.exclusions.of(given.report_id, at)
    if await unit.cases.open_of(given.report_id) is not None:
        raise AlreadyAssigned
    directory = await unit.entries.on(today, (given.organ, given.target_organ))
    seating_of(given.organ, given.target_organ, None, directory, excluded)
    case = AssignedCase(
        given.case_id,
        given.report_id,
        given.organ,
        given.target_organ,
        given.synthetic,
        given.ground,
        given.themes,
        given.assigned_on,
        people=People(handlers=given.handlers),
    )
    if excluded.frozen or excluded.holds_unit(given.target_organ, directory, given.organ):
        cause = Cause.FROZEN if excluded.frozen else Cause.EXCLUDED
        await call_off(unit, case, cause, at, today)
        return
    saved = await unit.cases.save(case, Passage(None, "OPEN", SYSTEM, at), at)
    due = await unit.clocks.start(RESULT_DUE, result_entity(saved), saved.handling_organ, given.assigned_on)
    await unit.outbox.add([CaseOpened(saved.matter, saved.ground, saved.themes, saved.opened_on, due)])
    await unit.audit.note(
        "open", ENTITY, str(saved.id), ground=saved.ground, from_state=None, to_state=saved.state
    )
