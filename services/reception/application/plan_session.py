"""Use cases: a session is planned, its notice put up, changed, cancelled, opened, closed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.reception.application.desk import check_seats, reported_side
from services.reception.application.duty import duty_of
from services.reception.application.ports import Act, Page, Unit
from services.reception.domain.errors import OrganUnknown
from services.reception.domain.session import Session, SessionStep, check_staff
from services.reception.domain.values import Form, Slot, Staff
from services.reception.domain.visit import Step


@dataclass(frozen=True, slots=True)
class PlanSession:
    """A session of one leader; instants lie on the local day ``held_on``; ``session_id`` is fresh."""

    session_id: UUID
    held_on: date
    opens_at: datetime
    closes_at: datetime
    slot_minutes: int
    place: str
    form: Form
    staff: Staff


async def plan_session(command: PlanSession, act: Act, unit: Unit) -> None:
    """Plan it with its slots.

    Raises OrganUnknown, SeatUnknown, StaffTooFew, NotOnRoster, LeaderOnLeave, SlotsMalformed, SlotsOverlap.
    """
    directory = await unit.entries.on(act.today)
    organ = directory.organs.get(act.actor.organ)
    if organ is None:
        raise OrganUnknown
    check_staff(command.staff)
    check_seats(command.staff, organ.id, directory)
    await duty_of(unit, organ.id, command.staff.leader_seat, command.held_on)
    session = Session(
        command.session_id,
        organ.id,
        organ.synthetic,
        command.held_on,
        command.opens_at,
        command.closes_at,
        command.slot_minutes,
        command.place,
        command.form,
        command.staff,
    )
    session.slots()
    await unit.sessions.add(session, act.actor.id, act.at)
    await unit.audit.note("plan-session", "session", str(session.id))


async def publish_session(session_id: UUID, version: int, act: Act, unit: Unit) -> int:
    """Put the notice up (PT02); returns the new version.

    Raises SessionUnknown, SessionChangedMeanwhile, SessionNotAt, NoticeTooLate, LeaderOnLeave, NotOnRoster.
    """
    session = await unit.sessions.get(session_id)
    session.expect(version)
    await duty_of(unit, session.organ, session.staff.leader_seat, session.held_on)
    published, events = session.publish(act.today, unit.rules.notice)
    saved = await unit.sessions.save(session, published, act.actor.id, act.at)
    await unit.audit.note("publish-session", "session", str(session_id))
    await unit.outbox.add(events)
    return saved


@dataclass(frozen=True, slots=True)
class ChangeSession:
    """Another leader, aide, recorder or place; the swap stays in the history."""

    session_id: UUID
    version: int
    staff: Staff
    place: str


async def change_session(command: ChangeSession, act: Act, unit: Unit) -> int:
    """Change a published session a day ahead; the new staff is checked against every visit booked.

    Raises what ``publish_session`` raises, ChangeTooLate, StaffTooFew, SeatUnknown, StaffRecused.
    """
    session = await unit.sessions.get(command.session_id)
    session.expect(command.version)
    changed, events = session.change(command.staff, command.place, act.today, unit.rules.notice)
    directory = await unit.entries.on(act.today)
    check_seats(command.staff, session.organ, directory)
    await duty_of(unit, session.organ, command.staff.leader_seat, session.held_on)
    for visit in await unit.visits.booked_in(session.id):
        (await reported_side(unit, visit, directory)).refuse_staff(command.staff, directory)
        await unit.visits.save(visit, visit.with_staff(command.staff), act.actor.id, act.at, "STAFF")
    saved = await unit.sessions.save(session, changed, act.actor.id, act.at)
    await unit.audit.note("change-session", "session", str(session.id))
    await unit.outbox.add(events)
    return saved


async def cancel_session(session_id: UUID, version: int, act: Act, unit: Unit) -> int:
    """Cancel a session a day ahead; its bookings end with it. Raises as ``change_session``."""
    session = await unit.sessions.get(session_id)
    session.expect(version)
    cancelled, events = session.cancel(act.today, unit.rules.notice)
    for visit in await unit.visits.booked_in(session.id):
        await unit.sessions.release(visit.id, act.at)
        await unit.visits.save(visit, visit.end(Step.CANCEL), act.actor.id, act.at, "SESSION_CANCELLED")
    saved = await unit.sessions.save(session, cancelled, act.actor.id, act.at)
    await unit.audit.note("cancel-session", "session", str(session_id))
    await unit.outbox.add(events)
    return saved


async def run_session(session_id: UUID, version: int, step: SessionStep, act: Act, unit: Unit) -> int:
    """Open a session on its day, or close it. Raises SessionUnknown, SessionNotAt."""
    session = await unit.sessions.get(session_id)
    session.expect(version)
    after, events = (session.open(act.today), []) if step is SessionStep.OPEN else session.close()
    saved = await unit.sessions.save(session, after, act.actor.id, act.at)
    await unit.audit.note(f"{step.lower()}-session", "session", str(session_id))
    await unit.outbox.add(events)
    return saved


async def list_sessions(page: Page, act: Act, unit: Unit) -> list[tuple[Session, list[Slot]]]:
    """Sessions of the organ by day, with their free slots."""
    found = await unit.sessions.page(act.actor.organ, page)
    return [(session, await unit.sessions.free(session.id)) for session in found]
