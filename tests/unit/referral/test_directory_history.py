"""The directory as it stood on a day, read once and then only what was added."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.referral.adapters.directory_states import full_state
from services.referral.adapters.directory_store import DirectoryHistory

FIRST, SECOND = date(2020, 1, 1), date(2025, 6, 1)


@dataclass
class Versions:
    """What stands in the table of versions, as a connection would give it; counts what was read."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    read: int = 0

    def add(self, kind: str, id_: str, on: date, **state: Any) -> None:
        whole = json.dumps(full_state(kind, id_, state))
        position = len(self.rows) + 1
        self.rows.append({"position": position, "id": id_, "kind": kind, "state": whole, "effective_on": on})

    async def fetchval(self, _: str) -> int:
        return len(self.rows)

    async def fetch(self, _: str, after: int) -> list[dict[str, Any]]:
        found = [row for row in self.rows if row["position"] > after]
        self.read += len(found)
        return found


def seat(versions: Versions, person: str, on: date, **days: str) -> None:
    versions.add("SEAT", "s", on, organ="520000", person=person, post="HEAD", **days)


async def test_each_day_has_the_state_in_effect_and_before_the_first_the_first() -> None:
    versions, history = Versions(), DirectoryHistory()
    seat(versions, "P-old", FIRST)
    seat(versions, "P-new", SECOND)

    held = {day: (await history.on(versions, day)).seats["s"].person for day in (date(2019, 1, 1), FIRST)}
    later = {day: (await history.on(versions, day)).seats["s"].person for day in (SECOND, date(2026, 1, 1))}

    assert set(held.values()) == {"P-old"}
    assert set(later.values()) == {"P-new"}


async def test_a_directory_knows_its_day_and_what_is_in_force_on_it() -> None:
    versions, history = Versions(), DirectoryHistory()
    seat(versions, "P", FIRST, valid_from="2021-01-01", valid_to="2021-12-31")

    found = [
        await history.on(versions, day)
        for day in (date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1))
    ]

    assert [directory.in_force(directory.seats["s"]) for directory in found] == [False, True, True, False]
    assert found[1].day == date(2021, 1, 1)
    assert found[1].tree is found[2].tree


async def test_only_what_was_added_is_read_and_it_counts_at_once() -> None:
    versions, history = Versions(), DirectoryHistory()
    seat(versions, "P-old", FIRST)
    for _ in range(3):
        await history.on(versions, SECOND)
    assert versions.read == 1

    seat(versions, "P-new", FIRST)

    assert (await history.on(versions, SECOND)).seats["s"].person == "P-new"
    assert versions.read == 2
