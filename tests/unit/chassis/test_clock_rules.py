"""The rows of clocks: the day of the fact chooses the row, and a file that is none stops the start."""

from datetime import date
from pathlib import Path

import pytest

from services.chassis.calendar import Calendar
from services.chassis.clocks import ClockRules, ClocksMalformed, NoSuchClock

REFERENCE = Path(__file__).parents[3] / "contracts" / "reference"
ROWS = """
clocks:
- {id: D99, length: 5, unit: working_days, in_force_from: 2020-01-01}
- {id: D99, length: 3, unit: months, prewarn_working_days: 10, in_force_from: 2024-01-01}
- {id: D98, length: null, unit: none, in_force_from: 2020-01-01}
"""


@pytest.fixture
def rules(tmp_path: Path) -> ClockRules:
    (tmp_path / "clocks.yaml").write_text(ROWS, encoding="utf-8")
    return ClockRules.read(tmp_path / "clocks.yaml")


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.read(REFERENCE)


@pytest.mark.parametrize(
    ("started_on", "due_on"),
    [
        (date(2019, 6, 3), date(2019, 6, 11)),  # the first row holds for what is older; the 7th was a feast
        (date(2023, 12, 29), date(2024, 1, 8)),
        (date(2024, 1, 2), date(2024, 4, 2)),
    ],
)
def test_the_day_of_the_fact_chooses_the_row(
    rules: ClockRules, calendar: Calendar, started_on: date, due_on: date
) -> None:
    assert rules.rule("D99", started_on).due(started_on, calendar).day == due_on


def test_the_pre_warning_is_counted_back_in_working_days(rules: ClockRules, calendar: Calendar) -> None:
    rule = rules.rule("D99", date(2026, 3, 2))

    assert rule.prewarn_on(date(2026, 6, 2), calendar) == date(2026, 5, 19)
    assert rules.rule("D99", date(2020, 1, 2)).prewarn_on(date(2026, 6, 2), calendar) is None


def test_a_duty_without_a_length_and_an_unknown_one_start_no_clock(
    rules: ClockRules, calendar: Calendar
) -> None:
    with pytest.raises(NoSuchClock):
        rules.rule("D98", date(2026, 3, 2)).due(date(2026, 3, 2), calendar)
    with pytest.raises(NoSuchClock):
        rules.rule("D97", date(2026, 3, 2))


def test_every_rule_of_the_house_gives_a_day_or_says_that_it_has_none(calendar: Calendar) -> None:
    rules = ClockRules.read(REFERENCE / "clocks.yaml")

    for name in rules.rows:
        rule = rules.rule(name, date(2026, 3, 2))
        assert rule.unit == "none" or rule.due(date(2026, 3, 2), calendar).day >= date(2026, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "clocks: [{id: D1, length: 5, unit: weeks, in_force_from: 2020-01-01}]",
        "clocks: [{id: D1, length: null, unit: months, in_force_from: 2020-01-01}]",
        "clocks: [{id: D1, length: 1, unit: none, in_force_from: 2020-01-01}]",
        "clocks: [{id: D1, length: 1, unit: months}]",
        "clocks: [{length: 1, unit: months, in_force_from: 2020-01-01}]",
        "clocks: [5]",
    ],
)
def test_a_file_that_is_none_stops_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "clocks.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ClocksMalformed):
        ClockRules.read(tmp_path / "clocks.yaml")
