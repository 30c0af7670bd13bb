"""Writes ``calendar/<year>.yaml`` for 2004 to 2026 from the package chinesecalendar, with one correction.

Run by hand when the State Council 国务院 has published a new year's list and the package knows it::

    python contracts/reference/make_calendar.py

A file holds only what differs from Monday to Friday: ``holidays`` are weekdays on which offices are
closed, ``make_up_days`` are Saturdays and Sundays on which they work (调休). The package raises for years
it does not know, so nothing at run time calls it: services read the files.
"""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import yaml

FIRST_YEAR, LAST_YEAR = 2004, 2026
CORRECTIONS = {date(2005, 12, 31): True}
"""Days on which the package is wrong, and whether offices worked: that Saturday was a make-up working day."""
HEAD = """\
# Written by contracts/reference/make_calendar.py; do not edit. Days are local days, Asia/Shanghai.
# Source: the State Council's yearly notice on public holidays 国务院办公厅关于节假日安排的通知.
"""


def is_working(day: date) -> bool:
    """Whether offices work on ``day``, corrections included."""
    return CORRECTIONS.get(day, bool(chinese_calendar.is_workday(day)))


def year_table(year: int) -> dict[str, object]:
    """What differs in ``year`` from a plain week of five working days, oldest day first."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    return {
        "year": year,
        "version": f"{year}.{2 if any(day.year == year for day in CORRECTIONS) else 1}",
        "holidays": [day for day in days if day.weekday() < 5 and not is_working(day)],
        "make_up_days": [day for day in days if day.weekday() >= 5 and is_working(day)],
    }


def main() -> None:
    """Write every year's file."""
    folder = Path(__file__).parent / "calendar"
    folder.mkdir(exist_ok=True)
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        text = yaml.safe_dump(year_table(year), sort_keys=False, default_flow_style=False)
        (folder / f"{year}.yaml").write_text(HEAD + text, encoding="utf-8")


if __name__ == "__main__":
    main()
