"""Sessions, their slots and bookings in asyncpg; the place is sealed.

A slot is taken under its row lock and looked at again under it, so that two bookings of one slot follow
each other; the unique index and the exclusion constraint stand behind.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer
from services.reception.adapters.transitions import note_transition
from services.reception.application.ports import Page
from services.reception.domain.errors import (
    SessionChangedMeanwhile,
    SessionFull,
    SessionUnknown,
    SlotInThePast,
    SlotsOverlap,
    SlotTaken,
    SlotUnknown,
)
from services.reception.domain.session import Session, SessionState
from services.reception.domain.values import Form, Slot, Staff
from services.reception.domain.visit import Visit

COLUMNS = """
    session_id, organ, synthetic, held_on, opens_at, closes_at, slot_minutes, place, form, leader_seat,
    recorder_seat, aide_seats, state, version
"""
SELECT_SESSION = f"SELECT {COLUMNS} FROM business.session WHERE session_id = $1"  # noqa: S608 # columns only
LOCK_SESSION = SELECT_SESSION + " FOR UPDATE"
HOLD_SESSION = SELECT_SESSION + " FOR SHARE"
SELECT_PAGE = f"""
    SELECT {COLUMNS} FROM business.session
     WHERE organ = $1 AND ($2::date IS NULL OR (held_on, session_id) > ($2, $3))
     ORDER BY held_on, session_id
     LIMIT $4
"""  # noqa: S608 # columns only
INSERT_SESSION = f"""
    INSERT INTO business.session ({COLUMNS})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)
"""  # noqa: S608 # columns only
UPDATE_SESSION = """
    UPDATE business.session
       SET place = $2, leader_seat = $3, recorder_seat = $4, aide_seats = $5, state = $6,
           version = version + 1
     WHERE session_id = $1 AND version = $7
"""
INSERT_SLOT = """
    INSERT INTO business.slot (session_id, slot, organ, leader_seat, starts_at, ends_at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
MOVE_SLOTS = "UPDATE business.slot SET leader_seat = $2 WHERE session_id = $1"
CANCEL_SLOTS = "UPDATE business.slot SET cancelled = true WHERE session_id = $1"
SELECT_FREE = """
    SELECT s.slot, s.starts_at, s.ends_at
      FROM business.slot s
     WHERE s.session_id = $1 AND NOT s.cancelled
       AND NOT EXISTS (SELECT FROM business.booking b
                        WHERE b.session_id = s.session_id AND b.slot = s.slot AND b.cancelled_at IS NULL)
     ORDER BY s.slot
"""
SELECT_SLOT = (
    "SELECT slot, starts_at, ends_at FROM business.slot WHERE session_id = $1 AND slot = $2 AND NOT cancelled"
)
TRY_SLOT = SELECT_SLOT + " FOR UPDATE SKIP LOCKED"
WAIT_FOR_SLOT = SELECT_SLOT + " FOR UPDATE"
IS_BOOKED = """
    SELECT EXISTS (SELECT FROM business.booking WHERE session_id = $1 AND slot = $2 AND cancelled_at IS NULL)
"""
INSERT_BOOKING = """
    INSERT INTO business.booking (visit_id, session_id, slot, organ, booked_at) VALUES ($1, $2, $3, $4, $5)
"""
RELEASE_BOOKING = "UPDATE business.booking SET cancelled_at = $2 WHERE visit_id = $1 AND cancelled_at IS NULL"


class PostgresSessions:
    """The sessions on file, seen through one open transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def get(self, session_id: UUID) -> Session:
        """The session, locked. Raises SessionUnknown."""
        return self._session(await self._connection.fetchrow(LOCK_SESSION, session_id))

    async def find(self, session_id: UUID) -> Session:
        """The session, which nobody changes until the transaction ends. Raises SessionUnknown."""
        return self._session(await self._connection.fetchrow(HOLD_SESSION, session_id))

    async def page(self, organ: str, page: Page) -> list[Session]:
        """Sessions by day."""
        day, after = page.after or (None, None)
        rows = await self._connection.fetch(SELECT_PAGE, organ, day, after, page.limit)
        return [self._session(row) for row in rows]

    async def add(self, session: Session, actor: str, at: datetime) -> None:
        """Keep a new session and its slots. Raises SlotsOverlap."""
        await self._connection.execute(INSERT_SESSION, *self._columns(session))
        leader = session.staff.leader_seat
        try:
            await self._connection.executemany(
                INSERT_SLOT,
                [
                    (session.id, s.number, session.organ, leader, s.starts_at, s.ends_at)
                    for s in session.slots()
                ],
            )
        except asyncpg.ExclusionViolationError:
            raise SlotsOverlap from None
        await self._note(session, None, session.state, actor, at)

    async def save(self, before: Session, after: Session, actor: str, at: datetime) -> int:
        """Write a change; returns the new version. Raises SessionChangedMeanwhile, SlotsOverlap."""
        staff = after.staff
        done = await self._connection.execute(
            UPDATE_SESSION, after.id, self._seal(after), staff.leader_seat, staff.recorder_seat,
            list(staff.aide_seats), after.state.value, before.version,
        )  # fmt: skip
        if done != "UPDATE 1":
            raise SessionChangedMeanwhile
        try:
            if after.state is SessionState.CANCELLED:
                await self._connection.execute(CANCEL_SLOTS, after.id)
            elif staff.leader_seat != before.staff.leader_seat:
                await self._connection.execute(MOVE_SLOTS, after.id, staff.leader_seat)
        except asyncpg.ExclusionViolationError:
            raise SlotsOverlap from None
        await self._note(after, before.state, after.state, actor, at)
        return before.version + 1

    async def free(self, session_id: UUID) -> list[Slot]:
        """The slots nobody booked."""
        rows = await self._connection.fetch(SELECT_FREE, session_id)
        return [Slot(row["slot"], row["starts_at"], row["ends_at"]) for row in rows]

    async def take(self, session: Session, wanted: int | None, at: datetime) -> Slot:
        """A free slot that begins after ``at``, held until the transaction ends."""
        if wanted is not None:
            return await self._take_this(session.id, wanted, at)
        candidates = [slot for slot in await self.free(session.id) if slot.starts_at > at]
        for query in (TRY_SLOT, WAIT_FOR_SLOT):
            for slot in candidates:
                row = await self._connection.fetchrow(query, session.id, slot.number)
                if row is not None and not await self._connection.fetchval(
                    IS_BOOKED, session.id, slot.number
                ):
                    return slot
        raise SessionFull

    async def _take_this(self, session_id: UUID, wanted: int, at: datetime) -> Slot:
        row = await self._connection.fetchrow(WAIT_FOR_SLOT, session_id, wanted)
        if row is None:
            raise SlotUnknown
        if row["starts_at"] <= at:
            raise SlotInThePast
        if await self._connection.fetchval(IS_BOOKED, session_id, wanted):
            raise SlotTaken
        return Slot(row["slot"], row["starts_at"], row["ends_at"])

    async def book(self, visit: Visit, at: datetime) -> None:
        """Keep the booking of a held slot. Raises SlotTaken."""
        try:
            await self._connection.execute(
                INSERT_BOOKING, visit.id, visit.session_id, visit.slot, visit.organ, at
            )
        except asyncpg.UniqueViolationError:
            raise SlotTaken from None

    async def release(self, visit_id: UUID, at: datetime) -> None:
        """Give the slot back; nothing when it was given back."""
        await self._connection.execute(RELEASE_BOOKING, visit_id, at)

    async def _note(
        self, session: Session, before: SessionState | None, after: SessionState, actor: str, at: datetime
    ) -> None:
        from_ = None if before is None else before.value
        detail = session.staff.leader_seat if before is after else None
        await note_transition(
            self._connection, "session", session.id, session.organ, (from_, after.value, detail), actor, at
        )

    def _seal(self, session: Session) -> bytes:
        return self._sealer.seal(session.place, table="session", column="place", row=str(session.id))

    def _columns(self, session: Session) -> tuple[object, ...]:
        staff = session.staff
        return (
            session.id, session.organ, session.synthetic, session.held_on, session.opens_at,
            session.closes_at, session.slot_minutes, self._seal(session), session.form.value,
            staff.leader_seat, staff.recorder_seat, list(staff.aide_seats), session.state.value,
        )  # fmt: skip

    def _session(self, row: Mapping[str, Any] | None) -> Session:
        if row is None:
            raise SessionUnknown
        place = self._sealer.open(row["place"], table="session", column="place", row=str(row["session_id"]))
        return Session(
            row["session_id"],
            row["organ"],
            row["synthetic"],
            row["held_on"],
            row["opens_at"],
            row["closes_at"],
            row["slot_minutes"],
            place,
            Form(row["form"]),
            Staff(row["leader_seat"], row["recorder_seat"], tuple(row["aide_seats"])),
            SessionState(row["state"]),
            row["version"],
        )
