"""The part of the directory that review needs, as it stood on one day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from services.review.domain.values import OfficerId

BEGINNING = date(1949, 10, 1)
HANDLING_KINDS = frozenset({"DEPARTMENT", "STATIONED_TEAM"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What organs, units and seats have alike; ``valid_to`` is the last day in force."""

    id: str
    ups: tuple[str, ...] = ()
    valid_from: date = BEGINNING
    valid_to: date | None = None
    successors: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        """Whether the entry is valid on ``day``; both ends belong to it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Organ(Entry):
    """A commission; its deciding body are persons or seats, its departments units, by id."""

    deciding_body: frozenset[str] = frozenset()
    chief_seat: str | None = None
    trial: str | None = None
    petition: str | None = None


@dataclass(frozen=True, slots=True)
class Unit(Entry):
    """A department or stationed team of a commission, or any other unit."""

    kind: str = "DEPARTMENT"
    organ: str | None = None


@dataclass(frozen=True, slots=True)
class Seat(Entry):
    """A post held by one person."""

    organ: str = ""
    person: OfficerId | None = None
    post: str = "OFFICER"
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """Organs and units, ended ones included, and the seats of the organs in question, on ``day``."""

    day: date
    organs: Mapping[str, Organ] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    seats: Mapping[str, Seat] = field(default_factory=dict)

    def find(self, id_: str) -> Entry | None:
        """The organ or unit of that id, in force or ended."""
        return self.organs.get(id_) or self.units.get(id_)

    def standing_for(self, id_: str) -> frozenset[str]:
        """``id_`` itself and every heir of it in force; all halves after a split."""
        return frozenset({id_, *self._heirs(id_, frozenset())})

    def _heirs(self, id_: str, seen: frozenset[str]) -> Iterator[str]:
        entry = self.find(id_)
        if entry is None or id_ in seen:
            return
        if entry.in_force(self.day):
            yield id_
            return
        for successor in entry.successors:
            yield from self._heirs(successor, seen | {id_})

    def line_up(self, id_: str, not_past: str) -> frozenset[str]:
        """``id_`` and everything above it by superior, parent and organ, heirs included.

        The climb ends at ``not_past`` or who stands for it today: what lies above the deciding organ says
        nothing of those below it.
        """
        end = self.standing_for(not_past)
        found, waiting = set[str](), [id_]
        while waiting:
            now = waiting.pop()
            if now in found:
                continue
            found.add(now)
            entry = self.find(now)
            if entry is not None and now not in end:
                waiting.extend(heir for up in entry.ups for heir in self.standing_for(up))
        return frozenset(found)

    def seats_in(self, unit: str | None) -> frozenset[OfficerId]:
        """The persons who sit in a unit today; nobody where there is no such unit."""
        return frozenset(
            seat.person
            for seat in self.seats.values()
            if unit is not None and seat.unit == unit and seat.person is not None and seat.in_force(self.day)
        )

    def members_of(self, organ: Organ) -> frozenset[OfficerId]:
        """The deciding body: persons or seats that the organ names, and who sits as a committee member."""
        sitting = {
            seat.id: seat.person
            for seat in self.seats.values()
            if seat.organ == organ.id and seat.person is not None and seat.in_force(self.day)
        }
        members = {
            seat.person
            for seat in self.seats.values()
            if seat.id in sitting and seat.post == "COMMITTEE_MEMBER" and seat.person is not None
        }
        named = {
            sitting.get(name, OfficerId(name))
            for name in organ.deciding_body
            if name in sitting or name not in self.seats
        }
        return frozenset(members | named)
