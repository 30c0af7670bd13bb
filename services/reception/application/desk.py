"""The desk at which a visit is acted upon: the visit, who is excluded from it, the directory of the day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reception.application.ports import Act, Actor, Unit
from services.reception.domain.directory import Directory
from services.reception.domain.errors import Refused, SeatUnknown, VisitUnknown
from services.reception.domain.exclusion import Excluded, excluded_set
from services.reception.domain.values import Staff
from services.reception.domain.visit import Visit


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything an act upon one visit needs, read in the transaction of the act."""

    visit: Visit
    excluded: Excluded
    directory: Directory


async def open_desk(unit: Unit, act: Act, visit_id: UUID, version: int) -> Desk:
    """The visit, locked, for somebody who may act upon it.

    The staff is checked again at every act (R2): what intake told since the booking counts at once. Raises
    VisitUnknown, ActorRecused, StaffRecused, VisitChangedMeanwhile.
    """
    visit = await unit.visits.get(visit_id)
    desk = await lay_out(unit, act.actor, visit, act.today)
    visit.expect(version)
    desk.excluded.refuse_staff(visit.staff, desk.directory)
    return desk


async def lay_out(unit: Unit, actor: Actor, visit: Visit, today: date) -> Desk:
    """The desk of a visit already read. Raises VisitUnknown for a frozen one, ActorRecused."""
    reports = [r for r in (visit.about_report, visit.report_id) if r is not None]
    if visit.organ != actor.organ or await unit.exclusions.frozen(reports):
        raise VisitUnknown
    directory = await unit.entries.on(today)
    excluded = await reported_side(unit, visit, directory)
    excluded.refuse_actor(actor.id, actor.seats, directory)
    return Desk(visit, excluded, directory)


async def reported_side(unit: Unit, visit: Visit, directory: Directory) -> Excluded:
    """The set from the ids picked at PT03 on the days of visit and act, with what intake's facts say."""
    reports = [r for r in (visit.about_report, visit.report_id) if r is not None]
    at_visit = await unit.entries.on(visit.received_on)
    own = excluded_set(visit.parties, (directory, at_visit), visit.organ, visit.recused)
    return own.also(await unit.exclusions.of(reports))


def check_seats(staff: Staff, organ: str, directory: Directory) -> None:
    """Raise SeatUnknown unless every seat is of the organ, in force, and held by somebody."""
    for id_ in staff.seats():
        seat = directory.seats.get(id_)
        if seat is None or seat.organ != organ or seat.person is None or not directory.in_force(seat):
            raise SeatUnknown


async def note_denial(unit: Unit, visit_id: str, reason: Refused) -> None:
    """Leave in the trail that somebody asked for a visit that is not there for them."""
    await unit.audit.note("access-denied", "visit", visit_id, reason=type(reason).__name__)
