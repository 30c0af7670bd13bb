"""Rosters and leaves in asyncpg; place and duties are sealed."""

from datetime import date, datetime
from uuid import UUID

import orjson

from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer
from services.reception.domain.errors import RosterUnknown
from services.reception.domain.roster import Roster, RosterDay
from services.reception.domain.values import Form

INSERT_ROSTER = """
    INSERT INTO business.roster (roster_id, organ, year, quarter, drafted_by, drafted_at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
INSERT_DAY = """
    INSERT INTO business.roster_day (roster_id, n, organ, day, leader_seat, form, notice)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
SELECT_ROSTER = """
    SELECT roster_id, organ, year, quarter, drafted_by, approved_by
      FROM business.roster
     WHERE roster_id = $1
       FOR UPDATE
"""
SELECT_DAYS = """
    SELECT roster_id, n, day, leader_seat, form, notice
      FROM business.roster_day
     WHERE roster_id = $1
     ORDER BY n
"""
APPROVE_ROSTER = "UPDATE business.roster SET approved_by = $2, approved_at = $3 WHERE roster_id = $1"
SELECT_DUTY = """
    SELECT d.roster_id, d.n, d.day, d.leader_seat, d.form, d.notice
      FROM business.roster_day d
      JOIN business.roster r USING (roster_id)
     WHERE d.organ = $1 AND d.leader_seat = $2 AND d.day = $3 AND r.approved_by IS NOT NULL
     ORDER BY r.approved_at DESC
     LIMIT 1
"""
INSERT_LEAVE = """
    INSERT INTO business.leave (leave_id, organ, leader_seat, first_on, last_on, noted_by)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
IS_ON_LEAVE = """
    SELECT EXISTS (SELECT FROM business.leave
                    WHERE organ = $1 AND leader_seat = $2 AND $3 BETWEEN first_on AND last_on)
"""


class PostgresRosters:
    """The rosters on file, seen through one open transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def add(self, roster: Roster, at: datetime) -> None:
        """Keep a draft."""
        await self._connection.execute(
            INSERT_ROSTER, roster.id, roster.organ, roster.year, roster.quarter, roster.drafted_by, at
        )
        await self._connection.executemany(
            INSERT_DAY,
            [
                (roster.id, n, roster.organ, d.day, d.leader_seat, d.form.value, self._seal(d, roster.id, n))
                for n, d in enumerate(roster.days, 1)
            ],
        )

    async def get(self, roster_id: UUID) -> Roster:
        """The roster, locked. Raises RosterUnknown."""
        row = await self._connection.fetchrow(SELECT_ROSTER, roster_id)
        if row is None:
            raise RosterUnknown
        days = await self._connection.fetch(SELECT_DAYS, roster_id)
        return Roster(
            row["roster_id"],
            row["organ"],
            row["year"],
            row["quarter"],
            tuple(self._day(day) for day in days),
            row["drafted_by"],
            row["approved_by"],
        )

    async def save_approval(self, roster: Roster, at: datetime) -> None:
        """Keep who approved it."""
        await self._connection.execute(APPROVE_ROSTER, roster.id, roster.approved_by, at)

    async def duty(self, organ: str, leader_seat: str, day: date) -> RosterDay | None:
        """The leader's row of an approved roster for the day."""
        row = await self._connection.fetchrow(SELECT_DUTY, organ, leader_seat, day)
        return None if row is None else self._day(row)

    async def add_leave(
        self, leave_id: UUID, organ: str, leader_seat: str, span: tuple[date, date], by: str
    ) -> None:
        """Note that a leader is away from the first to the last day."""
        await self._connection.execute(INSERT_LEAVE, leave_id, organ, leader_seat, *span, by)

    async def on_leave(self, organ: str, leader_seat: str, day: date) -> bool:
        """Whether the leader is away that day."""
        return bool(await self._connection.fetchval(IS_ON_LEAVE, organ, leader_seat, day))

    def _seal(self, day: RosterDay, roster_id: UUID, n: int) -> bytes:
        text = orjson.dumps({"place": day.place, "duties": day.duties}).decode()
        return self._sealer.seal(text, table="roster_day", column="notice", row=f"{roster_id}/{n}")

    def _day(self, row: Connection) -> RosterDay:
        place = f"{row['roster_id']}/{row['n']}"
        notice = orjson.loads(
            self._sealer.open(row["notice"], table="roster_day", column="notice", row=place)
        )
        return RosterDay(row["day"], row["leader_seat"], Form(row["form"]), notice["place"], notice["duties"])
