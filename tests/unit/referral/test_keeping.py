"""Whose entries a keeper of the directory may write."""

from dataclasses import replace
from datetime import date

import pytest

from services.referral.domain.directory import Directory, Membership, Organ, Person, Seat, Unit
from services.referral.domain.keeping import Keeper, Thing
from services.referral.domain.values import Level, Post, UnitKind

PROVINCE, CITY, COUNTY, OTHER = "520000", "520100", "520102", "520300"
ORGANS = {
    PROVINCE: Organ(PROVINCE, Level.PROVINCE, None, PROVINCE, ("52",)),
    CITY: Organ(CITY, Level.PREFECTURE, PROVINCE, CITY, ("5201",)),
    COUNTY: Organ(COUNTY, Level.COUNTY, CITY, COUNTY, ("520102",)),
    OTHER: Organ(OTHER, Level.PREFECTURE, PROVINCE, OTHER, ("5203",)),
}
HOST = Unit("host", UnitKind.HOST_UNIT, region=CITY, parent=CITY)
LINE = Unit("line", UnitKind.LINE_ORGAN, region=PROVINCE)
BRANCH = Unit("branch", UnitKind.LINE_ORGAN, parent="line")
SEATS = {f"{organ}-chief": Seat(f"{organ}-chief", organ, None, Post.CHIEF) for organ in ORGANS}
LOOSE = Person("loose", seats=(f"{PROVINCE}-chief",))
DIRECTORY = Directory(
    date(2026, 1, 5), ORGANS, {one.id: one for one in (HOST, LINE, BRANCH)}, SEATS, {"loose": LOOSE}
)


def may(keeper: str, thing: Thing, organ: str | None = None, kept: str | None = None) -> bool:
    """Whether the keeper of an organ may write the thing."""
    return Keeper(keeper, DIRECTORY).may_write(thing, organ, kept)


@pytest.mark.parametrize("keeper", list(ORGANS))
@pytest.mark.parametrize("organ", list(ORGANS))
def test_a_seat_is_written_by_its_organ_and_those_above(keeper: str, organ: str) -> None:
    line = {PROVINCE: {PROVINCE}, CITY: {CITY, PROVINCE}, COUNTY: {COUNTY, CITY, PROVINCE}}
    above = line.get(organ, {OTHER, PROVINCE})

    assert may(keeper, SEATS[f"{organ}-chief"], organ, organ) is (keeper in above)


def test_an_entry_of_another_organ_is_not_taken_over_by_naming_ones_own() -> None:
    assert not may(COUNTY, SEATS[f"{PROVINCE}-chief"], COUNTY, PROVINCE)
    assert not may(CITY, Person("p"), CITY, OTHER)
    assert not may(CITY, LOOSE, CITY)
    assert not may(CITY, replace(LOOSE, seats=()))
    assert may(PROVINCE, LOOSE)


def test_an_organ_writes_itself_but_not_its_place() -> None:
    city = ORGANS[CITY]

    assert may(CITY, replace(city, deciding_body=("x",)), CITY, CITY)
    for moved in (
        replace(city, superior=None), replace(city, areas=("52",)), replace(city, level=Level.PROVINCE),
        replace(city, valid_to=date(2026, 1, 1)),
    ):  # fmt: skip
        assert not may(CITY, moved, CITY, CITY)
        assert may(PROVINCE, moved, CITY, CITY) is (moved.superior is not None)
    assert not may(CITY, ORGANS[PROVINCE], PROVINCE, PROVINCE)
    assert not may(OTHER, city, CITY, CITY)


def test_an_organ_is_not_pulled_from_under_another_one() -> None:
    assert not may(OTHER, replace(ORGANS[COUNTY], superior=OTHER), COUNTY, COUNTY)
    assert may(PROVINCE, replace(ORGANS[COUNTY], superior=OTHER), COUNTY, COUNTY)


def test_who_comes_first_loads_the_organ_that_has_nobody_above() -> None:
    nobody = Keeper(PROVINCE, Directory(date(2026, 1, 5)))

    assert nobody.may_write(ORGANS[PROVINCE], PROVINCE, None)
    assert not Keeper(CITY, Directory(date(2026, 1, 5))).may_write(ORGANS[CITY], CITY, None)


@pytest.mark.parametrize(("unit", "writers"), [
    (HOST, {CITY, PROVINCE}), (LINE, {PROVINCE}), (BRANCH, {PROVINCE}),
    (Unit("new", UnitKind.HOST_UNIT, region=COUNTY), {COUNTY, CITY, PROVINCE}),
    (Unit("nowhere", UnitKind.HOST_UNIT), set()),
    (Unit("lost", UnitKind.HOST_UNIT, parent="unknown"), set()),
])  # fmt: skip
def test_a_unit_without_an_organ_goes_with_what_it_hangs_under(unit: Unit, writers: set[str]) -> None:
    assert {organ for organ in ORGANS if may(organ, unit)} == writers


def test_a_person_without_an_organ_goes_with_the_units() -> None:
    person = Person("p", (Membership("host"),))

    assert {organ for organ in ORGANS if may(organ, person)} == {CITY, PROVINCE}


def test_a_circle_of_units_or_organs_ends() -> None:
    round_ = {
        "a": Unit("a", UnitKind.LINE_ORGAN, parent="b"), "b": Unit("b", UnitKind.LINE_ORGAN, parent="a"),
    }  # fmt: skip
    organs = ORGANS | {CITY: replace(ORGANS[CITY], superior=COUNTY)}
    keeper = Keeper(PROVINCE, replace(DIRECTORY, organs=organs, units=round_))

    assert not keeper.may_write(Unit("a", UnitKind.LINE_ORGAN, parent="b"), None, None)
    assert not keeper.may_write(SEATS[f"{COUNTY}-chief"], COUNTY, COUNTY)
