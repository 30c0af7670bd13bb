"""Working days against a calendar of other hands: the package ``holidays``, which knows make-up weekends."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import holidays
import pytest

from services.chassis.calendar import Calendar, CalendarMalformed, Due, local_day

REFERENCE = Path(__file__).parents[3] / "contracts" / "reference"
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
AMENDED = {
    date(2019, 4, 28): True,
    date(2019, 5, 2): False,
    date(2019, 5, 3): False,
    date(2019, 5, 5): True,
}
"""The notice of 22 March 2019 (国办发明电〔2019〕3号) lengthened that May; the package has the first one."""


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.read(REFERENCE)


@pytest.fixture(scope="module")
def works() -> Callable[[date], bool]:
    china = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 1))
    return lambda day: AMENDED.get(day, bool(china.is_working_day(day)))


def test_every_published_day_agrees_with_the_other_calendar(
    calendar: Calendar, works: Callable[[date], bool]
) -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]

    assert [day for day in days if calendar.is_working(day) != works(day)] == []


def test_two_thousand_deadlines_agree_with_the_other_calendar(
    calendar: Calendar, works: Callable[[date], bool]
) -> None:
    seeded = random.Random(20260301)
    weekends_worked = 0
    for _ in range(2000):
        start = FIRST + timedelta(days=seeded.randrange((LAST - FIRST).days - 200))
        n = seeded.randint(1, 60)
        expected, left = start, n
        while left:
            expected += timedelta(days=1)
            left -= works(expected)
            weekends_worked += works(expected) and expected.weekday() > 4

        assert calendar.working_days_after(start, n) == Due(expected, provisional=False)
        assert calendar.working_days_before(expected, n) <= start < expected
        plain = start + timedelta(days=n)
        while not works(plain):
            plain += timedelta(days=1)
        assert calendar.calendar_days_after(start, n).day == plain
    assert weekends_worked > 500


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2022, 11, 30), 3, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 9, 30), 3, date(2024, 12, 30)),
        (date(2024, 7, 5), 3, date(2024, 10, 8)),  # the 5th of October lies in the long holiday
        (date(2024, 10, 31), 4, date(2025, 2, 28)),
        (date(2025, 9, 28), 12, date(2026, 9, 28)),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last_and_move_to_a_working_day(
    calendar: Calendar, start: date, months: int, due: date
) -> None:
    assert calendar.months_after(start, months) == Due(due, provisional=False)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2024, 2, 8), 1, date(2024, 2, 9)),  # New Year's Eve was no legal holiday in 2024
        (date(2024, 2, 9), 1, date(2024, 2, 18)),  # a Sunday that was worked
        (date(2024, 9, 30), 1, date(2024, 10, 8)),
        (date(2024, 10, 11), 1, date(2024, 10, 12)),  # a Saturday that was worked
        (date(2020, 1, 23), 1, date(2020, 2, 3)),  # the prolonged holiday of that spring
    ],
)
def test_make_up_weekends_count_as_working_days(calendar: Calendar, start: date, n: int, due: date) -> None:
    assert calendar.working_days_after(start, n).day == due


def test_beyond_the_published_years_a_day_is_counted_and_says_that_it_may_move(calendar: Calendar) -> None:
    due = calendar.working_days_after(date(2026, 12, 20), 15)

    assert due.provisional
    assert due.day > date(2027, 1, 4)
    assert not calendar.is_working(date(2031, 10, 1))
    assert calendar.months_after(date(9990, 1, 31), 1).provisional


def test_a_duty_of_no_days_ends_the_same_day_or_the_next_that_works(calendar: Calendar) -> None:
    assert calendar.working_days_after(date(2026, 3, 4), 0).day == date(2026, 3, 4)
    assert calendar.working_days_after(date(2026, 3, 7), 0).day == date(2026, 3, 9)


def test_the_local_day_is_that_of_shanghai() -> None:
    assert local_day(datetime(2026, 2, 28, 16, 0, tzinfo=UTC)) == date(2026, 3, 1)
    assert local_day(datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    "table",
    [
        "year: 2025\nversion: '1'\n",
        "year: 2026\nholidays: [2026-01-03]\nversion: '1'\n",  # a Saturday needs no holiday
        "year: 2026\nmake_up_days: [2026-01-05]\nversion: '1'\n",
        "year: 2026\nholidays: ['x']\nversion: '1'\n",
        "year: 2026\nholidays: [2025-01-01]\nversion: '1'\n",
        "[]",
    ],
)
def test_a_table_that_is_none_stops_the_start(tmp_path: Path, table: str) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2026.yaml").write_text(table, encoding="utf-8")

    with pytest.raises(CalendarMalformed):
        Calendar.read(tmp_path)
