"""Who is competent and who is excluded, read word by word from domain rules 8.1 and 8.2, by brute force.

Written from the text alone, not from the code; nothing of the directory is used but its entries.
"""

from collections.abc import Iterable

from services.referral.domain.directory import Directory, Membership, Organ, Seat, Unit
from services.referral.domain.exclusion import Excluded, Reported
from services.referral.domain.jurisdiction import Case
from services.referral.domain.values import (
    Authority,
    Level,
    Nature,
    Occurrence,
    Party,
    PartyType,
    Post,
    UnitKind,
)

Told = tuple[str, str | None, str | None, str | None, str | None, frozenset[str]]
"""Kind, way, target organ, unit and seat, and the units informed."""
Result = tuple[str, str | None, str | None]
"""One party judged alone: the row of the strictness table, the target, the team to be informed."""
LEVELS = ["CENTRAL", "PROVINCIAL", "PREFECTURE", "COUNTY", "GRASSROOTS"]
"""Cadre authorities that are a level, highest first; ``Level`` has the same order."""
STRICTEST_FIRST = ("chief", "superior", "own staff", "study", "own", "vertical", "lower")
STUDY: Told = ("STUDY", None, None, None, None, frozenset())


# --- the directory on its day -------------------------------------------------------------------------


def in_force(entry: Organ | Unit | Seat | Membership, directory: Directory) -> bool:
    """Both ends belong to the validity."""
    return entry.valid_from <= directory.day and (entry.valid_to is None or directory.day <= entry.valid_to)


def entry_of(id_: str | None, directory: Directory) -> Organ | Unit | None:
    """The organ or unit of that id, whether or not it still is."""
    entries: list[Organ | Unit] = [*directory.organs.values(), *directory.units.values()]
    return next((entry for entry in entries if entry.id == id_), None)


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


def subtree(root: str, directory: Directory, left_out: str | None = None) -> set[str]:
    """Everything from which a way up leads to the root, without passing through the one left out."""
    entries: list[Organ | Unit] = [*directory.organs.values(), *directory.units.values()]
    above = {e.id: {heir for up in ups(e) for heir in {up, *heirs(up, directory)}} for e in entries}
    found = {root}
    while True:
        more = {id_ for id_, over in above.items() if over & found and id_ not in found and id_ != left_out}
        if not more:
            return found
        found |= more


# --- the excluded set ---------------------------------------------------------------------------------


def reference_excluded(
    reported: tuple[Reported, ...], directories: tuple[Directory, ...], deciding_organ: str
) -> Excluded:
    """(a) to (d), each on every day that counts."""
    persons = {person for party in reported for person in party.persons}
    units: set[str] = set()
    seats: set[str] = set()
    for directory in directories:
        held = {s.id: s for s in directory.seats.values() if s.person in persons and in_force(s, directory)}
        seats |= set(held)
        for root in _reported_or_headed(reported, persons, held.values(), deciding_organ, directory):
            for standing in {root, *heirs(root, directory)}:
                units |= subtree(standing, directory)
        for organ in directory.organs.values():
            member = any(s.post is Post.COMMITTEE_MEMBER and s.organ == organ.id for s in held.values())
            sits = member or set(organ.deciding_body) & (persons | set(held))
            if sits and organ.id != deciding_organ and in_force(organ, directory):
                units |= subtree(organ.id, directory, left_out=deciding_organ)
    return Excluded(frozenset(units), frozenset(seats), frozenset(persons))


def _reported_or_headed(
    reported: tuple[Reported, ...],
    persons: set[str],
    held: Iterable[Seat],
    deciding_organ: str,
    directory: Directory,
) -> set[str]:
    """(a) every organisation reported as a party, and every unit headed by a reported person."""
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
        in_charge = seat.post is Post.DEPUTY and seat.organ == deciding_organ
        if (seat.post in {Post.HEAD, Post.CHIEF} or in_charge) and seat.unit is not None:
            roots.add(seat.unit)
        if seat.post is Post.CHIEF:
            roots.add(seat.organ)
    return roots


def shut(id_: str, case: Case, directory: Directory) -> bool:
    """Whether a unit or organ lies in the excluded set or below something in it, or inherits from it."""
    shut_off = {heir for unit in case.excluded.units for heir in {unit, *heirs(unit, directory)}}
    waiting, seen = {id_}, set[str]()
    while waiting:
        now = waiting.pop()
        if now in shut_off:
            return True
        seen.add(now)
        entry = entry_of(now, directory)
        over = set() if entry is None else {h for up in ups(entry) for h in {up, *heirs(up, directory)}}
        waiting |= over - seen
    return False


# --- the decision order -------------------------------------------------------------------------------


def reference(case: Case, directory: Directory) -> Told:
    """Each party is judged alone, then the strictest result decides for the whole report."""
    us = today(case.deciding_organ, directory)
    if not isinstance(us, Organ):
        return STUDY
    results = [judge(party, us, case, directory) for party in case.parties]
    results += known_to_intake(us, case, directory)
    if case.study_reasons or not results:
        results.append(("study", None, None))
    rows = {row for row, _, _ in results}
    strictest = next(row for row in STRICTEST_FIRST if row in rows)
    if strictest in {"chief", "superior"}:
        return ("SUPERIOR_LEVEL", None, None, None, None, frozenset())
    if strictest == "own staff":
        return internal(us, case, directory)
    if case.nature is not Nature.ACCUSATION:
        return by_nature(us, case, directory)
    if strictest == "study":
        return STUDY
    targets = {target for row, target, _ in results if row == strictest}
    if strictest == "own":
        informed = {team for _, _, team in results if team is not None}
        return own_level(us, targets, informed, case, directory)
    if strictest == "vertical":
        return vertical(us, targets, directory) if "lower" not in rows and len(targets) == 1 else STUDY
    if len(targets) > 1:
        return own_level(us, {None}, set(), case, directory)
    return ("TRANSFER", "LOCAL", targets.pop(), None, None, frozenset())


def known_to_intake(us: Organ, case: Case, directory: Directory) -> list[Result]:
    """Facts name no person: that one of ours is reported shows in intake's set, by seat and officer."""
    reported = [
        seat
        for seat in directory.seats.values()
        if seat.id in case.excluded.seats and (seat.person is None or seat.person in case.excluded.officers)
    ]
    gone = us.chief_seat in case.excluded.seats and us.chief_seat not in directory.seats
    named = gone or any(seat.id == us.chief_seat for seat in reported)
    chief: list[Result] = [("chief", None, None)] if named else []
    ours = any(seat.organ == us.id and in_force(seat, directory) for seat in reported)
    staff: list[Result] = [("own staff", None, None)] if ours else []
    return [*chief, *staff]


def judge(party: Party, us: Organ, case: Case, directory: Directory) -> Result:
    """One reported party alone; of a unit that ended without one heir, what the directory last said."""
    unit = today(party.unit, directory)
    told = unit if unit is not None else entry_of(party.unit, directory)
    authority = authority_of(party, told)
    if party.party_type is PartyType.PERSON and party.is_unit_head and unit is not None and unit.id == us.id:
        return ("chief", None, None)
    if authority.value in LEVELS and LEVELS.index(authority.value) < height_of(us):
        return ("superior", None, None)
    if party.party_type is PartyType.PERSON and told is not None and is_ours(told, us, directory):
        return ("own staff", None, None)
    region = party.region if told is None or told.region is None else told.region
    if region is not None and not any(region.startswith(area) for area in us.areas):
        return ("study", None, None)
    named = unit if isinstance(unit, Unit) else None
    team = None if named is None else today(named.stationed_team, directory)
    if authority is Authority.UNKNOWN:
        return ("study", None, None)
    if authority is Authority.HOST_PARTY_GROUP:
        if team is None:
            return ("study", None, None)
        return ("own", None if shut(team.id, case, directory) else team.id, None)
    if authority is Authority.VERTICAL:
        line = None if named is None else today(named.line_target or named.stationed_team, directory)
        return climb("vertical", line, us, case, directory)
    if authority.value == LEVELS[height_of(us)]:
        return ("own", None, None if team is None else team.id)
    return climb("lower", next_down(region, us, directory), us, case, directory)


def height_of(organ: Organ) -> int:
    """How far below the top the organ stands."""
    return list(Level).index(organ.level)


def authority_of(party: Party, unit: Organ | Unit | None) -> Authority:
    """An organisation has the level of the committee that manages its leading group, by the directory."""
    if party.party_type is PartyType.ORGANISATION and unit is not None and unit.authority is not None:
        return unit.authority
    return party.authority


def is_ours(unit: Organ | Unit, us: Organ, directory: Directory) -> bool:
    """Our organ, its departments and its stationed teams are our own staff."""
    if isinstance(unit, Organ):
        return unit.id == us.id
    belongs = today(unit.organ, directory)
    own_kind = unit.kind in {UnitKind.DEPARTMENT, UnitKind.STATIONED_TEAM}
    return own_kind and belongs is not None and belongs.id == us.id


def next_down(region: str | None, us: Organ, directory: Directory) -> Organ | None:
    """The next level down only: of the organs directly below us, the one in whose area the party lies.

    One that ended counts for who follows it; where two lie alike close, nobody can be told.
    """
    if region is None:
        return None
    found: dict[int, set[str]] = {}
    for organ in directory.organs.values():
        fits = [len(area) for area in organ.areas if region.startswith(area)]
        heir = today(organ.id, directory)
        if fits and isinstance(heir, Organ) and heir.id != us.id and below_us(heir, us, directory):
            found.setdefault(max(fits), set()).add(heir.id)
    closest = found[max(found)] if found else set()
    return directory.organs[closest.pop()] if len(closest) == 1 else None


def below_us(organ: Organ, us: Organ, directory: Directory) -> bool:
    """Whether the organ's superior, or who follows it, is us."""
    superior = today(organ.superior, directory)
    return superior is not None and superior.id == us.id


def climb(row: str, target: Organ | Unit | None, us: Organ, case: Case, directory: Directory) -> Result:
    """From an excluded target to the next organ up; where that is us, we take it as by rule 5."""
    seen: set[str] = set()
    while target is not None and target.id not in seen:
        if target.id == us.id:
            return ("own", None, None)
        if not shut(target.id, case, directory):
            return (row, target.id, None)
        if isinstance(target, Unit) and target.kind is UnitKind.STATIONED_TEAM:
            return ("own", None, None)
        seen.add(target.id)
        up = target.superior if isinstance(target, Organ) else target.parent or target.organ
        target = today(up, directory)
    return ("study", None, None)


def internal(us: Organ, case: Case, directory: Directory) -> Told:
    """The internal-supervision department; excluded, the chief's desk; none either, the meeting."""
    room = today(us.departments.internal_supervision, directory)
    if room is not None and not shut(room.id, case, directory):
        return ("MOVE", "INTERNAL", us.id, room.id, None, frozenset())
    chief = directory.seats.get(us.chief_seat or "")
    if chief is None or not in_force(chief, directory) or shut(chief.unit or chief.organ, case, directory):
        return STUDY
    if chief.id in case.excluded.seats or chief.person in case.excluded.officers:
        return STUDY
    return ("MOVE", "CHIEF_DESK", us.id, None, chief.id, frozenset())


def by_nature(us: Organ, case: Case, directory: Directory) -> Told:
    """Appeals and suggestions to their desks; no substance, or with social impact: the meeting (T5, T9)."""
    if case.nature is Nature.NO_SUBSTANCE or (
        case.nature is Nature.OUT_OF_SCOPE and (case.oos_impact or case.study_reasons)
    ):
        return STUDY
    if case.nature is Nature.OUT_OF_SCOPE:
        return ("ADVISE_OR_FORWARD", None, None, None, None, frozenset())
    appeal = case.nature is Nature.APPEAL
    desk = today(us.appeals_unit if appeal else us.suggestions_unit, directory)
    if desk is None or shut(desk.id, case, directory):
        return STUDY
    return ("APPEAL" if appeal else "SUGGESTION", None, us.id, desk.id, None, frozenset())


def own_level(
    us: Organ, targets: set[str | None], informed: set[str], case: Case, directory: Directory
) -> Told:
    """Rule 5: a repeat is kept; one team for all, that team; else the room, and the teams informed."""
    if case.occurrence is Occurrence.REPEAT:
        return ("RETAIN_REPEAT", None, None, None, None, frozenset())
    team = targets.pop() if len(targets) == 1 else None
    if team is not None:
        unit = directory.units.get(team)
        return ("MOVE", "GROUP", us.id if unit is None else unit.organ or us.id, team, None, frozenset())
    room = today(us.departments.supervision, directory)
    if room is None or shut(room.id, case, directory):
        return STUDY
    return (
        "MOVE",
        "ROOM",
        us.id,
        room.id,
        None,
        frozenset(u for u in informed if not shut(u, case, directory)),
    )


def vertical(us: Organ, targets: set[str | None], directory: Directory) -> Told:
    """The stationed or line organ named for the system."""
    line = entry_of(targets.pop(), directory)
    if isinstance(line, Unit):
        return ("MOVE", "GROUP", line.organ or us.id, line.id, None, frozenset())
    return ("TRANSFER", "LOCAL", None if line is None else line.id, None, None, frozenset())
