"""Lost records are never skipped: the reader stops loudly; after a refill all facts have their effect."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from confluent_kafka import TopicPartition

from deploy.local.commands.refill import held
from services.chassis.consumer import Consumer
from services.chassis.database import Connection
from services.chassis.health import consumer_check
from services.chassis.metrics import CONSUMER_STOPPED
from services.chassis.refill import begin_again, say_again, say_everything_again
from services.chassis.relay import Relay
from tests.component.chassis.house import TOPIC, House
from tests.support.eventually import eventually
from tests.support.platform import Platform

pytestmark = pytest.mark.component
PARTITIONS = 3
ROUNDS = 5
REFUSED = 13


@asynccontextmanager
async def relay_alone(house: House) -> AsyncIterator[None]:
    """Everything said is on the topic when the block begins; nobody reads."""
    stop = asyncio.Event()
    task = asyncio.create_task(Relay(house.pool, house.broker, "/intake").run(stop))

    async def sent() -> bool:
        return await house.count("mechanism.outbox") == 0

    await eventually(sent)
    stop.set()
    await task
    yield


def log_of(house: House, platform: Platform) -> dict[int, tuple[int, int]]:
    """The first offset of each partition and the one after its last."""
    return held(platform.admin(), house.broker.on_wire(TOPIC), PARTITIONS)


def remove_records(house: House, platform: Platform) -> None:
    """Remove every record that lies on the topic."""
    ends = [
        TopicPartition(house.broker.on_wire(TOPIC), number, end)
        for number, (_, end) in log_of(house, platform).items()
    ]
    admin = platform.admin()
    for removed in admin.delete_records(ends).values():
        removed.result(30)


async def make_anew(house: House, platform: Platform) -> None:
    """The topic with all its history is gone, and an empty one has its name."""
    name, admin = house.broker.on_wire(TOPIC), platform.admin()
    admin.delete_topics([name])[name].result(30)

    async def gone() -> bool:
        return name not in admin.list_topics(timeout=10).topics

    await eventually(gone)
    platform.make_topics([name])


async def stopped_loudly(reader: Consumer[Connection]) -> None:
    """Return when a reader has stopped, is not ready and raises its alarm."""

    async def stopped() -> bool:
        return reader.stopped == "offset-out-of-range"

    await eventually(stopped)
    assert not await consumer_check(reader)()
    assert CONSUMER_STOPPED.labels(reader.name)._value.get() == 1


async def refill(house: House, platform: Platform) -> None:
    """What ``dengwen refill`` does."""
    async with house.pool.acquire() as connection:
        assert await begin_again(connection, TOPIC, log_of(house, platform)) > 0
        assert await say_again(connection, TOPIC) > 0


@pytest.mark.parametrize("cut", ["cut short", "made anew"])
async def test_lost_records_stop_the_reader_and_after_a_refill_each_fact_has_its_one_effect(
    house: House, platform: Platform, cut: str
) -> None:
    subjects = [f"subject-{n}" for n in range(9)]
    for round_ in range(1, ROUNDS + 1):
        await house.tell_all(subjects, 3 * round_ - 2)
        async with house.at_work():
            await eventually(lambda: house.has_done(9 * (3 * round_ - 2)))  # noqa: B023 - at once
        await house.tell_all(subjects, 3 * round_ - 1)
        async with relay_alone(house):
            if cut == "cut short":
                remove_records(house, platform)
            else:
                await make_anew(house, platform)
        before = await house.effects()

        async with house.at_work() as readers:
            await stopped_loudly(readers[0])
        assert await house.effects() == before
        await refill(house, platform)
        await house.tell_all(subjects, 3 * round_)
        async with house.at_work():
            await eventually(lambda: house.has_done(9 * 3 * round_))  # noqa: B023 - at once

    done = await house.effects()
    for subject in subjects:
        assert [n for s, n in done if s == subject] == list(range(1, 3 * ROUNDS + 1))
    assert await house.count("mechanism.dead_letter") + await house.count("mechanism.waiting") == 0


async def test_a_broker_that_lost_everything_is_told_everything_in_the_order_in_which_it_was_said(
    house: House, platform: Platform
) -> None:
    house.refuse = lambda number: ValueError() if number == REFUSED else None
    subjects = [f"subject-{n}" for n in range(9)]
    await house.tell_all(subjects, 1)
    await house.tell("bad", REFUSED)
    async with house.at_work():
        await eventually(lambda: house.has_done(9))
        await eventually(lambda: house.dead(1))
    await house.tell_all(subjects, 2)
    await make_anew(house, platform)

    async with house.pool.acquire() as connection:
        assert await say_everything_again(connection) == 19
    rows = await house.pool.fetch("SELECT subject, sequence FROM mechanism.outbox ORDER BY position")
    await house.tell_all(subjects, 3)
    await house.tell("worse", REFUSED)
    async with house.at_work():
        await eventually(lambda: house.has_done(27))
        await eventually(lambda: house.dead(2))

    assert [row["sequence"] for row in rows if row["subject"] != "bad"] == [1] * 9 + [2] * 9
    assert sorted(await house.effects()) == [(s, n) for s in subjects for n in (1, 2, 3)]
    letters = await house.pool.fetch('SELECT subject, "offset" < 0 AS gone FROM mechanism.dead_letter')
    assert sorted(tuple(row) for row in letters) == [("bad", True), ("worse", False)]


async def test_a_deleted_group_changes_nothing_for_the_positions_are_ours(
    house: House, platform: Platform
) -> None:
    group, admin = house.broker.on_wire(house.reader().name), platform.admin()
    for round_ in range(1, ROUNDS + 1):
        await house.tell("a", 2 * round_ - 1)
        async with house.at_work():
            await eventually(lambda: house.has_done(2 * round_ - 1))  # noqa: B023 - at once
        await house.tell("a", 2 * round_)
        admin.delete_consumer_groups([group])[group].result(30)
        async with house.at_work():
            await eventually(lambda: house.has_done(2 * round_))  # noqa: B023 - at once

    assert await house.effects() == [("a", number) for number in range(1, 2 * ROUNDS + 1)]
    assert await house.count("mechanism.inbox") == 2 * ROUNDS
