"""Whether a leader receives on a day: stands on an approved roster, and is not on leave."""

from datetime import date

from services.reception.application.ports import Unit
from services.reception.domain.errors import LeaderOnLeave, NotOnRoster
from services.reception.domain.roster import RosterDay


async def duty_of(unit: Unit, organ: str, leader_seat: str, day: date) -> RosterDay:
    """The leader's roster row of the day. Raises NotOnRoster, LeaderOnLeave."""
    row = await unit.rosters.duty(organ, leader_seat, day)
    if row is None:
        raise NotOnRoster
    if await unit.rosters.on_leave(organ, leader_seat, day):
        raise LeaderOnLeave
    return row
