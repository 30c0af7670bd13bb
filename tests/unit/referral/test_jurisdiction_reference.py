"""The decision order and the excluded set agree with a reference written from the text, without the code."""

import random
from dataclasses import replace
from uuid import UUID

import pytest

from services.referral.domain.exclusion import Excluded, Reported, excluded_set
from services.referral.domain.jurisdiction import Decision, decide
from services.referral.domain.referral import Target
from services.referral.domain.values import Authority, Kind, Party, PartyType, State
from services.referral.domain.withdrawal import judge_anew
from tests.support.exclusion_reference import reference_excluded, shut
from tests.support.jurisdiction_cases import Trial, differences, exclusion_differences, trials
from tests.support.jurisdiction_reference import reference
from tests.unit.referral.provinces import NOW, matter, part, routing


@pytest.mark.parametrize("seed", [1, 2])
def test_two_thousand_random_reports_go_where_the_text_sends_them(seed: int) -> None:
    assert differences(reference, seed, 2000) == []


def test_the_excluded_set_is_that_of_the_text() -> None:
    assert exclusion_differences(reference_excluded, 3, 2000) == []


def test_no_target_is_on_the_reported_side_also_when_a_party_is_added_later() -> None:
    """R2 and R3: by the system's own set, judged by the reference's; the standing routing falls at once."""
    handed = newly_reported = 0
    for trial in trials(4, 2000):
        before = with_the_systems_set(trial)
        first = decide(before.case, before.directory)
        assert not reported(first, before, of_the_text(before)), trial.number
        joined = with_one_more_party(before, first)
        now = of_the_text(joined)
        assert not reported(decide(joined.case, joined.directory), joined, now), trial.number
        if first.way is not None:
            handed += 1
            fell = reported(first, joined, now)
            newly_reported += fell
            assert not (fell and stands(first, joined)), trial.number
    assert (handed > 300, newly_reported > 200) == (True, True)


def with_the_systems_set(trial: Trial) -> Trial:
    days = (trial.directory, trial.earlier)
    excluded = excluded_set(trial.reported, days, trial.case.deciding_organ)
    return replace(trial, case=replace(trial.case, excluded=excluded))


def with_one_more_party(trial: Trial, standing: Decision) -> Trial:
    """Somebody joins who often stands where the report went: the body itself, its head, one of its people."""
    dice = random.Random(trial.number)
    place = standing.target_unit or standing.target_organ
    there = [s.person for s in trial.directory.seats.values() if place in {s.unit, s.organ} and s.person]
    kind = dice.choice([PartyType.ORGANISATION, PartyType.PERSON, PartyType.PERSON])
    head = kind is PartyType.PERSON and dice.random() < 0.5
    named = place if kind is PartyType.ORGANISATION or head else None
    persons = tuple(dice.sample(there, 1)) if kind is PartyType.PERSON and there else ()
    party = Party(UUID(int=99), kind, named, dice.choice(list(Authority)), None, head, "520102")
    case = replace(trial.case, parties=(*trial.case.parties, party))
    more = (*trial.reported, Reported(kind, named, head, persons))
    return with_the_systems_set(replace(trial, case=case, reported=more))


def of_the_text(trial: Trial) -> Excluded:
    days = (trial.directory, trial.earlier)
    return reference_excluded(trial.reported, days, trial.case.deciding_organ)


def reported(decision: Decision, trial: Trial, excluded: Excluded) -> bool:
    """Whether anything it names lies in the excluded set of the text."""
    directory = trial.directory
    end = trial.case.deciding_organ
    units = {decision.target_unit, *decision.informed}
    if decision.kind is Kind.TRANSFER:
        units.add(decision.target_organ)
    seat = directory.seats.get(decision.target_seat or "")
    if seat is not None:
        units.add(seat.unit or seat.organ)
        if seat.id in excluded.seats or seat.person in excluded.officers:
            return True
    return any(shut(unit, excluded, end, directory) for unit in units if unit is not None)


def stands(decision: Decision, trial: Trial) -> bool:
    """Whether a routing made by that decision is still open after the very next look at the parties."""
    assert decision.target_organ is not None
    went = Target(
        decision.way,
        decision.target_organ,
        decision.target_unit,
        decision.target_seat,
        decision.informed,
    )
    about = matter(parties=trial.case.parties)
    moved = replace(part(State.MOVED, matter=about, routing=routing(went)), organ=trial.case.deciding_organ)
    after, _ = judge_anew(moved, trial.case.excluded, trial.directory, NOW)
    return after.open_routing() is not None
