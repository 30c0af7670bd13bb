"""Who sits where follows from the directory and the excluded set on the day."""

from dataclasses import replace
from datetime import date

import pytest

from services.review.domain.audit import AssignedCase
from services.review.domain.directory import Directory, Organ, Seat, Unit
from services.review.domain.errors import (
    IllegalDecision,
    PeopleMissing,
    PeopleUnfit,
    PremiseMissing,
    UnitUnfit,
)
from services.review.domain.exclusion import Excluded
from services.review.domain.people import register_people
from services.review.domain.seating import Seating, seating_of
from services.review.domain.values import NOBODY, Decision, Desk, OfficerId, People, State
from services.review.domain.verdicts import Ruling
from tests.support.review_cases import HANDLER, REVIEWER, SUBMITTER, case_at, having_ruled, seating

DAY = date(2026, 3, 2)


def seat(id_: str, unit: str | None, post: str = "OFFICER", organ: str = "520100") -> Seat:
    return Seat(f"seat-{id_}", organ=organ, person=OfficerId(id_), post=post, unit=unit)


def directory(*seats: Seat) -> Directory:
    everybody = (
        seat("reviewer", "supervision"),
        seat("trial", "trial"),
        seat("chief", None, "CHIEF"),
        seat("second", None),
        seat("third", None, "COMMITTEE_MEMBER"),
        replace(seat("ended", None), valid_to=date(2026, 3, 1)),
        seat("superior", "petition-above", organ="520000"),
        *seats,
    )
    return Directory(
        DAY,
        organs={
            "520000": Organ("520000", petition="petition-above"),
            "520100": Organ(
                "520100",
                ups=("520000",),
                deciding_body=frozenset({"first", "seat-second", "seat-ended"}),
                chief_seat="seat-chief",
                trial="trial",
            ),
        },
        units={
            "supervision": Unit("supervision", ups=("520100",), organ="520100"),
            "second-room": Unit("second-room", ups=("520100",), organ="520100"),
            "trial": Unit("trial", ups=("520100",), organ="520100"),
            "bureau": Unit("bureau", ups=("520100",), organ="520100", kind="HOST_UNIT"),
        },
        seats={entry.id: entry for entry in everybody},
    )


def seated(excluded: Excluded = Excluded(), *seats: Seat) -> Seating:  # noqa: B008 - frozen
    return seating_of("520000", "520100", "supervision", directory(*seats), excluded)


def test_the_four_rounds_and_the_chief_come_from_the_directory() -> None:
    found = seated()

    assert found.of(Desk.R1) == {"reviewer"}
    assert found.of(Desk.R2) == {"trial"}
    assert found.of(Desk.R3) == {"first", "second", "third"}
    assert found.of(Desk.R4) == {"superior"}
    assert found.chief == "chief"
    assert found.units == {"supervision", "second-room"}


def test_a_seat_that_has_ended_seats_nobody() -> None:
    ended = replace(seat("old", "trial"), valid_to=date(2026, 3, 1))

    assert "old" not in seated(Excluded(), ended).of(Desk.R2)


@pytest.mark.parametrize(
    "excluded",
    [
        Excluded(officers=frozenset({OfficerId("trial")})),
        Excluded(seats=frozenset({"seat-trial"})),
        Excluded(units=frozenset({"trial"})),
        Excluded(units=frozenset({"520100"})),
    ],
)
def test_whoever_is_excluded_by_name_seat_or_unit_is_recused(excluded: Excluded) -> None:
    assert "trial" in seated(excluded).recused


def test_an_excluded_unit_handles_no_case() -> None:
    assert seated(Excluded(units=frozenset({"second-room"}))).units == {"supervision"}


def test_a_unit_that_was_merged_stays_excluded_in_its_heir() -> None:
    given = directory()
    merged = {
        **given.units,
        "old-room": Unit("old-room", valid_to=date(2026, 1, 1), successors=("second-room",)),
    }
    today = Directory(DAY, given.organs, merged, given.seats)

    assert Excluded(units=frozenset({"old-room"})).holds_unit("second-room", today, "520000")


def test_what_lies_above_the_deciding_organ_does_not_exclude_those_below_it() -> None:
    given = directory()
    above = {**given.organs, "520000": replace(given.organs["520000"], ups=("100000",))}
    today = Directory(DAY, above, given.units, given.seats)

    assert not Excluded(units=frozenset({"100000"})).holds_unit("520100", today, "520000")
    assert Excluded(units=frozenset({"520000"})).holds_unit("520100", today, "520000")


def test_an_organ_the_directory_has_not_told_of_is_waited_for() -> None:
    with pytest.raises(PremiseMissing):
        seating_of("520000", "520200", None, directory(), Excluded())


def nobody_yet() -> AssignedCase:
    return replace(case_at(State.SUPPLEMENTING), people=NOBODY)


def people(*handlers: OfficerId, unit: str | None = "supervision") -> People:
    return People(frozenset(handlers), frozenset({SUBMITTER}), unit)


def test_people_are_added_and_never_taken_off() -> None:
    first = register_people(nobody_yet(), people(HANDLER), seating())

    second = register_people(first, People(frozenset({REVIEWER})), seating())

    assert second.people == People(frozenset({HANDLER, REVIEWER}), frozenset({SUBMITTER}), "supervision")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (people(), PeopleMissing),
        (people(HANDLER, unit=None), PeopleMissing),
        (people(HANDLER, unit="trial"), UnitUnfit),
        (people(OfficerId("stranger")), PeopleUnfit),
    ],
)
def test_people_who_do_not_fit_are_refused(given: People, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        register_people(nobody_yet(), given, seating())


def test_who_is_recused_or_acted_in_a_round_does_not_become_a_handler() -> None:
    acted = having_ruled(nobody_yet(), Ruling(1, Desk.R1, Decision.RETURN, REVIEWER, frozenset({REVIEWER})))

    with pytest.raises(PeopleUnfit):
        register_people(acted, people(REVIEWER), seating())
    with pytest.raises(PeopleUnfit):
        register_people(nobody_yet(), people(HANDLER), seating(recused={HANDLER}))


def test_people_change_only_while_the_case_lies_below() -> None:
    with pytest.raises(IllegalDecision):
        register_people(case_at(State.R1_PENDING), people(HANDLER), seating())
