"""A visit 来访: from the booking or the door to the leader's signature and what follows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from services.reception.domain.errors import (
    NotTheLeader,
    NotToday,
    PointMissing,
    PointNotTicked,
    RepresentativesNeeded,
    VisitChangedMeanwhile,
    VisitNotAt,
)
from services.reception.domain.events import Event, VisitBooked, VisitRegistered, VisitSignedOff
from services.reception.domain.session import Session
from services.reception.domain.stages import Stages
from services.reception.domain.values import Form, NameStatus, Party, Point, Sort, Staff

MOST_REPRESENTATIVES = 5


class VisitState(StrEnum):
    """States of domain.md 15.2."""

    BOOKED = "BOOKED"
    WALK_IN = "WALK_IN"
    REGISTERED = "REGISTERED"
    SORTED = "SORTED"
    WAITING = "WAITING"
    IN_TALK = "IN_TALK"
    ANSWERED = "ANSWERED"
    SIGNED_OFF = "SIGNED_OFF"
    ENTERED = "ENTERED"
    FOLLOWED_UP = "FOLLOWED_UP"
    FED_BACK = "FED_BACK"
    CLOSED = "CLOSED"
    REDIRECTED = "REDIRECTED"
    LEFT = "LEFT"
    EMERGENCY = "EMERGENCY"


class Step(StrEnum):
    """What moves a visit; named after the act."""

    REGISTER = "REGISTER"
    SORT = "SORT"
    BRIEF = "BRIEF"
    BEGIN_TALK = "BEGIN_TALK"
    ANSWER = "ANSWER"
    SIGN_OFF = "SIGN_OFF"
    ENTER = "ENTER"
    FOLLOW_UP = "FOLLOW_UP"
    FEED_BACK = "FEED_BACK"
    CLOSE = "CLOSE"
    CANCEL = "CANCEL"
    LEAVE = "LEAVE"
    REDIRECT = "REDIRECT"
    RAISE_EMERGENCY = "RAISE_EMERGENCY"
    END_EMERGENCY = "END_EMERGENCY"


V = VisitState
BEFORE_TALK = (V.REGISTERED, V.SORTED, V.WAITING)
NEXT: Mapping[tuple[VisitState, Step], VisitState] = MappingProxyType(
    {
        (V.BOOKED, Step.REGISTER): V.REGISTERED,
        (V.WALK_IN, Step.REGISTER): V.REGISTERED,
        (V.REGISTERED, Step.SORT): V.SORTED,
        (V.SORTED, Step.BRIEF): V.WAITING,
        (V.WAITING, Step.BEGIN_TALK): V.IN_TALK,
        (V.IN_TALK, Step.ANSWER): V.ANSWERED,
        (V.ANSWERED, Step.SIGN_OFF): V.SIGNED_OFF,
        (V.SIGNED_OFF, Step.ENTER): V.ENTERED,
        (V.ENTERED, Step.FOLLOW_UP): V.FOLLOWED_UP,
        (V.FOLLOWED_UP, Step.FEED_BACK): V.FED_BACK,
        (V.FED_BACK, Step.CLOSE): V.CLOSED,
        (V.BOOKED, Step.CANCEL): V.LEFT,
        **{(s, Step.LEAVE): V.LEFT for s in BEFORE_TALK},
        **{(s, Step.REDIRECT): V.REDIRECTED for s in (V.BOOKED, *BEFORE_TALK, V.IN_TALK)},
        (V.IN_TALK, Step.RAISE_EMERGENCY): V.EMERGENCY,
        (V.EMERGENCY, Step.END_EMERGENCY): V.IN_TALK,
    }
)
"""The whole state machine: where a step leads from a state. No other code moves a visit."""


@dataclass(frozen=True, slots=True)
class Group:
    """Who comes: ``persons`` in all, of whom ``representatives`` talk when there are more than five."""

    persons: int
    representatives: int | None = None
    name_status: NameStatus = NameStatus.ANONYMOUS

    def check(self) -> None:
        """Raise RepresentativesNeeded unless five at most are to talk.

        Source: XF art. 20, five representatives for a matter of many.
        """
        talking = self.persons if self.representatives is None else self.representatives
        if not 1 <= talking <= MOST_REPRESENTATIVES or talking > self.persons:
            raise RepresentativesNeeded


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit at one moment; ``points`` are those passed, ``recused`` persons who stepped back from it.

    ``about_report`` is a report the visitor comes about, ``report_id`` the one that intake made of the visit.
    """

    id: UUID
    organ: str
    synthetic: bool
    form: Form
    staff: Staff
    group: Group
    parties: tuple[Party, ...]
    received_on: date
    session_id: UUID | None = None
    slot: int | None = None
    state: VisitState = VisitState.BOOKED
    sort: Sort | None = None
    points: frozenset[Point] = frozenset()
    recused: frozenset[str] = frozenset()
    about_report: UUID | None = None
    report_id: UUID | None = None
    version: int = 0

    def booked(self) -> list[Event]:
        """What a new booking says."""
        assert self.session_id is not None
        return [VisitBooked(self.id, self.organ, self.synthetic, self.session_id, self.received_on)]

    def register(self, today: date, session: Session | None) -> tuple["Visit", list[Event]]:
        """PT03: who booked is here, or a walk-in came. Raises NotToday, VisitNotAt."""
        if today != self.received_on or (session is not None and session.state.value != "OPEN"):
            raise NotToday
        registered = self._moved(Step.REGISTER, Point.PT01, Point.PT03, *_notice(session))
        told = VisitRegistered(
            self.id, self.organ, self.synthetic, self.form, self.group.persons, self.received_on
        )
        return registered, [told]

    def tick(self, points: Collection[Point], stages: Stages) -> "Visit":
        """Note that points are passed which no act of their own passes. Raises PointNotTicked, VisitNotAt."""
        if any(point not in stages.ticked for point in points):
            raise PointNotTicked
        if self.state in {V.LEFT, V.REDIRECTED, V.CLOSED, V.BOOKED}:
            raise VisitNotAt
        return replace(self, points=self.points | frozenset(points))

    def step(self, step: Step, stages: Stages, *passed: Point) -> "Visit":
        """Take a step, for which the points of earlier stages must be passed.

        Raises VisitNotAt, PointMissing.
        """
        moved = self._moved(step, *passed)
        if not stages.needed(step.value) <= moved.points:
            raise PointMissing
        return moved

    def with_staff(self, staff: Staff) -> "Visit":
        """The visit with other staff; a talk that ran begins anew. Raises VisitNotAt after the answer."""
        if self.state not in {V.BOOKED, *BEFORE_TALK, V.IN_TALK}:
            raise VisitNotAt
        if self.state is V.IN_TALK:
            return replace(self, staff=staff, state=V.WAITING, points=self.points - {Point.PT07, Point.PT08})
        return replace(self, staff=staff)

    def in_slot(self, number: int) -> "Visit":
        """The visit with the slot it got."""
        return replace(self, slot=number)

    def begin_talk(self, seats: Collection[str], stages: Stages) -> "Visit":
        """PT08: the leader who receives begins. Raises NotTheLeader, and what ``step`` raises."""
        if self.staff.leader_seat not in seats:
            raise NotTheLeader
        return self.step(Step.BEGIN_TALK, stages, Point.PT08)

    def write(self, told: Collection[Party]) -> "Visit":
        """PT09: a record was written; what was confirmed before no longer is. Raises VisitNotAt."""
        if self.state is not V.IN_TALK:
            raise VisitNotAt
        fresh = tuple(party for party in dict.fromkeys(told) if party not in self.parties)
        points = (self.points | {Point.PT09}) - {Point.PT11}
        return replace(self, parties=self.parties + fresh, points=points)

    def confirm(self) -> "Visit":
        """PT11: the record was confirmed. Raises VisitNotAt."""
        if self.state is not V.IN_TALK:
            raise VisitNotAt
        return replace(self, points=self.points | {Point.PT11})

    def sign_off(self, seats: Collection[str], stages: Stages) -> tuple["Visit", list[Event]]:
        """PT15: the leader who received signs. Raises NotTheLeader, and what ``step`` raises."""
        if self.staff.leader_seat not in seats:
            raise NotTheLeader
        signed = self.step(Step.SIGN_OFF, stages, Point.PT15)
        told = VisitSignedOff(
            self.id,
            self.organ,
            self.synthetic,
            self.received_on,
            self.form,
            self.group.persons,
            self.staff.leader_seat,
        )
        return signed, [told]

    def expect(self, version: int) -> None:
        """Raise VisitChangedMeanwhile when the actor saw another version."""
        if version != self.version:
            raise VisitChangedMeanwhile

    def end(self, step: Step) -> "Visit":
        """Cancel, leave or redirect, whatever points are passed. Raises VisitNotAt."""
        return self._moved(step)

    def _moved(self, step: Step, *passed: Point) -> "Visit":
        after = NEXT.get((self.state, step))
        if after is None:
            raise VisitNotAt
        return replace(self, state=after, points=self.points | frozenset(passed))


def _notice(session: Session | None) -> tuple[Point, ...]:
    """A walk-in needs no published session (form DUTY, counted apart)."""
    return () if session is None else (Point.PT02,)
