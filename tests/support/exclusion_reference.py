"""The excluded set of domain rules 8.2, (a) to (d), by brute force over the entries of the directory.

Written from the text, without the code. Where the text is silent a docstring says "Silent:" and the reading;
the reasons stand in contracts/decisions/0008.
"""

from collections.abc import Iterable

from services.referral.domain.directory import Directory, Membership, Organ, Seat, Unit
from services.referral.domain.exclusion import Excluded, Reported
from services.referral.domain.values import PartyType, Post


def in_force(entry: Organ | Unit | Seat | Membership, directory: Directory) -> bool:
    """Both ends belong to the validity."""
    return entry.valid_from <= directory.day and (entry.valid_to is None or directory.day <= entry.valid_to)


def entry_of(id_: str | None, directory: Directory) -> Organ | Unit | None:
    """The organ or unit of that id, whether or not it still is."""
    return None if id_ is None else directory.organs.get(id_) or directory.units.get(id_)


def heirs(id_: str | None, directory: Directory) -> set[str]:
    """Those in force today that stand for it: itself, or whoever follows those that ended."""
    waiting: list[str | None] = [id_]
    seen: set[str] = set()
    found: set[str] = set()
    while waiting:
        entry = entry_of(waiting.pop(), directory)
        if entry is None or entry.id in seen:
            continue
        seen.add(entry.id)
        if in_force(entry, directory):
            found.add(entry.id)
        else:
            waiting.extend(entry.successors)
    return found


def today(id_: str | None, directory: Directory) -> Organ | Unit | None:
    """Merged or renamed: its successor. Split, closed or unknown: nobody."""
    found = heirs(id_, directory)
    return entry_of(found.pop(), directory) if len(found) == 1 else None


def ups(entry: Organ | Unit) -> set[str]:
    """What an entry names as above it."""
    named = {entry.superior} if isinstance(entry, Organ) else {entry.parent, entry.organ}
    return {up for up in named if up is not None}


def stands_for(id_: str, directories: tuple[Directory, ...]) -> set[str]:
    """Itself and whoever follows it on one of the days."""
    return {id_}.union(*(heirs(id_, directory) for directory in directories))


def subtree(
    roots: set[str], directories: tuple[Directory, ...], left_out: frozenset[str] = frozenset()
) -> set[str]:
    """Everything from which a way up leads to a root, or to its heir, on one of the days.

    No way leads through those left out. Silent: on which day the subtree is to be read when headship counted
    on another; here on all of them, so that what moved below a headed unit since is out with it.
    """
    ways: list[tuple[str, set[str]]] = []
    for directory in directories:
        entries: list[Organ | Unit] = [*directory.organs.values(), *directory.units.values()]
        for entry in entries:
            over = {heir for up in ups(entry) for heir in {up, *heirs(up, directory)}}
            ways.append((entry.id, over))
            ways.extend((heir, {entry.id}) for heir in heirs(entry.id, directory) - {entry.id})
    found = set(roots)
    while True:
        more = {id_ for id_, over in ways if over & found and id_ not in found and id_ not in left_out}
        if not more:
            return found
        found |= more


def reference_excluded(
    reported: tuple[Reported, ...], directories: tuple[Directory, ...], deciding_organ: str
) -> Excluded:
    """(a) to (d), each on every day that counts.

    Silent: a seat of a committee member sits on the deciding body, also where the body does not name it. The
    deciding organ is whoever stands for it on one of the days, by the case of the merged organ.
    """
    persons = {person for party in reported for person in party.persons}
    ours = frozenset(stands_for(deciding_organ, directories))
    roots: set[str] = set()
    bodies: set[str] = set()
    seats: set[str] = set()
    for directory in directories:
        held = {s.id: s for s in directory.seats.values() if s.person in persons and in_force(s, directory)}
        seats |= set(held)
        roots |= _reported_or_headed(reported, persons, held.values(), ours, directory)
        for organ in directory.organs.values():
            member = any(s.post is Post.COMMITTEE_MEMBER and s.organ == organ.id for s in held.values())
            sits = member or set(organ.deciding_body) & (persons | set(held))
            if sits and organ.id not in ours and in_force(organ, directory):
                bodies.add(organ.id)
    units = subtree(roots, directories) | subtree(bodies, directories, left_out=ours)
    named = frozenset(persons)
    return Excluded(frozenset(units), frozenset(seats), named, reported=named)


def _reported_or_headed(
    reported: tuple[Reported, ...],
    persons: set[str],
    held: Iterable[Seat],
    ours: frozenset[str],
    directory: Directory,
) -> set[str]:
    """(a), and the departments the person leads in the deciding organ; what no longer is has no head.

    Silent: a deputy's seat leads the department it names in the deciding organ, and there only.
    """
    roots = {
        party.unit
        for party in reported
        if party.unit is not None and (party.party_type is PartyType.ORGANISATION or party.is_unit_head)
    }
    roots |= {u.id for u in directory.units.values() if u.head in persons and in_force(u, directory)}
    for person in directory.persons.values():
        if person.id in persons:
            roots |= {m.unit for m in person.units if m.is_head and in_force(m, directory)}
    for seat in held:
        in_charge = seat.post is Post.DEPUTY and seat.organ in ours
        if (seat.post in {Post.HEAD, Post.CHIEF} or in_charge) and seat.unit is not None:
            roots.add(seat.unit)
        if seat.post is Post.CHIEF:
            roots.add(seat.organ)
    return roots


def shut(id_: str, excluded: Excluded, deciding_organ: str, directory: Directory) -> bool:
    """Whether it is excluded, lies in the subtree of what is, or is its successor.

    (b) leaves out the deciding organ: what lies above it is no way to it and to what lies below it.
    """
    ours = stands_for(deciding_organ, (directory,))
    shut_off = {heir for unit in excluded.units for heir in {unit, *heirs(unit, directory)}}
    found: set[str] = set()
    fresh = {id_}
    while fresh:
        found |= fresh
        entries = [entry_of(now, directory) for now in fresh - ours]
        over = {up for entry in entries if entry is not None for up in ups(entry)}
        fresh = {heir for up in over for heir in {up, *heirs(up, directory)}} - found
    return bool(found & shut_off)


def shut_seat(id_: str, excluded: Excluded, deciding_organ: str, directory: Directory) -> bool:
    """A seat by itself, by who sits there, or by the unit, else the organ, it belongs to."""
    seat = directory.seats.get(id_)
    if seat is None:
        return id_ in excluded.seats
    return (
        id_ in excluded.seats
        or seat.person in excluded.officers
        or shut(seat.unit or seat.organ, excluded, deciding_organ, directory)
    )


def shut_officer(person: str, excluded: Excluded, deciding_organ: str, directory: Directory) -> bool:
    """A person by name, or by any seat held today: mere employment excludes the person, not the unit."""
    seats = [s for s in directory.seats.values() if s.person == person and in_force(s, directory)]
    return person in excluded.officers or any(
        shut_seat(seat.id, excluded, deciding_organ, directory) for seat in seats
    )
