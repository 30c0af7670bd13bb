"""Which entries of the directory a keeper may write: those of the own organ and of the organs below it.

An organ's place (its level, superior, region and area) is written by an organ above; what has nobody above it
writes itself. A unit that belongs to no organ goes with what it hangs under, else with the region it lies in.
Without this a keeper could take a seat in any organ, and a reported side could leave the excluded set.

Source: domain.md 1.1, 8.2.
"""

from dataclasses import dataclass

from services.referral.domain.directory import Directory, Organ, Person, Seat, Unit

Thing = Organ | Unit | Seat | Person
MOST_STEPS = 32
"""A line of superiors or parents longer than this goes in a circle."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """The office that writes, and everything on file; entries of one request are looked at one by one."""

    organ: str
    directory: Directory

    def may_write(self, thing: Thing, organ: str | None, kept: str | None) -> bool:
        """``organ`` is the one the entry names, ``kept`` the one it had so far; None where it has none."""
        if isinstance(thing, Organ):
            return self._may_write_organ(thing)
        named = [one for one in (organ, kept) if one is not None]
        if not all(self._is_own_or_below(one) for one in named):
            return False
        if isinstance(thing, Unit):
            held = self.directory.units.get(thing.id)
            loose = [thing] * (organ is None) + [held] * (held is not None and kept is None)
            return all(self._hangs_below(one) for one in loose if one is not None)
        if isinstance(thing, Person):
            known = self.directory.persons.get(thing.id)
            people = [thing] * (organ is None) + [known] * (known is not None and kept is None)
            return all(self._reaches_person(one) for one in people if one is not None)
        return True

    def _may_write_organ(self, organ: Organ) -> bool:
        held = self.directory.organs.get(organ.id)
        if organ.id == self.organ:
            return _place(organ) == _place(held) if held is not None else organ.superior is None
        superiors = {organ.superior, *(() if held is None else (held.superior,))}
        return all(up is not None and self._is_own_or_below(up) for up in superiors)

    def _is_own_or_below(self, organ: str) -> bool:
        now: str | None = organ
        for _ in range(MOST_STEPS):
            if now is None or now == self.organ:
                break
            entry = self.directory.organs.get(now)
            now = None if entry is None else entry.superior
        return now == self.organ

    def _reaches_person(self, person: Person) -> bool:
        seats = [self.directory.seats[id_] for id_ in person.seats if id_ in self.directory.seats]
        return all(self._is_own_or_below(seat.organ) for seat in seats) and all(
            self._reaches(place.unit) for place in person.units
        )

    def _hangs_below(self, unit: Unit) -> bool:
        own = self.directory.organs.get(self.organ)
        lies_here = own is not None and unit.region is not None and self.directory.covers(own, unit.region)
        return lies_here or (unit.parent is not None and self._reaches(unit.parent))

    def _reaches(self, id_: str) -> bool:
        now: str | None = id_
        for _ in range(MOST_STEPS):
            entry = self.directory.find(now)
            if isinstance(entry, Organ):
                return self._is_own_or_below(entry.id)
            if entry is None or entry.organ is not None:
                return entry is not None and self._is_own_or_below(str(entry.organ))
            if entry.parent is None:
                return self._hangs_below(entry)
            now = entry.parent
        return False


def _place(organ: Organ) -> tuple[object, ...]:
    return organ.level, organ.superior, organ.region, organ.areas, organ.valid_from, organ.valid_to
