"""Use cases: a roster is drafted, and approved by another person (PT01); a leave is noted."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reception.application.ports import Act, Unit
from services.reception.domain.errors import SeatUnknown
from services.reception.domain.roster import Roster, RosterDay


@dataclass(frozen=True, slots=True)
class DraftRoster:
    """A year's or a quarter's roster; ``roster_id`` is fresh."""

    roster_id: UUID
    year: int
    quarter: int | None
    days: tuple[RosterDay, ...]


async def draft_roster(command: DraftRoster, act: Act, unit: Unit) -> None:
    """Keep a draft. Raises SeatUnknown for a leader who is none of this organ."""
    directory = await unit.entries.on(act.today)
    for row in command.days:
        seat = directory.seats.get(row.leader_seat)
        if seat is None or seat.organ != act.actor.organ:
            raise SeatUnknown
    roster = Roster(
        command.roster_id, act.actor.organ, command.year, command.quarter, command.days, act.actor.id
    )
    await unit.rosters.add(roster, act.at)
    await unit.audit.note("draft-roster", "roster", str(command.roster_id))


async def approve_roster(roster_id: UUID, act: Act, unit: Unit) -> None:
    """Approve a draft. Raises RosterUnknown, RosterApproved, RosterByItsDrafter."""
    roster = await unit.rosters.get(roster_id)
    await unit.rosters.save_approval(roster.approve(act.actor.id), act.at)
    await unit.audit.note("approve-roster", "roster", str(roster_id))


@dataclass(frozen=True, slots=True)
class RecordLeave:
    """A leader is away from ``first_on`` to ``last_on``, both included; ``leave_id`` is fresh."""

    leave_id: UUID
    leader_seat: str
    first_on: date
    last_on: date


async def record_leave(command: RecordLeave, act: Act, unit: Unit) -> None:
    """Note a leave; nobody is received by that leader on those days."""
    span = (command.first_on, command.last_on)
    await unit.rosters.add_leave(command.leave_id, act.actor.organ, command.leader_seat, span, act.actor.id)
    await unit.audit.note("record-leave", "leave", str(command.leave_id))
