"""Reading ahead against a log in memory: what is handed on is whole from where the positions stand."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import TopicPartition

from services.chassis.ahead import Ahead, Batch
from services.chassis.broker import Broker
from services.chassis.delivery import Prepared

TOPIC = "petition.intake.reports.v1"
BROKER = Broker("nowhere:9092", "nobody", "nothing", "p.")
LENGTH = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the log."""

    offset: int
    key: bytes = b"k"
    value: bytes = b"{}"
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(slots=True)
class Log:
    """Two partitions as a client shows them; every third offset was compacted away."""

    chance: random.Random
    at: dict[int, int] = field(default_factory=lambda: {0: 0, 1: 0})

    async def getmany(self, *, timeout_ms: int, max_records: int) -> Mapping[TopicPartition, list[Line]]:
        for _ in range(self.chance.randrange(3) if timeout_ms else 0):
            await asyncio.sleep(0)
        handed: dict[TopicPartition, list[Line]] = {}
        for partition in self.chance.sample((0, 1), 2):
            most = self.chance.randint(1, max_records)
            there = [n for n in range(self.at[partition], LENGTH) if n % 3 != 2][:most]
            if there and not handed:
                handed[TopicPartition(f"p.{TOPIC}", partition)] = [Line(n) for n in there]
                self.at[partition] = there[-1] + 1
        return handed


def positions(at: Mapping[int, int]) -> dict[tuple[str, int], int]:
    return {(TOPIC, partition): offset for partition, offset in at.items()}


def ahead(most: int = 8) -> Ahead:
    return Ahead(BROKER, Prepared, most)


def offsets(batch: Batch, partition: int) -> list[int]:
    return [one.record.offset for one in batch.records if one.record.partition == partition]


async def first(reading: Ahead, log: Any) -> Batch:
    while True:
        batch = await reading.batch(log)
        if batch.records:
            return batch


async def test_a_batch_follows_the_one_before_it() -> None:
    log, reading = Log(random.Random(1)), ahead()
    reading.begin(positions({0: 0, 1: 0}))
    following = positions({0: 0, 1: 0})

    while any(offset < LENGTH - 1 for offset in following.values()):
        batch = await reading.batch(log)
        assert all(following[name] == begin for name, begin in batch.begins.items())
        for one in batch.records:
            following[one.record.topic, one.record.partition] = one.record.offset + 1
    await reading.stop()


async def test_what_was_read_before_positions_were_taken_is_void_and_comes_again() -> None:
    log, reading = Log(random.Random(2)), ahead()
    reading.begin(positions({0: 0, 1: 0}))
    await first(reading, log)
    for _ in range(20):  # the next batch is read by now
        await asyncio.sleep(0)

    log.at = {0: 9, 1: 3}
    reading.begin(positions(log.at))
    assert (await reading.batch(log)).records == ()

    batch = await first(reading, log)
    assert all(positions({0: 9, 1: 3})[name] == begin for name, begin in batch.begins.items())
    assert offsets(batch, 0)[:1] in ([9], [])
    assert offsets(batch, 1)[:1] in ([3], [])
    await reading.stop()


async def test_records_of_a_partition_without_a_position_are_left_for_later() -> None:
    log, reading = Log(random.Random(3)), ahead()
    reading.begin(positions({0: 0}))
    for _ in range(20):
        assert offsets(await reading.batch(log), 1) == []
    await reading.stop()


@dataclass(slots=True)
class Readers:
    """We, who read ahead, and somebody else; who moves a position from where it stands may write."""

    chance: random.Random
    log: Log
    reading: Ahead
    truth: dict[int, int] = field(default_factory=lambda: {0: 0, 1: 0})
    ours: dict[int, int] = field(default_factory=dict)
    applied: dict[int, list[int]] = field(default_factory=lambda: {0: [], 1: []})

    def take(self) -> None:
        self.ours, self.log.at = dict(self.truth), dict(self.truth)
        self.reading.begin(positions(self.truth))

    def apply(self, partition: int, offset: int) -> None:
        self.applied[partition].append(offset)
        self.truth[partition] = offset + 1

    def another_applies(self) -> None:
        partition = self.chance.randrange(2)
        for offset in range(self.truth[partition], LENGTH)[: self.chance.randint(1, 9)]:
            if offset % 3 != 2:
                self.apply(partition, offset)

    async def disturb(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            for _ in range(self.chance.randrange(12)):
                await asyncio.sleep(0)
            self.chance.choice((self.take, self.another_applies))()

    async def write(self, batch: Batch) -> None:
        began = dict(self.ours)
        assert all(begin <= self.ours[partition] for (_, partition), begin in batch.begins.items())
        for _ in range(self.chance.randrange(30)):  # PostgreSQL works, the next batch is read
            await asyncio.sleep(0)
        if began != self.truth or self.chance.random() < 0.1:
            return self.take()  # the write is refused, or fails
        for one in batch.records:
            if one.record.offset >= began[one.record.partition]:
                self.apply(one.record.partition, one.record.offset)
        self.ours = dict(self.truth)
        return None


@pytest.mark.parametrize("seed", range(200))
async def test_however_positions_are_taken_meanwhile_each_record_is_applied_once_and_in_order(
    seed: int,
) -> None:
    chance = random.Random(seed)
    log, reading = Log(chance), ahead(chance.randint(1, 30))
    readers = Readers(chance, log, reading)
    readers.take()
    disturbing = asyncio.create_task(readers.disturb())
    while not disturbing.done() or any(offset < LENGTH - 1 for offset in readers.truth.values()):
        await readers.write(await reading.batch(log))
    await reading.stop()

    assert readers.applied == {partition: [n for n in range(LENGTH) if n % 3 != 2] for partition in (0, 1)}
