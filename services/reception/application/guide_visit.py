"""Use cases between the door and the room: points ticked, sorting, briefing, leaving, stepping back."""

from dataclasses import replace
from uuid import UUID

from services.reception.application.desk import check_seats, lay_out, open_desk
from services.reception.application.duty import duty_of
from services.reception.application.ports import Act, Unit
from services.reception.domain.errors import VisitNotAt
from services.reception.domain.session import check_staff
from services.reception.domain.values import Point, Sort, Staff
from services.reception.domain.visit import Step, VisitState


async def tick_points(visit_id: UUID, version: int, points: frozenset[Point], act: Act, unit: Unit) -> int:
    """Note points that staff tick. Raises what ``open_desk`` raises, PointNotTicked, VisitNotAt."""
    desk = await open_desk(unit, act, visit_id, version)
    ticked = desk.visit.tick(points, unit.rules.stages)
    await unit.audit.note("tick-points", "visit", str(visit_id), points=sorted(points))
    return await unit.visits.save(desk.visit, ticked, act.actor.id, act.at)


async def sort_visit(visit_id: UUID, version: int, sort: Sort, act: Act, unit: Unit) -> int:
    """PT05 and PT06: the matter is sorted, and no conflict was found (``open_desk`` has looked)."""
    desk = await open_desk(unit, act, visit_id, version)
    sorted_ = replace(desk.visit.step(Step.SORT, unit.rules.stages, Point.PT05, Point.PT06), sort=sort)
    await unit.audit.note("sort-visit", "visit", str(visit_id), sort=sort.value)
    return await unit.visits.save(desk.visit, sorted_, act.actor.id, act.at)


async def move_visit(
    visit_id: UUID, version: int, step: Step, points: tuple[Point, ...], act: Act, unit: Unit
) -> int:
    """Take a plain step: brief, begin, ask for help, go on, follow up, feed back, close.

    Raises what ``open_desk`` raises, VisitNotAt, PointMissing.
    """
    desk = await open_desk(unit, act, visit_id, version)
    moved = desk.visit.step(step, unit.rules.stages, *points)
    await unit.audit.note(step.lower().replace("_", "-"), "visit", str(visit_id))
    return await unit.visits.save(desk.visit, moved, act.actor.id, act.at)


async def begin_talk(visit_id: UUID, version: int, act: Act, unit: Unit) -> int:
    """PT08: leader and recorder are there, rights and duties were told.

    Raises what ``move_visit`` raises, NotTheLeader.
    """
    desk = await open_desk(unit, act, visit_id, version)
    begun = desk.visit.begin_talk(act.actor.seats, unit.rules.stages)
    await unit.audit.note("begin-talk", "visit", str(visit_id))
    return await unit.visits.save(desk.visit, begun, act.actor.id, act.at)


async def leave_visit(visit_id: UUID, version: int, act: Act, unit: Unit) -> int:
    """The visitor left before the talk."""
    desk = await open_desk(unit, act, visit_id, version)
    left = desk.visit.end(Step.LEAVE)
    await unit.sessions.release(visit_id, act.at)
    await unit.audit.note("leave", "visit", str(visit_id))
    return await unit.visits.save(desk.visit, left, act.actor.id, act.at)


async def redirect_visit(visit_id: UUID, act: Act, unit: Unit) -> None:
    """The gate asked again says superior level: what was written of the visit is destroyed.

    Nothing is judged that would need its content; a second time changes nothing. Raises VisitUnknown,
    VisitNotAt.
    """
    visit = await unit.visits.get(visit_id)
    if visit.state is VisitState.REDIRECTED:
        return
    redirected = visit.end(Step.REDIRECT)
    await unit.visits.forget(visit)
    await unit.sessions.release(visit_id, act.at)
    emptied = replace(redirected, parties=(), sort=None, about_report=None, points=frozenset())
    await unit.visits.save(visit, emptied, act.actor.id, act.at)
    await unit.audit.note("redirect", "visit", str(visit_id))


async def declare_recusal(visit_id: UUID, officer: str, act: Act, unit: Unit) -> None:
    """An officer steps back from a visit, or is asked to; from now on the visit is not there for them.

    A visit whose staff steps back stands still until other staff is named. Raises VisitUnknown, VisitNotAt
    after the end.
    """
    visit = await unit.visits.get(visit_id)
    if visit.state in {VisitState.LEFT, VisitState.REDIRECTED, VisitState.CLOSED}:
        raise VisitNotAt
    recused = replace(visit, recused=visit.recused | {officer})
    await unit.visits.save(visit, recused, act.actor.id, act.at, "RECUSAL")
    await unit.audit.note("declare-recusal", "visit", str(visit_id), officer=officer)


async def replace_staff(visit_id: UUID, version: int, staff: Staff, act: Act, unit: Unit) -> int:
    """Others of today's roster take over a visit whose staff stepped back or is reported.

    Raises VisitUnknown, ActorRecused, VisitChangedMeanwhile, StaffTooFew, SeatUnknown, NotOnRoster,
    LeaderOnLeave, StaffRecused.
    """
    visit = await unit.visits.get(visit_id)
    desk = await lay_out(unit, act.actor, visit, act.today)
    visit.expect(version)
    check_staff(staff)
    check_seats(staff, visit.organ, desk.directory)
    await duty_of(unit, visit.organ, staff.leader_seat, act.today)
    desk.excluded.refuse_staff(staff, desk.directory)
    await unit.audit.note("replace-staff", "visit", str(visit_id))
    return await unit.visits.save(visit, visit.with_staff(staff), act.actor.id, act.at, "STAFF")
