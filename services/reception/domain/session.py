"""A reception session 接访场次: one leader, one day, one place, and its slots."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from services.reception.domain.errors import (
    ChangeTooLate,
    NoticeTooLate,
    SessionChangedMeanwhile,
    SessionNotAt,
    SlotsMalformed,
    StaffTooFew,
)
from services.reception.domain.events import Event, SessionChanged, SessionPublished
from services.reception.domain.values import Form, Slot, Staff

MOST_SLOTS = 60


class SessionState(StrEnum):
    """States of domain.md 15.2; CHANGED is a word of the history."""

    PLANNED = "PLANNED"
    PUBLISHED = "PUBLISHED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    REPORTED = "REPORTED"
    CANCELLED = "CANCELLED"


class SessionStep(StrEnum):
    """What moves a session."""

    PUBLISH = "PUBLISH"
    CHANGE = "CHANGE"
    CANCEL = "CANCEL"
    OPEN = "OPEN"
    CLOSE = "CLOSE"
    REPORT = "REPORT"


S = SessionState
NEXT: Mapping[tuple[SessionState, SessionStep], SessionState] = MappingProxyType(
    {
        (S.PLANNED, SessionStep.PUBLISH): S.PUBLISHED,
        (S.PUBLISHED, SessionStep.CHANGE): S.PUBLISHED,
        (S.PLANNED, SessionStep.CANCEL): S.CANCELLED,
        (S.PUBLISHED, SessionStep.CANCEL): S.CANCELLED,
        (S.PUBLISHED, SessionStep.OPEN): S.OPEN,
        (S.OPEN, SessionStep.CLOSE): S.CLOSED,
        (S.CLOSED, SessionStep.REPORT): S.REPORTED,
    }
)
"""The whole state machine: where a step leads from a state. No other code moves a session."""


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """How many plain calendar days ahead a notice and a change must stand (D27), holidays or not."""

    notice_calendar_days: int
    change_calendar_days: int


@dataclass(frozen=True, slots=True)
class Session:
    """A session at one moment; ``opens_at`` and ``closes_at`` are instants on the local day ``held_on``."""

    id: UUID
    organ: str
    synthetic: bool
    held_on: date
    opens_at: datetime
    closes_at: datetime
    slot_minutes: int
    place: str
    form: Form
    staff: Staff
    state: SessionState = SessionState.PLANNED
    version: int = 0

    def slots(self) -> tuple[Slot, ...]:
        """Its slots, from the first to the last that ends in time. Raises SlotsMalformed."""
        length = timedelta(minutes=self.slot_minutes)
        if self.slot_minutes < 1 or self.closes_at <= self.opens_at or self.form is Form.DUTY:
            raise SlotsMalformed
        count = (self.closes_at - self.opens_at) // length
        if not 1 <= count <= MOST_SLOTS:
            raise SlotsMalformed
        return tuple(
            Slot(n + 1, self.opens_at + n * length, self.opens_at + (n + 1) * length) for n in range(count)
        )

    def publish(self, today: date, rule: NoticeRule) -> tuple["Session", list[Event]]:
        """Put the notice up (PT02). Raises NoticeTooLate, SessionNotAt.

        Source: D27, two days ahead, holidays or not [P73].
        """
        published = self._step(SessionStep.PUBLISH)
        if (self.held_on - today).days < rule.notice_calendar_days:
            raise NoticeTooLate
        event = SessionPublished(
            self.id, self.organ, self.synthetic, self.held_on, self.form, self.staff.leader_seat
        )
        return published, [event]

    def change(
        self, staff: Staff, place: str, today: date, rule: NoticeRule
    ) -> tuple["Session", list[Event]]:
        """Swap staff or place of a published session, a day ahead. Raises ChangeTooLate, SessionNotAt."""
        changed = replace(self._step(SessionStep.CHANGE), staff=staff, place=place)
        self._refuse_late(today, rule)
        check_staff(staff)
        return changed, [changed.told("CHANGED")]

    def cancel(self, today: date, rule: NoticeRule) -> tuple["Session", list[Event]]:
        """Cancel; a published one a day ahead. Raises ChangeTooLate, SessionNotAt."""
        cancelled = self._step(SessionStep.CANCEL)
        if self.state is SessionState.PLANNED:
            return cancelled, []
        self._refuse_late(today, rule)
        return cancelled, [cancelled.told("CANCELLED")]

    def open(self, today: date) -> "Session":
        """Open it on its day. Raises SessionNotAt."""
        if today != self.held_on:
            raise SessionNotAt
        return self._step(SessionStep.OPEN)

    def close(self) -> tuple["Session", list[Event]]:
        """Close it. Raises SessionNotAt."""
        closed = self._step(SessionStep.CLOSE)
        return closed, [closed.told("CLOSED")]

    def expect(self, version: int) -> None:
        """Raise SessionChangedMeanwhile when the actor saw another version."""
        if version != self.version:
            raise SessionChangedMeanwhile

    def told(self, change: str) -> SessionChanged:
        """What a change of this session says."""
        return SessionChanged(
            self.id, self.organ, self.synthetic, self.held_on, self.form, self.staff.leader_seat, change
        )

    def _refuse_late(self, today: date, rule: NoticeRule) -> None:
        if (self.held_on - today).days < rule.change_calendar_days:
            raise ChangeTooLate

    def _step(self, step: SessionStep) -> "Session":
        after = NEXT.get((self.state, step))
        if after is None:
            raise SessionNotAt
        return replace(self, state=after)


def check_staff(staff: Staff) -> None:
    """Raise StaffTooFew unless leader and recorder are two, and no seat is named twice."""
    seats = staff.seats()
    if len(set(seats)) != len(seats):
        raise StaffTooFew
