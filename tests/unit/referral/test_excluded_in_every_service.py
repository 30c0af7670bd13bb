"""One set of random cases for the four services that respect the excluded set, against the text of 8.2.

Each service keeps a copy of the rule, since no service imports another. Here all copies answer the same
questions, and the reference written from the text answers first.
"""

import random
from collections.abc import Iterator

import pytest

from services.referral.domain.directory import Directory
from services.referral.domain.exclusion import Excluded
from services.referral.domain.values import PartyType
from tests.support.exclusion_reference import reference_excluded, shut, shut_officer, shut_seat
from tests.support.exclusion_views import (
    MEMBERS,
    Members,
    computed_by_intake,
    computed_by_reception,
    computed_by_referral,
)
from tests.support.jurisdiction_cases import Trial, trials

TRIALS = 2000
ASKED = 4
"""Ids of each kind asked about in a trial."""


@pytest.mark.parametrize("seed", [11])
def test_every_service_takes_the_same_units_seats_and_officers_for_excluded(seed: int) -> None:
    shut_ones = open_ones = 0
    for trial in trials(seed, TRIALS):
        told, organ, day = set_of(trial), trial.case.deciding_organ, trial.directory
        units, seats, officers = asked(trial)
        expected = (
            {id_ for id_ in units if shut(id_, told, organ, day)},
            {id_ for id_ in seats if shut_seat(id_, told, organ, day)},
            {id_ for id_ in officers if shut_officer(id_, told, organ, day)},
        )
        shut_ones += sum(map(len, expected))
        open_ones += len(units) + len(seats) + len(officers) - sum(map(len, expected))
        for service, view in MEMBERS.items():
            members = view(told, organ, day)
            found = dict(answers(members, units, seats, officers))
            for kind, ids in zip(("unit", "seat", "officer"), expected, strict=True):
                assert found.get(kind, ids) == ids, (service, kind, trial.number)
    assert min(shut_ones, open_ones) > TRIALS


@pytest.mark.parametrize("seed", [12])
def test_every_service_that_computes_the_set_computes_that_of_the_text(seed: int) -> None:
    for trial in trials(seed, TRIALS):
        days, organ = (trial.directory, trial.earlier), trial.case.deciding_organ
        text = reference_excluded(trial.reported, days, organ)
        expected = text.units, text.seats, text.officers
        assert computed_by_referral(trial.reported, days, organ) == expected, trial.number
        assert computed_by_intake(trial.reported, days, organ) == expected, trial.number
        if not any(r.is_unit_head for r in trial.reported if r.party_type is PartyType.PERSON):
            assert computed_by_reception(trial.reported, days, organ) == expected, trial.number


def set_of(trial: Trial) -> Excluded:
    """What intake would tell; every third time what an older fact may hold."""
    if trial.number % 3 == 0:
        return trial.case.excluded
    days = (trial.directory, trial.earlier)
    return reference_excluded(trial.reported, days, trial.case.deciding_organ)


def asked(trial: Trial) -> tuple[list[str], list[str], list[str]]:
    """Ids to ask about: some of our own house, some of anywhere; the persons are who sits there."""
    dice, day = random.Random(trial.number), trial.directory
    ours = house_of(trial.case.deciding_organ, day)
    everything = [*day.organs, *day.units]
    units = [*dice.sample(ours, min(ASKED // 2, len(ours))), *dice.sample(everything, ASKED // 2)]
    seats = dice.sample([*day.seats, "nowhere"], ASKED)
    near = [s.person for s in day.seats.values() if s.organ == trial.case.deciding_organ and s.person]
    officers = [*dice.sample(near, min(ASKED // 2, len(near))), *dice.sample(list(day.persons), ASKED // 2)]
    return units, seats, officers


def house_of(organ: str, day: Directory) -> list[str]:
    """The deciding organ, its departments, and the organs directly below it."""
    below = [o.id for o in day.organs.values() if o.superior == organ]
    return [
        *([organ] if organ in day.organs else []),
        *(u.id for u in day.units.values() if u.organ == organ),
        *below,
    ]


def answers(
    members: Members, units: list[str], seats: list[str], officers: list[str]
) -> Iterator[tuple[str, set[str]]]:
    yield "unit", {id_ for id_ in units if members.unit(id_)}
    if members.seat is not None:
        yield "seat", {id_ for id_ in seats if members.seat(id_)}
    yield "officer", {id_ for id_ in officers if members.officer(id_)}
