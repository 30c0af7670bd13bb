"""Seeded random organisations and reports for the jurisdiction oracle, and the comparison with a reference.

The reference is written by somebody else from the text of domain rules 8 alone. It is given a case and a
directory and answers with a ``Told``; ``differences`` lists the trials on which it and ``decide`` part.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.referral.domain.directory import Directory, Organ
from services.referral.domain.exclusion import Excluded, Reported, excluded_set
from services.referral.domain.jurisdiction import Case, Decision, decide
from services.referral.domain.values import (
    Authority,
    Level,
    Nature,
    Occurrence,
    Party,
    PartyType,
    UnitKind,
)
from tests.support.random_organisation import TODAY, RandomOrganisation

Told = tuple[str, str | None, str | None, str | None, str | None, frozenset[str]]
"""Kind, way, target organ, unit and seat, and the units informed."""
Reference = Callable[[Case, Directory], Told]
ExclusionReference = Callable[[tuple[Reported, ...], tuple[Directory, ...], str], Excluded]
EARLIER = date(2024, 6, 3)


@dataclass(frozen=True, slots=True)
class Trial:
    """One question: the case as asked on ``directory.day``, and the parties with the persons behind them."""

    number: int
    case: Case
    directory: Directory
    earlier: Directory
    reported: tuple[Reported, ...]


def told(decision: Decision) -> Told:
    """What of a decision is compared; reasons are our own words."""
    return (
        decision.kind.value,
        None if decision.way is None else decision.way.value,
        decision.target_organ,
        decision.target_unit,
        decision.target_seat,
        frozenset(decision.informed),
    )


def differences(reference: Reference, seed: int, count: int) -> list[tuple[int, Told, Told]]:
    """The trials on which ``decide`` and the reference part: number, ours, theirs."""
    found = []
    for trial in trials(seed, count):
        ours, theirs = told(decide(trial.case, trial.directory)), reference(trial.case, trial.directory)
        if ours != theirs:
            found.append((trial.number, ours, theirs))
    return found


def exclusion_differences(
    reference: ExclusionReference, seed: int, count: int
) -> list[tuple[int, Excluded, Excluded]]:
    """The same for the excluded set, (a) to (d), over the directories of two days."""
    found = []
    for trial in trials(seed, count):
        directories = (trial.directory, trial.earlier)
        ours = excluded_set(trial.reported, directories, trial.case.deciding_organ)
        theirs = reference(trial.reported, directories, trial.case.deciding_organ)
        if ours != theirs:
            found.append((trial.number, ours, theirs))
    return found


def trials(seed: int, count: int) -> Iterator[Trial]:
    """``count`` trials; the same seed gives the same ones. Every organisation serves ten of them."""
    for number in range(count):
        if number % 10 == 0:
            house = RandomOrganisation(random.Random(f"{seed}/{number}"))
            today, earlier = house.directory(TODAY), house.directory(EARLIER)
        yield _Asker(random.Random(f"{seed}/{number}/case"), today, earlier).ask(number)


class _Asker:
    """Asks about one report in an organisation; three in four lie where the deciding organ has a say."""

    def __init__(self, dice: random.Random, directory: Directory, earlier: Directory) -> None:
        self.dice, self.directory, self.earlier = dice, directory, earlier

    def ask(self, number: int) -> Trial:
        """One trial."""
        dice = self.dice
        organ = dice.choice([*self.directory.organs, *list(self.directory.organs)[:4] * 3])
        if dice.random() < 0.01:
            organ = "nowhere"
        ours = self.directory.organs.get(organ) if dice.random() < 0.75 else None
        count = dice.choice([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 0])
        parties = tuple(self._party(n, ours) for n in range(count))
        reported = tuple(self._reported(party) for party in parties)
        case = Case(
            organ,
            parties,
            dice.choice([Nature.ACCUSATION] * 16 + list(Nature)),
            dice.choice([Occurrence.INITIAL, Occurrence.INITIAL, Occurrence.REPEAT]),
            self._excluded(reported, organ, parties),
            oos_impact=dice.random() < 0.3,
            study_reasons=dice.choice([()] * 10 + [("COMPLEX",), ("SENSITIVE", "MODE_UNCLEAR")]),
        )
        return Trial(number, case, self.directory, self.earlier, reported)

    def _party(self, number: int, ours: Organ | None) -> Party:
        dice = self.dice
        return Party(
            UUID(int=number + 1),
            dice.choice([PartyType.PERSON, PartyType.PERSON, PartyType.PERSON, PartyType.ORGANISATION]),
            self._place(ours) if dice.random() < 0.6 else None,
            self._authority(ours),
            dice.choice([None, "05", "07"]),
            dice.random() < 0.2,
            self._region(ours),
        )

    def _in_the_way(self, parties: tuple[Party, ...]) -> Iterator[str]:
        """What the parties' units name, and sometimes what stands above it."""
        for party in parties:
            unit = self.directory.units.get(party.unit or "")
            named = (unit.line_target, unit.stationed_team) if unit is not None else ()
            for target in filter(None, named):
                yield from (
                    target,
                    *(up for up in [self.directory.above(target)] if self.dice.random() < 0.3 and up),
                )

    def _place(self, ours: Organ | None) -> str | None:
        units = self.directory.units.values()
        if ours is None or self.dice.random() < 0.1:
            return self.dice.choice([*self.directory.organs, *self.directory.units, "nowhere"])
        near = [
            u.id
            for u in units
            if u.kind in {UnitKind.HOST_UNIT, UnitKind.LINE_ORGAN}
            and (u.region is None or self.directory.covers(ours, u.region))
        ]
        return self.dice.choice(near or [None])

    def _authority(self, ours: Organ | None) -> Authority:
        levels = [Authority.CENTRAL, Authority.PROVINCIAL, Authority.PREFECTURE, Authority.COUNTY]
        levels.append(Authority.GRASSROOTS)
        if ours is None:
            return self.dice.choice(list(Authority))
        own = levels[list(Level).index(ours.level)]
        below = levels[list(Level).index(ours.level) :]
        special = [Authority.HOST_PARTY_GROUP, Authority.VERTICAL]
        return self.dice.choice([own, own, *below, *special, *special])

    def _region(self, ours: Organ | None) -> str | None:
        regions = [None, "520100", "520102", "520103", "520302", "522301", "520000", "530000"]
        near = [r for r in regions if r is not None and ours is not None and self.directory.covers(ours, r)]
        return self.dice.choice(near or regions)

    def _reported(self, party: Party) -> Reported:
        behind = self.dice.sample(list(self.directory.persons), self.dice.choice([0, 0, 1, 1, 2]))
        persons = tuple(behind) if party.party_type is PartyType.PERSON else ()
        return Reported(party.party_type, party.unit, party.is_unit_head, persons)

    def _excluded(self, reported: tuple[Reported, ...], organ: str, parties: tuple[Party, ...]) -> Excluded:
        """None, what the rule gives, where the report would go, or any ids, as an older fact may hold."""
        dice, directory = self.dice, self.directory
        match dice.randrange(6):
            case 0:
                return Excluded()
            case 1 | 2 | 3:
                return excluded_set(reported, (directory, self.earlier), organ)
            case 4:
                return Excluded(frozenset(self._in_the_way(parties)))
        officers = dice.sample(list(directory.persons), dice.randint(0, 3))
        return Excluded(
            frozenset(dice.sample([*directory.units, *directory.organs], dice.randint(0, 6))),
            frozenset(dice.sample(list(directory.seats), min(len(directory.seats), dice.randint(0, 2)))),
            frozenset(officers),
            reported=frozenset(officers[: dice.randint(0, 3)]),
        )
