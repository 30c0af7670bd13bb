"""Who may not receive a visit 应当回避的人员, domain.md 8.2: from ids picked and intake's facts."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.reception.domain.directory import Directory, Organ, Seat
from services.reception.domain.errors import ActorRecused, StaffRecused
from services.reception.domain.values import Party, PartyType, Post, Staff


@dataclass(frozen=True, slots=True)
class Excluded:
    """Ids on the reported side; ``units`` holds organs too.

    ``spared`` is the deciding organ: what is excluded above it does not reach it or below it, unless it
    stands in ``units`` itself.
    """

    units: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    officers: frozenset[str] = frozenset()
    spared: str | None = field(default=None, compare=False)

    def also(self, other: "Excluded") -> "Excluded":
        """Both sets together, as this one's deciding organ looks at them."""
        return Excluded(
            self.units | other.units,
            self.seats | other.seats,
            self.officers | other.officers,
            self.spared or other.spared,
        )

    def holds_unit(self, id_: str, directory: Directory) -> bool:
        """Whether the unit or organ, an entry it inherited from, or anything above it is excluded.

        The deciding organ is not excluded with what lies above it, nor what lies below it (b).
        """
        if not self.units:
            return False
        now = frozenset().union(*(directory.standing_for(unit) for unit in self.units))
        end = frozenset[str]() if self.spared is None else directory.standing_for(self.spared)
        return any(up in now for up in directory.line_up(id_, not_past=end))

    def holds_seat(self, id_: str, directory: Directory) -> bool:
        """Whether the seat, the person who sits there, or the unit it belongs to is excluded."""
        seat = directory.seats.get(id_)
        if id_ in self.seats or seat is None:
            return id_ in self.seats
        return seat.person in self.officers or self.holds_unit(seat.unit or seat.organ, directory)

    def holds_officer(self, person: str, directory: Directory) -> bool:
        """Whether the person is excluded, by name or by any seat held on the directory's day."""
        return person in self.officers or any(
            self.holds_seat(seat.id, directory) for seat in directory.seats_of(person)
        )

    def refuse_staff(self, staff: Staff, directory: Directory) -> None:
        """Raise StaffRecused when the leader, an aide or the recorder is excluded (PT06)."""
        for id_ in staff.seats():
            seat = directory.seats.get(id_)
            person = None if seat is None else seat.person
            if self.holds_seat(id_, directory) or (person and self.holds_officer(person, directory)):
                raise StaffRecused

    def refuse_actor(self, person: str, seats: Iterable[str], directory: Directory) -> None:
        """Raise ActorRecused when who acts is excluded, by person or by a seat of the token."""
        if self.holds_officer(person, directory) or any(self.holds_seat(s, directory) for s in seats):
            raise ActorRecused


def excluded_set(
    parties: Iterable[Party],
    directories: Iterable[Directory],
    deciding_organ: str,
    recused: Iterable[str] = (),
) -> Excluded:
    """The set for one visit; ``directories`` are those of the days of the visit and of the act.

    (a) reported organisations and units headed by a reported person, with their subtrees; (b) organs on whose
    deciding body a reported person sits, with their subtrees, but for the deciding organ, or whoever stands
    for it, of which only the person's own seats and the departments it leads are excluded; (c) all seats of a
    reported person; (d) recused officers and reported persons. Who is excluded by one day is so by all, with
    its subtree of each.
    """
    picked, days = tuple(parties), tuple(directories)
    persons = frozenset(party.person for party in picked if party.person is not None)
    ours = frozenset({deciding_organ}).union(*(day.standing_for(deciding_organ) for day in days))
    roots = {p.unit for p in picked if p.unit is not None and p.party_type is PartyType.ORGANISATION}
    bodies, seats = set[str](), set[str]()
    for day in days:
        held = [seat for person in sorted(persons) for seat in day.seats_of(person)]
        roots |= _headed(persons, held, ours, day)
        bodies |= {o.id for o in day.organs.values() if o.id not in ours and _sits(persons, held, o, day)}
        seats |= {seat.id for seat in held}
    return Excluded(
        _spread(roots, days) | _spread(bodies, days, ours),
        frozenset(seats),
        persons | frozenset(recused),
        deciding_organ,
    )


def _headed(persons: frozenset[str], held: Iterable[Seat], ours: frozenset[str], day: Directory) -> set[str]:
    """Heads lead their unit; in the deciding organ a deputy leads the department of the seat too."""
    headed = {unit.id for unit in day.units.values() if unit.head in persons and day.in_force(unit)}
    for person in filter(None, (day.persons.get(id_) for id_ in persons)):
        headed |= {m.unit for m in person.units if m.is_head and day.in_force(m)}
    for seat in held:
        leads = seat.post in {Post.HEAD, Post.CHIEF} or (seat.post is Post.DEPUTY and seat.organ in ours)
        if leads and seat.unit is not None:
            headed.add(seat.unit)
        if seat.post is Post.CHIEF:
            headed.add(seat.organ)
    return headed


def _sits(persons: frozenset[str], held: Iterable[Seat], organ: Organ, day: Directory) -> bool:
    return day.in_force(organ) and (
        not persons.isdisjoint(organ.deciding_body)
        or any(
            seat.id in organ.deciding_body or (seat.post is Post.COMMITTEE_MEMBER and seat.organ == organ.id)
            for seat in held
        )
    )


def _spread(
    roots: Iterable[str], days: Iterable[Directory], not_into: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The roots, their heirs and all that lies below, on any of the days; never into ``not_into``."""
    found, waiting, days = set(roots), list(roots), tuple(days)
    while waiting:
        now = waiting.pop()
        for day in days:
            fresh = (day.standing_for(now) | day.children_of(now)) - found - not_into
            found |= fresh
            waiting.extend(fresh)
    return frozenset(found)
