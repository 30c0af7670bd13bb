"""The working-day calendar: which days offices work, make-up working weekends included.

Why not a library: the State Council names the days once a year, and those tables are data of the house
with a version; beyond the published years a date is computed all the same, and says that it may move.
"""

import calendar as months
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""What stays off in every year (month, day); the feasts of the moon are known by the tables only."""


class CalendarMalformed(Exception):
    """A year's table is no table; stops the start, not a case."""


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a duty; ``provisional`` when a day counted lies beyond the published years."""

    day: date
    provisional: bool


def local_day(instant: datetime) -> date:
    """The day in Asia/Shanghai on which an instant (with a zone) falls."""
    return instant.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The published years: weekdays off and weekend days worked.

    ``version`` changes whenever a table does; ``horizon`` is the last day of the last year published.
    """

    years: frozenset[int]
    holidays: frozenset[date]
    make_up_days: frozenset[date]
    version: str

    @classmethod
    def read(cls, reference_folder: Path) -> "Calendar":
        """Read ``calendar/<year>.yaml`` below the folder. Raises CalendarMalformed."""
        digest = hashlib.sha256()
        tables = []
        for file in sorted((reference_folder / "calendar").glob("[0-9]*.yaml")):
            text = file.read_bytes()
            digest.update(text)
            tables.append(_table(file, yaml.safe_load(text)))
        if not tables:
            raise CalendarMalformed(str(reference_folder / "calendar"))
        last = max(year for year, _, _ in tables)
        return cls(
            years=frozenset(year for year, _, _ in tables),
            holidays=frozenset().union(*(off for _, off, _ in tables)),
            make_up_days=frozenset().union(*(on for _, _, on in tables)),
            version=f"{last}-{digest.hexdigest()[:12]}",
        )

    @property
    def horizon(self) -> date:
        """The last day of the last published year."""
        return date(max(self.years), 12, 31)

    def is_working(self, day: date) -> bool:
        """Whether offices work on ``day``; beyond the published years weekends and fixed feasts are off."""
        if day.year not in self.years:
            return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS
        return day in self.make_up_days or (day.weekday() < 5 and day not in self.holidays)

    def working_days_after(self, day: date, n: int) -> Due:
        """The ``n``-th working day after ``day``, which is day 0; 0 is the day or the next that works."""
        found, left = day, n
        while left > 0:
            found += timedelta(days=1)
            left -= self.is_working(found)
        return self._settled(day, found)

    def calendar_days_after(self, day: date, n: int) -> Due:
        """``n`` days after ``day``, moved to the next working day when that one is off.

        Source: 民法典 (Civil Code) articles 201 and 203, applied to duties of the organs by derivation.
        """
        return self._settled(day, day + timedelta(days=n))

    def months_after(self, day: date, n: int) -> Due:
        """The corresponding day ``n`` months on, or that month's last, moved to the next working day.

        Source: 民法典 (Civil Code) articles 202 and 203.
        """
        year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
        last = months.monthrange(year, month + 1)[1]
        return self._settled(day, date(year, month + 1, min(day.day, last)))

    def working_days_before(self, day: date, n: int) -> date:
        """The ``n``-th working day before ``day``."""
        found, left = day, n
        while left > 0:
            found -= timedelta(days=1)
            left -= self.is_working(found)
        return found

    def _settled(self, start: date, day: date) -> Due:
        while not self.is_working(day):
            day += timedelta(days=1)
        return Due(day, provisional=not set(range(start.year, day.year + 1)) <= self.years)


def _table(file: Path, row: object) -> tuple[int, frozenset[date], frozenset[date]]:
    if not isinstance(row, Mapping) or str(row.get("year")) != file.stem:
        raise CalendarMalformed(str(file))
    off, on = frozenset(row.get("holidays") or ()), frozenset(row.get("make_up_days") or ())
    days = off | on
    if any(type(day) is not date or day.year != row["year"] for day in days) or not row.get("version"):
        raise CalendarMalformed(str(file))
    if any(day.weekday() > 4 for day in off) or any(day.weekday() < 5 for day in on):
        raise CalendarMalformed(str(file))
    return int(row["year"]), off, on
