"""The consumer: reads, and lets one transaction hold state, claims and position.

The position in PostgreSQL is the truth; what is committed to Kafka is for lag monitoring alone. A
batch that fails goes through again one record at a time, so that one bad record holds up nobody.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Generic

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from services.chassis.ahead import Ahead, Batch
from services.chassis.broker import Broker, Rebalance, TopicPartition
from services.chassis.database import Connection, Pool, is_world_fault
from services.chassis.delivery import Delivery, Ending, Prepared, Route, SetReaction, U
from services.chassis.facts import Heard
from services.chassis.failpoints import crash_point
from services.chassis.inbox import FIRST_POSITIONS, SELECT_POSITIONS, Zombie, move_positions
from services.chassis.metrics import (
    BATCHES_FAILED,
    CONSUMER_STOPPED,
    DELIVERY_SECONDS,
    LAG_RECORDS,
    RECORDS,
    ZOMBIE_WRITES_REFUSED,
)
from services.chassis.waiting import Waiting

LOG = logging.getLogger(__name__)
ATTEMPTS = 5
NAME_CONSUMER = """
    INSERT INTO mechanism.consumer (name, types) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET types = excluded.types
"""
COUNT_FRESH_DEAD = """
    SELECT count(*) FROM mechanism.dead_letter WHERE consumer = $1 AND since > now() - interval '5 minutes'
"""


class Stopped(Exception):
    """The consumer stops until a person looks; ``reason`` is a code."""


class Consumer(Generic[U]):
    """One service's reader of its topics; several copies share the partitions."""

    def __init__(
        self,
        *,
        name: str,
        topics: Sequence[str],
        compacted: Collection[str],
        routes: Mapping[str, Route[U]],
        unit: Callable[[Connection, Heard], U],
        pool: Pool,
        broker: Broker,
        premise: tuple[type[Exception], ...] = (),
        whole: SetReaction[U] | None = None,
        batch: int = 1000,
        most_dead_letters: int = 20,
    ) -> None:
        self.name = name
        self.topics = tuple(topics)
        self._delivery = Delivery(name, routes, frozenset(compacted), unit, premise, whole)
        self._waiting = Waiting(pool, self._delivery)
        self._ahead = Ahead(broker, self._delivery.prepare, batch)
        self._pool, self._broker = pool, broker
        self._most_dead_letters = most_dead_letters
        self._types = sorted(routes)
        self._next: dict[tuple[str, int], int] = {}
        self._committed_at = 0.0
        self.assigned = False
        self.stopped: str | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop; a fault of the world is waited out, never a dead letter."""
        pause = 0.2
        CONSUMER_STOPPED.labels(self.name).set(0)
        while not stop.is_set():
            try:
                await self._session(stop)
                pause = 0.2
            except (Stopped, OffsetOutOfRangeError) as reason:
                self.stopped = str(reason) if isinstance(reason, Stopped) else "offset-out-of-range"
                CONSUMER_STOPPED.labels(self.name).set(1)
                LOG.error("consumer-stopped", extra={"consumer": self.name, "cause": self.stopped})
                await stop.wait()
            except (Exception, asyncio.CancelledError) as fault:
                if not (isinstance(fault, KafkaError) or is_world_fault(fault) or _of_a_client(fault)):
                    raise
                LOG.warning("consumer-waits", extra={"consumer": self.name, "cause": type(fault).__name__})
                await _pause(stop, pause)
                pause = min(pause * 2, 30.0)

    async def _session(self, stop: asyncio.Event) -> None:
        async with self._pool.acquire() as connection:
            await connection.execute(NAME_CONSUMER, self.name, self._types)
        consumer = await self._broker.consumer(self.name, self.topics, Rebalance(self.take_positions))
        pause = 0.2
        try:
            while not stop.is_set():
                try:
                    await self._turn(consumer, stop)
                    pause = 0.2
                except Exception as fault:
                    if not is_world_fault(fault):
                        raise
                    LOG.warning("database-away", extra={"consumer": self.name, "cause": type(fault).__name__})
                    await _pause(stop, pause)
                    pause = min(pause * 2, 5.0)
        finally:
            self.assigned = False
            await self._ahead.stop()
            await consumer.stop()

    async def _turn(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        """Take one batch; a fault of the database leaves the membership of the group alone."""
        assigned = consumer.assignment()
        if not {(self._broker.plain(p.topic), p.partition) for p in assigned} <= set(self._next):
            await self.take_positions(consumer, assigned)  # aiokafka swallows what a listener raises
        batch = await self._ahead.batch(consumer)
        if any(begin > self._next.get(name, begin) for name, begin in batch.begins.items()):
            await self.take_positions(consumer, consumer.assignment())  # what lies between has no ending yet
            return
        records = self._ours(batch)
        if records:
            await self._through(consumer, records, stop)
        await self._waiting.retry(one.record.key for one in records)
        await self._tell_kafka(consumer)

    def _ours(self, batch: Batch) -> Sequence[Prepared]:
        """What is not behind the positions; a partition without one was taken away."""
        if all(begin == self._next.get(name) for name, begin in batch.begins.items()):
            return batch.records
        found = []
        for one in batch.records:
            read_at = self._next.get((one.record.topic, one.record.partition))
            if read_at is not None and one.record.offset >= read_at:
                found.append(one)
        return found

    async def _through(
        self, consumer: AIOKafkaConsumer, records: Sequence[Prepared], stop: asyncio.Event
    ) -> None:
        """Bring a batch to its end: together if possible, else each alone, however long it takes."""
        await crash_point("consumer.polled")
        pause = 0.2
        while not stop.is_set():
            try:
                await self._together(records)
                return
            except Zombie:
                await self._let_go(consumer)
                return
            except Exception as fault:
                BATCHES_FAILED.labels(self.name, type(fault).__name__).inc()
                if not is_world_fault(fault):
                    await self._each_alone(consumer, records, stop)
                    return
                LOG.warning("batch-waits", extra={"consumer": self.name, "cause": type(fault).__name__})
                await _pause(stop, pause)
                pause = min(pause * 2, 30.0)

    async def _together(self, records: Sequence[Prepared], *, alone: bool = False) -> None:
        moves = self._moves(records)
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                await move_positions(connection, self.name, moves)
                endings = await self._delivery.deliver(connection, records, alone=alone)
                if Ending.DEAD in endings:
                    await self._refuse_flood(connection)
            await crash_point("consumer.committed")
        self._moved(moves)
        self._count(records, endings)

    async def _each_alone(
        self, consumer: AIOKafkaConsumer, records: Sequence[Prepared], stop: asyncio.Event
    ) -> None:
        for record in records:
            attempts, pause, reason = 0, 0.2, ""
            while not stop.is_set():
                try:
                    if attempts < ATTEMPTS:
                        await self._together([record], alone=True)
                    else:
                        await self._bury(record, reason, attempts)
                    break
                except Zombie:
                    await self._let_go(consumer)
                    return
                except Stopped:
                    raise
                except Exception as fault:
                    if is_world_fault(fault):
                        await _pause(stop, pause)
                        pause = min(pause * 2, 30.0)
                        continue
                    attempts, reason = attempts + 1, str(getattr(fault, "reason", type(fault).__name__))
                    await _pause(stop, min(0.02 * attempts, 5.0))

    async def _let_go(self, consumer: AIOKafkaConsumer) -> None:
        """Somebody else went on where we were: drop the batch, and begin where they are."""
        ZOMBIE_WRITES_REFUSED.labels(self.name).inc()
        LOG.warning("zombie-write-refused", extra={"consumer": self.name})
        await self.take_positions(consumer, consumer.assignment())

    async def _bury(self, one: Prepared, reason: str, attempts: int) -> None:
        named = attempts == ATTEMPTS  # else even a grave with its name was refused
        fact = one.fact if named and isinstance(one.fact, Heard) else None
        moves = self._moves([one])
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                await move_positions(connection, self.name, moves)
                await self._delivery.bury(connection, one.record, fact, reason[:100], attempts=attempts)
                await self._refuse_flood(connection)
            await crash_point("consumer.buried")
        self._moved(moves)
        self._count([one], [Ending.DEAD])

    async def _refuse_flood(self, connection: Connection) -> None:
        if await connection.fetchval(COUNT_FRESH_DEAD, self.name) > self._most_dead_letters:
            raise Stopped("too-many-dead-letters")

    def _moves(self, records: Sequence[Prepared]) -> dict[tuple[str, int], tuple[int, int]]:
        """From where to where each position moves; raises Zombie for a partition that was taken away."""
        following = {
            (record.topic, record.partition): record.offset + 1 for record in (one.record for one in records)
        }
        if not following.keys() <= self._next.keys():
            raise Zombie(self.name)
        return {name: (self._next[name], offset) for name, offset in following.items()}

    def _moved(self, moves: Mapping[tuple[str, int], tuple[int, int]]) -> None:
        for name, (_, following) in moves.items():
            self._next[name] = following

    def _count(self, records: Sequence[Prepared], endings: Sequence[Ending]) -> None:
        for ending in Ending:
            RECORDS.labels(self.name, ending.value).inc(endings.count(ending))
        said = [dict(one.record.headers).get("ce_time") for one in records[-1:]]
        for at in filter(None, said):
            try:
                then = datetime.fromisoformat(at.decode())
                DELIVERY_SECONDS.labels(self.name).observe(
                    max(0.0, (datetime.now(UTC) - then).total_seconds())
                )
            except (ValueError, TypeError):
                continue

    async def take_positions(
        self, consumer: AIOKafkaConsumer, partitions: Collection[TopicPartition]
    ) -> None:
        """Seek every partition to the position in PostgreSQL, which is zero the first time."""
        self._next, self.assigned = {}, False
        names = [(self._broker.plain(p.topic), p.partition) for p in partitions]
        async with self._pool.acquire() as connection:
            await connection.execute(FIRST_POSITIONS, self.name, [t for t, _ in names], [p for _, p in names])
            rows = await connection.fetch(SELECT_POSITIONS, self.name)
        known = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        self._next = {name: known[name] for name in names}
        for partition, name in zip(partitions, names, strict=True):
            consumer.seek(partition, known[name])
        self._ahead.begin(self._next)
        self.assigned = True

    async def _tell_kafka(self, consumer: AIOKafkaConsumer) -> None:
        if time.monotonic() - self._committed_at < 1.0:
            return
        self._committed_at = time.monotonic()
        offsets, lag = {}, 0
        for partition in consumer.assignment():
            following = self._next.get((self._broker.plain(partition.topic), partition.partition))
            if following is not None:
                offsets[partition] = following
                lag += max(0, (consumer.highwater(partition) or following) - following)
        LAG_RECORDS.labels(self.name).set(lag)
        try:
            if offsets:
                await consumer.commit(offsets)
        except KafkaError:
            LOG.info("offset-commit-refused", extra={"consumer": self.name})


def _of_a_client(fault: BaseException) -> bool:
    """Whether a cancellation came out of a client's own task and nobody asked us to end."""
    task = asyncio.current_task()
    return isinstance(fault, asyncio.CancelledError) and task is not None and not task.cancelling()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
