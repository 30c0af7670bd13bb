"""The working-day calendar: every year there, and agreed with an independent package."""

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
import yaml

from tests.contract.catalogue import CONTRACTS

YEARS = {
    int(file.stem): yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((CONTRACTS / "reference" / "calendar").glob("*.yaml"))
}
REVISED_2019 = {date(2019, 4, 28), date(2019, 5, 2), date(2019, 5, 3), date(2019, 5, 5)}
"""The notice of 22 March 2019 made the First of May of that year four days; the package has the older one."""


def days() -> Iterator[date]:
    day = date(min(YEARS), 1, 1)
    while day.year <= max(YEARS):
        yield day
        day += timedelta(days=1)


def test_the_years_follow_each_other_from_2004() -> None:
    assert sorted(YEARS) == list(range(2004, max(YEARS) + 1))
    assert all(
        table["year"] == year and table["version"].startswith(f"{year}.") for year, table in YEARS.items()
    )


def test_a_holiday_is_a_weekday_and_a_make_up_day_is_none() -> None:
    for year, table in YEARS.items():
        assert all(day.year == year and day.weekday() < 5 for day in table["holidays"])
        assert all(day.year == year and day.weekday() >= 5 for day in table["make_up_days"])


def test_an_independent_package_counts_the_same_working_days() -> None:
    off = {day for table in YEARS.values() for day in table["holidays"]}
    made_up = {day for table in YEARS.values() for day in table["make_up_days"]}
    other = holidays.country_holidays("CN", years=YEARS)

    differing = {
        day
        for day in days()
        if ((day.weekday() < 5 and day not in off) or day in made_up) != other.is_working_day(day)
    }

    assert differing == REVISED_2019
    assert date(2005, 12, 31) in made_up


@pytest.mark.filterwarnings("default:the calendar ends")
def test_the_calendar_reaches_twelve_months_ahead_or_says_so() -> None:
    ahead = (date(max(YEARS), 12, 31) - datetime.now(UTC).date()).days

    if ahead < 365:
        warnings.warn(f"the calendar ends in {ahead} days; add the next year", UserWarning, stacklevel=1)
    assert ahead > 0
