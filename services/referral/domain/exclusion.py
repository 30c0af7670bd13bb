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
    """

    units: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    officers: frozenset[str] = frozenset()
    version: int = 0
    spared: str | None = field(default=None, compare=False)

    def also(self, other: "Excluded") -> "Excluded":
        """Both sets together, under this one's version."""
        return Excluded(
            self.units | other.units,
            self.seats | other.seats,
            self.officers | other.officers,
            self.version,
            self.spared or other.spared,
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
    deciding body a reported person sits, with their subtrees, but for the deciding organ, of which only the
    person's own seats and the departments it leads are excluded; (c) all seats of a reported person;
    (d) recused officers and reported persons.
    """
    parties = tuple(reported)
    persons = frozenset(person for party in parties for person in party.persons)
    whole = Excluded(officers=persons | frozenset(recused), spared=deciding_organ)
    for directory in directories:
        whole = whole.also(_named(parties, directory))
        for person in persons:
            whole = whole.also(_of_person(person, directory, deciding_organ))
    return whole


def _named(parties: Iterable[Reported], directory: Directory) -> Excluded:
    roots = {
        heir
        for party in parties
        if party.unit is not None and (party.party_type is PartyType.ORGANISATION or party.is_unit_head)
        for heir in directory.standing_for(party.unit)
    }
    return Excluded(units=frozenset().union(*(directory.below(root) for root in roots)))


def _of_person(person: str, directory: Directory, deciding_organ: str) -> Excluded:
    seats = [s for s in directory.seats.values() if s.person == person and directory.in_force(s)]
    headed = {u.id for u in directory.units.values() if u.head == person and directory.in_force(u)}
    headed |= {s.unit for s in seats if s.unit is not None and _leads(s, deciding_organ)}
    headed |= {s.organ for s in seats if s.post is Post.CHIEF}
    entry = directory.persons.get(person)
    if entry is not None:
        headed |= {m.unit for m in entry.units if m.is_head and directory.in_force(m)}
    led = {o.id for o in directory.organs.values() if o.id != deciding_organ and _sits(person, o, directory)}
    standing = {heir for root in headed for heir in directory.standing_for(root)}
    units: frozenset[str] = frozenset().union(*(directory.below(root) for root in standing))
    units |= frozenset().union(*(directory.below(root, not_into=deciding_organ) for root in led))
    return Excluded(units=units, seats=frozenset(s.id for s in seats))


def _leads(seat: Seat, deciding_organ: str) -> bool:
    """Heads lead their unit; in the deciding organ a deputy leads the department of the seat too."""
    return seat.post in {Post.HEAD, Post.CHIEF} or (seat.post is Post.DEPUTY and seat.organ == deciding_organ)


def _sits(person: str, organ: Organ, directory: Directory) -> bool:
    return directory.in_force(organ) and (
        person in organ.deciding_body
        or any(
            seat.person == person and directory.in_force(seat)
            for seat in directory.seats.values()
            if seat.id in organ.deciding_body
            or (seat.post is Post.COMMITTEE_MEMBER and seat.organ == organ.id)
        )
    )
