"""Where a report goes, read word by word from domain rules 8.1 and 8.2, by brute force.

Written from the text, without the code; nothing of the directory is used but its entries. Where the text is
silent a docstring says "Silent:" and the reading; the reasons stand in contracts/decisions/0008.
"""

from services.referral.domain.directory import Directory, Organ, Unit
from services.referral.domain.jurisdiction import Case
from services.referral.domain.values import (
    Authority,
    Level,
    Nature,
    Occurrence,
    Party,
    PartyType,
    UnitKind,
)
from tests.support.exclusion_reference import entry_of, in_force, shut, today
from tests.support.jurisdiction_cases import Told

Result = tuple[str, str | None, str | None]
"""One party judged alone: the row of the strictness table, the target, the team to be informed."""
LEVELS = ["CENTRAL", "PROVINCIAL", "PREFECTURE", "COUNTY", "GRASSROOTS"]
"""Cadre authorities that are a level, highest first; ``Level`` has the same order."""
STRICTEST_FIRST = ("chief", "superior", "own staff", "study", "own", "vertical", "lower")
ORGANS = {UnitKind.STATIONED_TEAM, UnitKind.LINE_ORGAN}
"""Units that are organs of supervision; a department or a watched unit is none."""
STUDY: Told = ("STUDY", None, None, None, None, frozenset())


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
    """Rules 1 and 3 for who is reported under another unit: (c) holds the seat, and (d) the person.

    Silent: facts name no person, so this is all referral knows. A seat that is empty or gone counts as his.
    Own staff is who holds a seat of ours, sits on our deciding body by name, or has a place in our house by
    the directory; who heads our organ there is its chief. An officer who is only recused is no party.
    """
    seats, officers = case.excluded.seats, case.excluded.officers
    those = [seat for seat in directory.seats.values() if seat.id in seats]
    held = [seat for seat in those if seat.person is None or seat.person in officers]
    chief = us.chief_seat in {seat.id for seat in held} | (seats - set(directory.seats))
    staff = any(seat.organ == us.id and in_force(seat, directory) for seat in held)
    staff = staff or any(member in case.excluded.reported for member in us.deciding_body)
    for person in directory.persons.values():
        for place in person.units if person.id in case.excluded.reported else ():
            where = today(place.unit, directory) or entry_of(place.unit, directory)
            if where is not None and in_force(place, directory) and is_ours(where, us, directory):
                staff = True
                chief = chief or (place.is_head and isinstance(where, Organ))
    rows = [("chief", chief), ("own staff", staff)]
    return [(row, None, None) for row, so in rows if so]


def judge(party: Party, us: Organ, case: Case, directory: Directory) -> Result:
    """One reported party alone.

    Silent: a unit that ended without one heir keeps the region, level and organ the directory last said, but
    names no team any more; an organisation is nobody's staff, also where it is a department of ours.
    """
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
        return (
            "own",
            None if shut(team.id, case.excluded, case.deciding_organ, directory) else team.id,
            None,
        )
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

    Silent: the closest area counts, and where two are alike close the matter is unclear.
    """
    if region is None:
        return None
    found: dict[int, set[str]] = {}
    for organ in directory.organs.values():
        fits = [len(area) for area in organ.areas if region.startswith(area)]
        heir = today(organ.id, directory)
        if fits and isinstance(heir, Organ) and heir.id != us.id:
            superior = today(heir.superior, directory)
            if superior is not None and superior.id == us.id:
                found.setdefault(max(fits), set()).add(heir.id)
    closest = found[max(found)] if found else set()
    return directory.organs[closest.pop()] if len(closest) == 1 else None


def climb(row: str, target: Organ | Unit | None, us: Organ, case: Case, directory: Directory) -> Result:
    """From an excluded target to the next organ up; where that is us, we take it as by rule 5.

    A commission gets it by a transfer, which leads to a lower organ only (T10): beside or above us, study.
    """
    seen: set[str] = set()
    while target is not None and target.id not in seen:
        closed = shut(target.id, case.excluded, case.deciding_organ, directory)
        team = isinstance(target, Unit) and target.kind is UnitKind.STATIONED_TEAM
        if target.id == us.id or (closed and team):
            return ("own", None, None)
        if not closed and isinstance(target, Organ):
            return (row, target.id, None) if lies_below(target, us, directory) else ("study", None, None)
        if not closed and isinstance(target, Unit) and target.kind in ORGANS:
            return (row, target.id, None)
        seen.add(target.id)
        up = target.superior if isinstance(target, Organ) else target.parent or target.organ
        target = today(up, directory)
    return ("study", None, None)


def lies_below(organ: Organ, us: Organ, directory: Directory) -> bool:
    """Whether a way up by superiors leads from it to us."""
    found: set[str] = set()
    above = today(organ.superior, directory)
    while above is not None and above.id not in found:
        if above.id == us.id:
            return True
        found.add(above.id)
        above = today(above.superior if isinstance(above, Organ) else None, directory)
    return False


def internal(us: Organ, case: Case, directory: Directory) -> Told:
    """The internal-supervision department, else the chief's desk. Silent: neither is left, the meeting."""
    room = today(us.departments.internal_supervision, directory)
    if room is not None and not shut(room.id, case.excluded, case.deciding_organ, directory):
        return ("MOVE", "INTERNAL", us.id, room.id, None, frozenset())
    chief = directory.seats.get(us.chief_seat or "")
    if chief is None or not in_force(chief, directory):
        return STUDY
    reported = chief.id in case.excluded.seats or chief.person in case.excluded.officers
    if reported or shut(chief.unit or chief.organ, case.excluded, case.deciding_organ, directory):
        return STUDY
    return ("MOVE", "CHIEF_DESK", us.id, None, chief.id, frozenset())


def by_nature(us: Organ, case: Case, directory: Directory) -> Told:
    """Appeals and suggestions to their desks; no substance, or with social impact: the meeting (T5, T9).

    Silent: what intake marked as sensitive is studied when out of scope; an appeal goes its way all the same.
    """
    if case.nature is Nature.NO_SUBSTANCE:
        return STUDY
    if case.nature is Nature.OUT_OF_SCOPE:
        told = ("ADVISE_OR_FORWARD", None, None, None, None, frozenset[str]())
        return STUDY if case.oos_impact or case.study_reasons else told
    appeal = case.nature is Nature.APPEAL
    desk = today(us.appeals_unit if appeal else us.suggestions_unit, directory)
    if desk is None or shut(desk.id, case.excluded, case.deciding_organ, directory):
        return STUDY
    return ("APPEAL" if appeal else "SUGGESTION", None, us.id, desk.id, None, frozenset())


def own_level(
    us: Organ, targets: set[str | None], informed: set[str], case: Case, directory: Directory
) -> Told:
    """Rule 5: a repeat is kept; one team for all, that team; else the room, and the teams informed.

    Silent: a team of another organ is named with that organ; where the room is excluded, the meeting.
    """
    if case.occurrence is Occurrence.REPEAT:
        return ("RETAIN_REPEAT", None, None, None, None, frozenset())
    team = targets.pop() if len(targets) == 1 else None
    if team is not None:
        unit = directory.units.get(team)
        return ("MOVE", "GROUP", us.id if unit is None else unit.organ or us.id, team, None, frozenset())
    room = today(us.departments.supervision, directory)
    if room is None or shut(room.id, case.excluded, case.deciding_organ, directory):
        return STUDY
    open_to = frozenset(
        team for team in informed if not shut(team, case.excluded, case.deciding_organ, directory)
    )
    return ("MOVE", "ROOM", us.id, room.id, None, open_to)


def vertical(us: Organ, targets: set[str | None], directory: Directory) -> Told:
    """The stationed or line organ. Silent: a unit gets it as a team does, a commission by transfer."""
    line = entry_of(targets.pop(), directory)
    if isinstance(line, Unit):
        return ("MOVE", "GROUP", line.organ or us.id, line.id, None, frozenset())
    return ("TRANSFER", "LOCAL", None if line is None else line.id, None, None, frozenset())
