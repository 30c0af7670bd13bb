"""Use cases: who booked is here, or a walk-in came (PT03)."""

from dataclasses import dataclass
from uuid import UUID

from services.reception.application.book_visit import refuse_reported
from services.reception.application.desk import check_seats, open_desk
from services.reception.application.duty import duty_of
from services.reception.application.pass_gate import VisitForm, gate_of, pass_gate
from services.reception.application.ports import Act, Unit
from services.reception.domain.record import PaperKind
from services.reception.domain.session import check_staff
from services.reception.domain.values import Form, Staff
from services.reception.domain.visit import Visit, VisitState


async def register_visit(visit_id: UUID, version: int, act: Act, unit: Unit) -> int:
    """Register who booked, on the day, in the open session; returns the new version.

    Raises what ``open_desk`` raises, NotToday, VisitNotAt, LeaderOnLeave, NotOnRoster.
    """
    desk = await open_desk(unit, act, visit_id, version)
    visit = desk.visit
    session = None if visit.session_id is None else await unit.sessions.find(visit.session_id)
    await duty_of(unit, visit.organ, visit.staff.leader_seat, visit.received_on)
    registered, events = visit.register(act.today, session)
    saved = await unit.visits.save(visit, registered, act.actor.id, act.at)
    await unit.audit.note("register-visit", "visit", str(visit_id))
    await unit.outbox.add(events)
    return saved


@dataclass(frozen=True, slots=True)
class ReceiveWalkIn:
    """Somebody came without a booking; the leader is the roster's for today. ``visit_id`` is fresh."""

    visit_id: UUID
    staff: Staff
    form: VisitForm


async def receive_walk_in(command: ReceiveWalkIn, act: Act, unit: Unit) -> int:
    """Register a walk-in with the leader on duty, without a published session (form DUTY).

    Returns the new version. Raises what ``pass_gate`` raises, SeatUnknown, StaffTooFew, NotOnRoster,
    LeaderOnLeave, StaffRecused, ActorRecused.
    """
    form = command.form
    await pass_gate(form, len(form.refs), act, unit)
    gate = await gate_of(unit, act)
    check_staff(command.staff)
    check_seats(command.staff, act.actor.organ, gate.directory)
    await duty_of(unit, act.actor.organ, command.staff.leader_seat, act.today)
    visit = Visit(
        command.visit_id,
        gate.organ.id,
        gate.organ.synthetic,
        Form.DUTY,
        command.staff,
        form.group,
        form.parties,
        act.today,
        state=VisitState.WALK_IN,
        about_report=form.about_report,
    )
    await refuse_reported(visit, act, unit)
    await unit.visits.add(visit, form.refs, act.actor.id, act.at)
    registered, events = visit.register(act.today, None)
    saved = await unit.visits.save(visit, registered, act.actor.id, act.at)
    await unit.visits.put_paper(visit, PaperKind.FORM, {"matter": form.matter}, act.actor.id, act.at)
    await unit.audit.note("receive-walk-in", "visit", str(visit.id))
    await unit.outbox.add(events)
    return saved
