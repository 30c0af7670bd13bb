"""Use cases: a slot of a published session is booked, and given back."""

from dataclasses import dataclass
from uuid import UUID

from services.reception.application.desk import reported_side
from services.reception.application.pass_gate import VisitForm, pass_gate
from services.reception.application.ports import Act, Unit
from services.reception.domain.errors import ActorRecused, SessionNotAt, VisitUnknown
from services.reception.domain.record import PaperKind
from services.reception.domain.session import SessionState
from services.reception.domain.values import Slot
from services.reception.domain.visit import Step, Visit, VisitState


@dataclass(frozen=True, slots=True)
class BookVisit:
    """A visitor asks for a slot, or for any; ``visit_id`` is fresh."""

    visit_id: UUID
    session_id: UUID
    slot: int | None
    form: VisitForm


async def book_visit(command: BookVisit, act: Act, unit: Unit) -> Slot:
    """Book; nobody of the reported side may receive the visit (PT06, checked here and at every act).

    Raises what ``pass_gate`` raises, SessionUnknown, SessionNotAt, StaffRecused, VisitUnknown (the report is
    frozen), SlotUnknown, SlotInThePast, SlotTaken, SessionFull.
    """
    await pass_gate(command.form, len(command.form.refs), act, unit)
    session = await unit.sessions.find(command.session_id)
    if session.state is not SessionState.PUBLISHED:
        raise SessionNotAt
    form = command.form
    visit = Visit(
        command.visit_id,
        session.organ,
        session.synthetic,
        session.form,
        session.staff,
        form.group,
        form.parties,
        session.held_on,
        session.id,
        about_report=form.about_report,
    )
    await refuse_reported(visit, act, unit)
    slot = await unit.sessions.take(session, command.slot, act.at)
    visit = visit.in_slot(slot.number)
    await unit.visits.add(visit, form.refs, act.actor.id, act.at)
    await unit.sessions.book(visit, act.at)
    await unit.visits.put_paper(visit, PaperKind.FORM, {"matter": form.matter}, act.actor.id, act.at)
    await unit.audit.note("book-visit", "visit", str(visit.id), session=str(session.id))
    await unit.outbox.add(visit.booked())
    return slot


async def refuse_reported(visit: Visit, act: Act, unit: Unit) -> None:
    """Refuse a visit whose staff, or who enters it, is on the reported side.

    Raises StaffRecused, ActorRecused, VisitUnknown when the report it is about is frozen.
    """
    if visit.about_report is not None and await unit.exclusions.frozen([visit.about_report]):
        raise VisitUnknown
    directory = await unit.entries.on(act.today)
    excluded = await reported_side(unit, visit, directory)
    excluded.refuse_staff(visit.staff, directory)
    excluded.refuse_actor(act.actor.id, act.actor.seats, directory)


async def cancel_booking(visit_id: UUID, act: Act, unit: Unit) -> None:
    """Give the slot back; a second time changes nothing. Raises VisitUnknown, VisitNotAt, ActorRecused."""
    visit = await unit.visits.get(visit_id)
    directory = await unit.entries.on(act.today)
    excluded = await reported_side(unit, visit, directory)
    if visit.organ != act.actor.organ:
        raise VisitUnknown
    if excluded.holds_officer(act.actor.id, directory):
        raise ActorRecused
    if visit.state is VisitState.LEFT and visit.session_id is not None:
        return
    ended = visit.end(Step.CANCEL)
    await unit.sessions.release(visit.id, act.at)
    await unit.visits.save(visit, ended, act.actor.id, act.at, "CANCELLED")
    await unit.audit.note("cancel-booking", "visit", str(visit_id))
