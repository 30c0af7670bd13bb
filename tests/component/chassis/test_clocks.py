"""Clocks on the real database: each thing is told exactly once, whoever sweeps and whatever breaks."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis import failpoints
from services.chassis.calendar import Calendar
from services.chassis.clocks import ClockRules, Clocks, Fired, Kind, recount, run_clocks, sweep
from services.chassis.database import Connection, transaction
from services.chassis.failpoints import Action, FailPoint
from tests.component.chassis.house import House
from tests.support.eventually import eventually

pytestmark = pytest.mark.component
REFERENCE = Path(__file__).parents[3] / "contracts" / "reference"
CALENDAR = Calendar.read(REFERENCE)
RULES = ClockRules.read(REFERENCE / "clocks.yaml")
STATES = "SELECT entity_id, state, met_on, due_on, provisional FROM mechanism.clock ORDER BY entity_id"
ORGAN = "520000"


async def start(house: House, rule: str, entity: str, day: date, calendar: Calendar = CALENDAR) -> None:
    async with transaction(house.pool) as connection:
        await Clocks(connection, RULES, calendar).start(rule, entity, ORGAN, day)


async def swept(house: House, today: date) -> list[Fired]:
    async with transaction(house.pool) as connection:
        return await sweep(connection, today)


def kinds(fired: Sequence[Fired]) -> list[str]:
    return [one.kind.value for one in fired]


async def test_six_sweepers_over_a_year_tell_each_thing_once(house: House) -> None:
    days = [date(2025, 1, 2) + timedelta(days=n) for n in range(0, 200, 2)]
    for n, day in enumerate(days):
        await start(house, "D12", f"case-{n:03}", day)
    told: list[Fired] = []

    for n in range(0, 420, 7):
        today = date(2025, 1, 2) + timedelta(days=n)
        for fired in await asyncio.gather(*(swept(house, today) for _ in range(6))):
            told += fired
    told += await swept(house, date(2026, 3, 1))

    times = Counter((one.entity_id, one.kind) for one in told)
    assert set(times.values()) == {1}
    assert len(times) == 3 * len(days)
    rule = RULES.rule("D12", days[0])
    for one in told:
        day = days[int(one.entity_id[-3:])]
        assert one.due_on == rule.due(day, CALENDAR).day
    assert {row["state"] for row in await house.pool.fetch(STATES)} == {"LATE"}


async def test_a_clock_tells_on_its_days_and_not_before(house: House) -> None:
    await start(house, "D12", "case", date(2026, 3, 2))  # due 2 June 2026, pre-warning 19 May

    assert kinds(await swept(house, date(2026, 5, 18))) == []
    assert kinds(await swept(house, date(2026, 5, 19))) == ["PREWARN"]
    assert kinds(await swept(house, date(2026, 6, 1))) == []
    assert kinds(await swept(house, date(2026, 6, 2))) == ["DUE"]
    assert kinds(await swept(house, date(2026, 6, 3))) == ["LATE"]
    assert kinds(await swept(house, date(2026, 6, 4))) == []
    assert kinds(await swept(house, date(2026, 1, 1))) == []  # a server's clock that went back tells nothing


async def test_met_waived_and_late(house: House) -> None:
    for entity in ("met", "late-then-met", "met-late-unseen", "waived", "running"):
        await start(house, "D04", entity, date(2026, 3, 2))  # due 9 March 2026

    async with transaction(house.pool) as connection:
        clocks = Clocks(connection, RULES, CALENDAR)
        await clocks.meet("D04", "met", date(2026, 3, 9))
        await clocks.waive("D04", "waived")
        await clocks.meet("D04", "met-late-unseen", date(2026, 3, 11))
    first = await swept(house, date(2026, 3, 12))
    async with transaction(house.pool) as connection:
        clocks = Clocks(connection, RULES, CALENDAR)
        await clocks.meet("D04", "late-then-met", date(2026, 3, 13))
        await clocks.meet("D04", "late-then-met", date(2026, 3, 14))
        await clocks.waive("D04", "late-then-met")
        await clocks.start("D04", "met", ORGAN, date(2026, 3, 12))
    second = await swept(house, date(2026, 4, 1))

    assert Counter((one.entity_id, one.kind) for one in first) == {
        ("late-then-met", Kind.DUE): 1,
        ("late-then-met", Kind.LATE): 1,
        ("running", Kind.DUE): 1,
        ("running", Kind.LATE): 1,
        ("met-late-unseen", Kind.LATE): 1,
    }
    assert second == []
    rows = {r["entity_id"]: (r["state"], r["met_on"]) for r in await house.pool.fetch(STATES)}
    assert rows == {
        "met": ("MET", date(2026, 3, 9)),
        "late-then-met": ("LATE", date(2026, 3, 13)),
        "met-late-unseen": ("LATE", date(2026, 3, 11)),
        "waived": ("WAIVED", None),
        "running": ("LATE", None),
    }


async def test_a_sweep_that_breaks_before_its_commit_tells_everything_the_next_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(house, "D04", "a", date(2026, 3, 2))
    told: list[Fired] = []

    async def tell(connection: Connection, fired: Sequence[Fired]) -> None:
        await connection.execute("INSERT INTO business.effect (subject, number) VALUES ('told', 1)")
        told.extend(fired)

    async def job(stop: asyncio.Event) -> None:
        now = datetime(2026, 3, 20, tzinfo=UTC)
        await run_clocks(house.pool, RULES, CALENDAR, stop, 0.02, lambda: now, tell)

    monkeypatch.setitem(failpoints._ACTIVE, "clocks.fired_not_committed", Action("raise", 1.0))
    with pytest.raises(FailPoint):
        await job(asyncio.Event())
    monkeypatch.undo()
    assert await house.has_done(0)
    told.clear()

    stop = asyncio.Event()
    running = asyncio.create_task(job(stop))
    await eventually(lambda: house.has_done(1))
    stop.set()
    await running

    assert kinds(told) == ["DUE", "LATE"]


async def test_a_provisional_day_is_counted_anew_when_its_year_is_published(house: House) -> None:
    short = Calendar(
        CALENDAR.years - {2026},
        frozenset(day for day in CALENDAR.holidays if day.year != 2026),
        frozenset(day for day in CALENDAR.make_up_days if day.year != 2026),
        "2025-test",
    )
    await start(house, "D12", "a", date(2025, 11, 17), short)  # due 17 February 2026, the New Year's holiday
    (before,) = await house.pool.fetch(STATES)

    async with transaction(house.pool) as connection:
        assert await recount(connection, RULES, CALENDAR) == 1
        assert await recount(connection, RULES, CALENDAR) == 0
    (after,) = await house.pool.fetch(STATES)

    assert (before["due_on"], before["provisional"]) == (date(2026, 2, 17), True)
    assert (after["due_on"], after["provisional"]) == (date(2026, 2, 24), False)


async def test_an_extension_moves_the_day_and_its_pre_warning(house: House) -> None:
    await start(house, "D12", "a", date(2026, 3, 2))
    async with transaction(house.pool) as connection:
        await Clocks(connection, RULES, CALENDAR).extend("D12", "a", date(2026, 3, 2), date(2026, 9, 2))

    assert kinds(await swept(house, date(2026, 7, 1))) == []
    assert kinds(await swept(house, date(2026, 9, 3))) == ["PREWARN", "DUE", "LATE"]
