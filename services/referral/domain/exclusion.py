"""The excluded set 应当回避的对象 of a report, domain.md 8.2 (a) to (d): nothing may ever go there."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from services.referral.domain.directory import Directory, Organ, Seat
from services.referral.domain.values import Party, PartyType, Post


@dataclass(frozen=True, slots=True)
class Excluded:
    """Ids that may neither receive nor see a report; ``units`` holds organs too.

    ``version`` counts intake's changes from 1; 0 when it was computed here alone. ``spared`` is the deciding
    organ: what is excluded above it does not reach it or below it, unless it stands in ``units`` itself.
    ``reported`` are those of the ``officers`` who are reported, not only recused.
    """

    units: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    officers: frozenset[str] = frozenset()
    version: int = 0
    spared: str | None = field(default=None, compare=False)
    reported: frozenset[str] = frozenset()

    def also(self, other: "Excluded") -> "Excluded":
        """Both sets together, under this one's version."""
        return Excluded(
            self.units | other.units,
            self.seats | other.seats,
            self.officers | other.officers,
            self.version,
            self.spared or other.spared,
            self.reported | other.reported,
        )

    def sparing(self, deciding_organ: str) -> "Excluded":
        """The same set, as the deciding organ looks at it (b)."""
        return replace(self, spared=deciding_organ)

    def holds_unit(self, id_: str | None, directory: Directory) -> bool:
        """Whether the unit or organ, an entry it inherited from, or anything above it is excluded.

        The deciding organ is not excluded with what lies above it, nor what lies below it (b).
        """
        if id_ is None or not self.units:
            return False
        now = frozenset().union(*(directory.standing_for(unit) for unit in self.units))
        end = frozenset[str]() if self.spared is None else directory.standing_for(self.spared)
        return any(up in now for up in directory.line_up(id_, not_past=end))

    def holds_seat(self, id_: str | None, directory: Directory) -> bool:
        """Whether the seat, the person who sits there, or the unit it belongs to is excluded."""
        if id_ is None:
            return False
        if id_ in self.seats:
            return True
        seat = directory.seats.get(id_)
        if seat is None:
            return False
        return seat.person in self.officers or self.holds_unit(seat.unit or seat.organ, directory)

    def holds_officer(self, person: str, directory: Directory) -> bool:
        """Whether the person is excluded, by name or by any seat held on the directory's day."""
        if person in self.officers:
            return True
        return any(
            self.holds_seat(seat.id, directory)
            for seat in directory.seats.values()
            if seat.person == person and directory.in_force(seat)
        )


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported party with the directory entries it was linked to (persons only intake knows)."""

    party_type: PartyType
    unit: str | None = None
    is_unit_head: bool = False
    persons: tuple[str, ...] = ()


def of_parties(parties: Iterable[Party]) -> tuple[Reported, ...]:
    """What can be known of the parties from facts alone."""
    return tuple(Reported(p.party_type, p.unit, p.is_unit_head) for p in parties)


def excluded_set(
    reported: Iterable[Reported],
    directories: Iterable[Directory],
    deciding_organ: str,
    recused: Iterable[str] = (),
) -> Excluded:
    """The set for one report; ``directories`` are those of the days of conduct, report and decision.

    (a) reported organisations and units headed by a reported person, with their subtrees; (b) organs on whose
    deciding body a reported person sits, with their subtrees, but for the deciding organ, or whoever stands
    for it, of which only the person's own seats and the departments it leads are excluded; (c) all seats of a
    reported person; (d) recused officers and reported persons. Who is excluded by one day is so by all, with
    its subtree of each.
    """
    parties, days = tuple(reported), tuple(directories)
    persons = frozenset(person for party in parties for person in party.persons)
    ours = frozenset({deciding_organ}).union(*(day.standing_for(deciding_organ) for day in days))
    roots, bodies, seats = _named(parties), set[str](), set[str]()
    for day in days:
        held = [s for s in day.seats.values() if s.person in persons and day.in_force(s)]
        roots |= _headed(persons, held, ours, day)
        bodies |= {o.id for o in day.organs.values() if o.id not in ours and _sits(persons, held, o, day)}
        seats |= {s.id for s in held}
    return Excluded(
        units=_spread(roots, days) | _spread(bodies, days, ours),
        seats=frozenset(seats),
        officers=persons | frozenset(recused),
        spared=deciding_organ,
        reported=persons,
    )


def _named(parties: Iterable[Reported]) -> set[str]:
    return {
        party.unit
        for party in parties
        if party.unit is not None and (party.party_type is PartyType.ORGANISATION or party.is_unit_head)
    }


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
