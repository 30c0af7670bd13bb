"""Seeded random organisations: gaps, splits, mergers, moved units, people who hold several posts."""

import random
from dataclasses import replace
from datetime import date, timedelta

from services.referral.domain.directory import (
    BEGINNING,
    Departments,
    Directory,
    Membership,
    Organ,
    Person,
    Seat,
    Unit,
)
from services.referral.domain.values import Authority, Level, Post, UnitKind

TODAY = date(2026, 3, 2)
MOST_UNITS = 300
DEPARTMENTS = (
    "supervision",
    "internal_supervision",
    "case_management",
    "trial",
    "petition",
    "general_office",
)
AREAS = {
    Level.PROVINCE: ("52",),
    Level.PREFECTURE: ("5201", "5203", "5223"),
    Level.COUNTY: ("520102", "520103", "520302", "520303", "522301"),
    Level.GRASSROOTS: ("520102", "520103", "520302"),
}


class RandomOrganisation:
    """A random organisation with reorganisations, gaps, splits and moved units."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.organs: dict[str, Organ] = {}
        self.units: dict[str, Unit] = {}
        self.seats: dict[str, Seat] = {}
        self.persons: dict[str, Person] = {}
        self.people = [f"P{n}" for n in range(60)]
        self._build()

    def directory(self, day: date) -> Directory:
        """Everything as it stands on ``day``."""
        return Directory(day, self.organs, self.units, self.seats, self.persons)

    def _build(self) -> None:
        province = self._organ(Level.PROVINCE, None, "52")
        prefectures = [self._organ(Level.PREFECTURE, province, area) for area in AREAS[Level.PREFECTURE]]
        counties = [
            self._organ(
                Level.COUNTY, next((p for p in prefectures if area.startswith(p.areas[0])), None), area
            )
            for area in AREAS[Level.COUNTY]
        ]
        for area in AREAS[Level.GRASSROOTS]:
            self._organ(Level.GRASSROOTS, next(c for c in counties if c.areas == (area,)), area)
        for organ in list(self.organs.values()):
            self._furnish(organ)
        for _ in range(self.dice.choice([10, 30, 60, 150])):
            self._outside_unit()
        for _ in range(self.dice.randint(0, 12)):
            self._reorganise()
        for person in self.people:
            self._person(person)
        assert len(self.units) <= MOST_UNITS

    def _organ(self, level: Level, superior: Organ | None, area: str) -> Organ:
        id_ = f"{level.value[:2]}{area}"
        authority = self.dice.choice([None, Authority.PREFECTURE, Authority.COUNTY, Authority.PROVINCIAL])
        body = tuple(self.dice.sample(self.people, self.dice.randint(0, 3)))
        organ = Organ(
            id_,
            level,
            None if superior is None else superior.id,
            area.ljust(6, "0"),
            (area,),
            deciding_body=body,
            authority=authority,
        )
        self.organs[id_] = organ
        return organ

    def _furnish(self, organ: Organ) -> None:
        dice, names = self.dice, {}
        for word in DEPARTMENTS:
            if dice.random() < 0.9:
                names[word] = self._unit(UnitKind.DEPARTMENT, organ.region, organ.id)
        for _ in range(dice.randint(0, 3)):
            self._unit(UnitKind.STATIONED_TEAM, organ.region, organ.id)
        self.organs[organ.id] = replace(
            organ,
            departments=Departments(**names),
            chief_seat=self._seat(organ.id, Post.CHIEF, None) if dice.random() < 0.95 else None,
            appeals_unit=names.get("trial"),
            suggestions_unit=names.get("general_office"),
        )
        for unit in list(names.values()):
            if dice.random() < 0.5:
                self._seat(organ.id, dice.choice([Post.HEAD, Post.DEPUTY, Post.OFFICER]), unit)
        for _ in range(dice.randint(0, 2)):
            self._seat(organ.id, dice.choice([Post.DEPUTY, Post.COMMITTEE_MEMBER, Post.MEMBER]), None)

    def _unit(self, kind: UnitKind, region: str | None, organ: str | None, **more: str | None) -> str:
        id_ = f"U{len(self.units)}"
        head = self.dice.choice([None, self.dice.choice(self.people)])
        authority = self.dice.choice([None, None, None, *Authority])
        self.units[id_] = Unit(
            id_,
            kind,
            region,
            organ,
            more.get("parent"),
            authority=authority,
            head=head,
            stationed_team=more.get("team"),
            line_target=more.get("line"),
        )
        return id_

    def _outside_unit(self) -> None:
        dice = self.dice
        teams = [u.id for u in self.units.values() if u.kind is UnitKind.STATIONED_TEAM]
        lines = [u.id for u in self.units.values() if u.kind is UnitKind.LINE_ORGAN]
        targets = [None, *dice.sample(teams, min(2, len(teams))), *lines[:3], *list(self.organs)[:4]]
        kind = dice.choice(
            [UnitKind.HOST_UNIT, UnitKind.HOST_UNIT, UnitKind.LINE_ORGAN, UnitKind.COMPETENT_DEPT]
        )
        self._unit(
            kind,
            dice.choice([None, *(o.region for o in self.organs.values()), "530000"]),
            dice.choice([None, None, *self.organs]) if kind is UnitKind.LINE_ORGAN else None,
            parent=dice.choice([None, None, *self.units, *self.organs]),
            team=dice.choice([None, *teams]),
            line=dice.choice(targets),
        )

    def _seat(self, organ: str, post: Post, unit: str | None) -> str:
        id_ = f"S{len(self.seats)}"
        person = self.dice.choice([None, *self.people])
        begins, ends = self._span()
        self.seats[id_] = Seat(id_, organ, person, post, unit, begins, ends)
        return id_

    def _span(self) -> tuple[date, date | None]:
        near = timedelta(days=self.dice.randint(-900, 10))
        return self.dice.choice(
            [(BEGINNING, None), (BEGINNING, None), (BEGINNING, TODAY + near), (TODAY + near, None)]
        )

    def _reorganise(self) -> None:
        """An organ or unit ends, with no, one or two successors, some of which ended too."""
        ended = TODAY - timedelta(days=self.dice.randint(-5, 900))
        heirs = self.dice.choice([0, 1, 1, 1, 2])
        if self.dice.random() < 0.2:
            organ = self.dice.choice([o for o in self.organs.values() if o.level is not Level.PROVINCE])
            rivals = [o for o in self.organs if o != organ.id]
            named = tuple(self.dice.sample(rivals, heirs))
            self.organs[organ.id] = replace(organ, valid_to=ended, successors=named)
            return
        unit = self.units[self.dice.choice(list(self.units))]
        rivals = [u.id for u in self.units.values() if u.kind is unit.kind and u.id != unit.id]
        named = tuple(self.dice.sample(rivals, min(heirs, len(rivals))))
        self.units[unit.id] = replace(unit, valid_to=ended, successors=named)

    def _person(self, id_: str) -> None:
        dice = self.dice
        places = tuple(
            Membership(dice.choice([*self.units, *self.organs]), dice.random() < 0.3, *self._span())
            for _ in range(dice.randint(0, 2))
        )
        held = tuple(s.id for s in self.seats.values() if s.person == id_)
        self.persons[id_] = Person(id_, places, held, dice.choice(list(Authority)))
