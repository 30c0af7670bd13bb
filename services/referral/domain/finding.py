"""What one reported party alone means for the way of a report: rules 1 to 8 of domain.md 8.2."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from services.referral.domain.directory import Directory, Membership, Organ, Unit
from services.referral.domain.exclusion import Excluded
from services.referral.domain.values import Authority, Level, Party, PartyType, UnitKind

HEIGHT: dict[str, int] = {
    **{level: height for height, level in enumerate(Level)},
    **{
        Authority.CENTRAL: 0,
        Authority.PROVINCIAL: 1,
        Authority.PREFECTURE: 2,
        Authority.COUNTY: 3,
        Authority.GRASSROOTS: 4,
    },
}
"""How far below the top a level of an organ, or a cadre authority that is a level, stands."""
ORGANS = {None, UnitKind.STATIONED_TEAM, UnitKind.LINE_ORGAN}
"""Where a climb may end: a commission (None), a team or a line organ; no department, no watched unit."""


class Rank(IntEnum):
    """Strictness of one party's result; the greatest speaks for the report."""

    LOWER = 0
    VERTICAL = 1
    OWN = 2
    STUDY = 3
    STAFF = 4
    SUPERIOR = 5
    CHIEF = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """One party's result; ``target`` is a team, a line target or a lower organ; None for our own 室."""

    rank: Rank
    reason: str
    target: str | None = None
    informed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """The deciding organ, the excluded set and the directory of the day, in one hand."""

    excluded_set: Excluded
    directory: Directory
    organ: Organ

    def excluded(self, id_: str) -> bool:
        """Whether the unit or organ is on the reported side."""
        return self.excluded_set.holds_unit(id_, self.directory)

    def chief_is_reported(self) -> bool:
        """Intake's set tells of a chief reported under another unit: by his seat, or as head of our organ."""
        seat = self.organ.chief_seat
        if seat is not None and self._reported_seat(seat):
            return True
        return any(
            place.is_head and isinstance(entry, Organ) and self._is_ours(entry)
            for place, entry in self._places_of_the_reported()
        )

    def staff_is_reported(self) -> bool:
        """A reported person is ours today: by a seat, by name on the deciding body, or by a place here."""
        seats = (self.directory.seats.get(id_) for id_ in sorted(self.excluded_set.seats))
        return (
            any(
                seat.organ == self.organ.id and self.directory.in_force(seat) and self._reported_seat(seat.id)
                for seat in seats
                if seat is not None
            )
            or not self.excluded_set.reported.isdisjoint(self.organ.deciding_body)
            or any(self._is_ours(entry) for _, entry in self._places_of_the_reported())
        )

    def _places_of_the_reported(self) -> Iterator[tuple[Membership, Organ | Unit]]:
        for person in filter(None, map(self.directory.persons.get, sorted(self.excluded_set.reported))):
            for place in person.units:
                entry = self.directory.find(self.directory.resolve(place.unit) or place.unit)
                if entry is not None and self.directory.in_force(place):
                    yield place, entry

    def _reported_seat(self, id_: str) -> bool:
        seat = self.directory.seats.get(id_)
        reported = seat is None or seat.person is None or seat.person in self.excluded_set.officers
        return id_ in self.excluded_set.seats and reported

    def judge(self, party: Party) -> Finding:
        """Rules 1 to 8 for one party, but for nature's way, which is the report's."""
        unit_id = self.directory.resolve(party.unit)
        entry = self.directory.find(unit_id) or self.directory.find(party.unit)
        authority = _authority(party, entry)
        if self._is_chief(party, unit_id):
            return Finding(Rank.CHIEF, "1:own-chief")
        height = HEIGHT.get(authority)
        ours = HEIGHT[self.organ.level]
        if height is not None and height < ours:
            return Finding(Rank.SUPERIOR, "2:superior-managed")
        if self._is_staff(party, entry):
            return Finding(Rank.STAFF, "3:own-staff")
        region = entry.region if entry is not None and entry.region else party.region
        if region is not None and not self.directory.covers(self.organ, region):
            return Finding(Rank.STUDY, "8:outside-our-area")
        return self._by_authority(authority, unit_id, region)

    def _by_authority(self, authority: Authority, unit_id: str | None, region: str | None) -> Finding:
        unit = self.directory.units.get(unit_id) if unit_id is not None else None
        height = HEIGHT.get(authority)
        if authority is Authority.UNKNOWN:
            return Finding(Rank.STUDY, "8:authority-unknown")
        if authority is Authority.HOST_PARTY_GROUP:
            return self._stationed(unit)
        if authority is Authority.VERTICAL:
            return self._line(unit)
        if height == HEIGHT[self.organ.level]:
            return Finding(Rank.OWN, "5:own-level", informed=self._team_to_inform(unit))
        if region is None:
            return Finding(Rank.STUDY, "8:region-unknown")
        return self._lower(region)

    def _is_chief(self, party: Party, unit_id: str | None) -> bool:
        return party.party_type is PartyType.PERSON and party.is_unit_head and unit_id == self.organ.id

    def _is_staff(self, party: Party, entry: Organ | Unit | None) -> bool:
        return party.party_type is PartyType.PERSON and entry is not None and self._is_ours(entry)

    def _is_ours(self, entry: Organ | Unit) -> bool:
        """Whether it is our organ, a department or a stationed team of ours."""
        if isinstance(entry, Organ):
            return self.directory.resolve(entry.id) == self.organ.id
        own_kind = entry.kind in {UnitKind.DEPARTMENT, UnitKind.STATIONED_TEAM}
        return own_kind and entry.organ is not None and self.directory.resolve(entry.organ) == self.organ.id

    def _team_to_inform(self, unit: Unit | None) -> tuple[str, ...]:
        team = self.directory.resolve(unit.stationed_team) if unit is not None else None
        return () if team is None or self.excluded(team) else (team,)

    def _stationed(self, unit: Unit | None) -> Finding:
        team = self.directory.resolve(unit.stationed_team) if unit is not None else None
        if team is None:
            return Finding(Rank.STUDY, "8:no-stationed-team-named")
        if self.excluded(team):
            return Finding(Rank.OWN, "5:stationed-team-excluded")
        return Finding(Rank.OWN, "5:host-party-group", target=team)

    def _line(self, unit: Unit | None) -> Finding:
        named = (unit.line_target or unit.stationed_team) if unit is not None else None
        target = self.directory.resolve(named)
        if target is None:
            return Finding(Rank.STUDY, "8:no-line-organ-named")
        reason, seen = "7:vertical", set[str]()
        while target is not None and target != self.organ.id and target not in seen:
            kind = self._kind(target)
            if not self.excluded(target) and kind in ORGANS:
                break
            if kind is UnitKind.STATIONED_TEAM:
                return Finding(Rank.OWN, "5:stationed-team-excluded")
            seen.add(target)
            target, reason = self.directory.above(target), "7:climbed"
        if target == self.organ.id:
            return Finding(Rank.OWN, "5:climb-reached-us")
        if target is None or target in seen:
            return Finding(Rank.STUDY, "8:no-line-organ-above")
        if self._kind(target) is None and not self._is_below_us(target):
            return Finding(Rank.STUDY, "8:line-organ-not-below-us")
        return Finding(Rank.VERTICAL, reason, target=target)

    def _kind(self, id_: str) -> UnitKind | None:
        unit = self.directory.units.get(id_)
        return None if unit is None else unit.kind

    def _is_below_us(self, organ: str) -> bool:
        """Whether a commission stands under ours: a transfer leads downwards only (T10)."""
        up, seen = self.directory.above(organ), {organ}
        while up is not None and up not in seen and up != self.organ.id:
            seen.add(up)
            up = self.directory.above(up)
        return up == self.organ.id

    def _lower(self, region: str) -> Finding:
        named = [
            (organ, heir)
            for organ in self.directory.organs.values()
            if self.directory.covers(organ, region)
            and (heir := self.directory.organs.get(self.directory.resolve(organ.id) or "")) is not None
            and heir.superior is not None
            and heir.id != self.organ.id
            and self.directory.resolve(heir.superior) == self.organ.id
        ]
        nearest = _nearest(named, region)
        if nearest is None:
            return Finding(Rank.STUDY, "8:no-lower-organ-there")
        if self.excluded(nearest.id):
            return Finding(Rank.OWN, "5:climb-reached-us")
        return Finding(Rank.LOWER, "6:next-level-down", target=nearest.id)


def _authority(party: Party, entry: Organ | Unit | None) -> Authority:
    """The party's authority; of an organisation the level its directory entry says."""
    if party.party_type is PartyType.ORGANISATION and entry is not None and entry.authority is not None:
        return entry.authority
    return party.authority


def _nearest(named: list[tuple[Organ, Organ]], region: str) -> Organ | None:
    """Who stands today for the organ whose area fits most closely; None when none does, or two fit alike."""

    def fit(organ: Organ) -> int:
        return max(len(area) for area in organ.areas if region.startswith(area))

    best = max((fit(organ) for organ, _ in named), default=0)
    fitting = {heir.id: heir for organ, heir in named if fit(organ) == best}
    return next(iter(fitting.values())) if len(fitting) == 1 else None
