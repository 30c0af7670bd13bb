"""One batch ahead on the real broker: whoever else moves the positions, nothing is skipped or done twice."""

import asyncio
from functools import partial

import pytest

from services.chassis.metrics import ZOMBIE_WRITES_REFUSED
from services.chassis.relay import Relay
from tests.component.chassis.house import House
from tests.support.another_group import AnotherGroup
from tests.support.eventually import eventually

pytestmark = pytest.mark.component
SUBJECTS = [f"subject-{n:03}" for n in range(200)]
EVERY = sorted((subject, number) for subject in SUBJECTS for number in (1, 2, 3))


async def _all_told(house: House) -> None:
    for number in (1, 2, 3):
        await house.tell_all(SUBJECTS, number)
    relay, stop = Relay(house.pool, house.broker, "/intake"), asyncio.Event()
    while await relay.run_all_lanes():
        pass
    stop.set()
    await relay.run(stop)


async def _whole(house: House) -> None:
    done = await house.effects()
    assert sorted(done) == EVERY
    for subject in SUBJECTS:
        assert [number for s, number in done if s == subject] == [1, 2, 3]
    assert await house.count("mechanism.waiting") == 0
    assert await house.count("mechanism.dead_letter") == 0


async def test_two_who_both_believe_to_own_everything_do_each_fact_once(house: House) -> None:
    before = ZOMBIE_WRITES_REFUSED.labels("petition.reader")._value.get()
    await _all_told(house)

    two = [house.reader(batch=7), house.reader(broker=AnotherGroup.of(house.broker), batch=11)]
    async with house.at_work(*two):
        await eventually(partial(house.has_done, len(EVERY)), 40)

    await _whole(house)
    assert ZOMBIE_WRITES_REFUSED.labels("petition.reader")._value.get() > before


async def test_copies_that_come_and_go_do_each_fact_once(house: House) -> None:
    await _all_told(house)
    stay = house.reader(batch=5)

    async with house.at_work(stay):
        for part in (1, 2, 3):
            async with house.at_work(house.reader(batch=5)):
                await eventually(partial(_at_least, house, part * len(EVERY) // 4), 40)
        await eventually(partial(house.has_done, len(EVERY)), 40)

    await _whole(house)


async def _at_least(house: House, count: int) -> bool:
    return await house.count("business.effect") >= count


async def test_positions_that_others_set_back_are_read_from_there(house: House) -> None:
    """What an operator does by hand: the facts come again, and those that are known change nothing."""
    await _all_told(house)

    async with house.at_work(house.reader(batch=5)):
        await eventually(partial(_at_least, house, 100), 40)
        await house.pool.execute("UPDATE mechanism.consumer_position SET next_offset = 0")
        await eventually(partial(house.has_done, len(EVERY)), 40)

    await _whole(house)
