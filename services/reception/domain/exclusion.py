"""Who may not receive a visit 应当回避的人员, domain.md 8.2: from ids picked and intake's facts."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.reception.domain.directory import Directory, Organ
from services.reception.domain.errors import ActorRecused, StaffRecused
from services.reception.domain.values import Party, PartyType, Post, Staff


@dataclass(frozen=True, slots=True)
class Excluded:
    """Ids on the reported side. ``units`` (organs too) hold whole subtrees, and reach to what came later.

    ``bodies`` are organs on whose deciding body a reported person sits, and what intake listed: they reach
    down too, but not into ``spared``, the deciding organ, unless it stands among them itself.
    """

    units: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    officers: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    spared: str | None = None

    def also(self, other: "Excluded") -> "Excluded":
        """Both sets together."""
        return Excluded(
            self.units | other.units,
            self.seats | other.seats,
            self.officers | other.officers,
            self.bodies | other.bodies,
            self.spared or other.spared,
        )

    def holds_unit(self, id_: str, directory: Directory) -> bool:
        """Whether the unit or organ, one it inherited from, or anything above it is excluded."""
        line = list(directory.line_up(id_))
        if set(line) & _today(self.units, directory):
            return True
        bodies = _today(self.bodies, directory)
        spared = self.spared if self.spared in line and self.spared not in bodies else None
        return bool(set(line if spared is None else line[: line.index(spared)]) & bodies)

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


def _today(ids: Iterable[str], directory: Directory) -> frozenset[str]:
    return frozenset().union(*(directory.standing_for(id_) for id_ in ids))


def excluded_set(
    parties: Iterable[Party],
    directories: Iterable[Directory],
    deciding_organ: str,
    recused: Iterable[str] = (),
) -> Excluded:
    """The set for one visit; ``directories`` are those of the days of the visit and of the act.

    (a) reported organisations and units headed by a reported person; (b) organs on whose deciding body one
    sits, but for the deciding organ, of which only the person's own seats and the departments it leads are
    excluded; (c) all seats of a reported person; (d) recused officers and reported persons.
    """
    picked = tuple(parties)
    persons = frozenset(party.person for party in picked if party.person is not None)
    organisations = frozenset(
        p.unit for p in picked if p.unit is not None and p.party_type is PartyType.ORGANISATION
    )
    whole = Excluded(officers=persons | frozenset(recused), spared=deciding_organ)
    for directory in directories:
        roots = _today(organisations, directory)
        whole = whole.also(Excluded(frozenset().union(*(directory.below(root) for root in roots))))
        for person in persons:
            whole = whole.also(_of_person(person, directory, deciding_organ))
    return whole


def _of_person(person: str, directory: Directory, deciding_organ: str) -> Excluded:
    seats = directory.seats_of(person)
    headed = {
        unit.id for unit in directory.units.values() if unit.head == person and directory.in_force(unit)
    }
    headed |= {
        seat.unit
        for seat in seats
        if seat.unit is not None
        and (
            seat.post in {Post.HEAD, Post.CHIEF}
            or (seat.post is Post.DEPUTY and seat.organ == deciding_organ)
        )
    }
    headed |= {seat.organ for seat in seats if seat.post is Post.CHIEF}
    entry = directory.persons.get(person)
    if entry is not None:
        headed |= {m.unit for m in entry.units if m.is_head and directory.in_force(m)}
    led = {o.id for o in directory.organs.values() if o.id != deciding_organ and _sits(person, o, directory)}
    return Excluded(
        frozenset().union(*(directory.below(root) for root in _today(frozenset(headed), directory))),
        frozenset(seat.id for seat in seats),
        bodies=frozenset().union(*(directory.below(root, not_into=deciding_organ) for root in led)),
    )


def _sits(person: str, organ: Organ, directory: Directory) -> bool:
    return directory.in_force(organ) and (
        person in organ.deciding_body
        or any(
            seat.id in organ.deciding_body or (seat.organ == organ.id and seat.post is Post.COMMITTEE_MEMBER)
            for seat in directory.seats_of(person)
        )
    )
