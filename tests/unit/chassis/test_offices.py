"""Whether an office still stands."""

from dataclasses import replace
from datetime import date

import pytest

from services.chassis.database import Subject
from services.chassis.security.offices import HeldSeat, office_stands

DAY = date(2026, 3, 2)
CLERK = Subject("p", "520000", frozenset({"petition-clerk"}), frozenset({"s"}))
SEAT = HeldSeat("s", "520000", "p", date(2020, 1, 1))


def test_who_sits_where_the_token_says_may_act() -> None:
    assert office_stands(CLERK, [SEAT], DAY)
    assert office_stands(CLERK, [replace(SEAT, valid_to=DAY)], DAY)
    assert office_stands(replace(CLERK, seats=frozenset()), [SEAT], DAY)


@pytest.mark.parametrize("twist", [
    {"valid_to": date(2026, 3, 1)}, {"valid_from": date(2026, 3, 3)}, {"person": "q"}, {"person": None},
    {"organ": "520100"},
])  # fmt: skip
@pytest.mark.parametrize("named", [True, False])
def test_who_was_removed_a_day_ago_may_not(twist: dict[str, object], named: bool) -> None:
    subject = CLERK if named else replace(CLERK, seats=frozenset())

    assert not office_stands(subject, [replace(SEAT, **twist)], DAY)  # type: ignore[arg-type]  # a table of fields


def test_one_seat_of_another_person_spoils_the_token() -> None:
    both = replace(CLERK, seats=frozenset({"s", "t"}))

    assert not office_stands(both, [SEAT, HeldSeat("t", "520000", "q", date(2020, 1, 1))], DAY)


def test_a_seat_left_long_ago_does_not_count_while_another_is_held() -> None:
    left = HeldSeat("old", "520100", "p", date(2010, 1, 1), date(2019, 12, 31))

    assert office_stands(CLERK, [SEAT, left], DAY)


def test_of_whom_the_directory_knows_no_seat_nothing_is_said() -> None:
    assert office_stands(CLERK, [], DAY)
