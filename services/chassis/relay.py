"""The relay: moves facts from the outbox to Kafka, a lane at a time, and into the archive.

It reads what lies in the outbox, not rows after a position, so that nothing is skipped; an advisory
lock a lane keeps order with several copies running. A crash between sending and moving sends the
batch again, which is why every reader keeps an inbox.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidMessageError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)

from services.chassis.broker import Broker
from services.chassis.database import Pool, is_world_fault
from services.chassis.facts import headers_of
from services.chassis.failpoints import crash_point
from services.chassis.metrics import (
    FACTS_REFUSED,
    FACTS_SENT,
    OLDEST_UNSENT_SECONDS,
    SENDS_FAILED,
    UNSENT_FACTS,
)
from services.chassis.outbox import LANES, partition_of

LOG = logging.getLogger(__name__)

TRY_LANE_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('outbox lane'), $1)"
LANES_WITH_FACTS = """
    SELECT lane
      FROM generate_series(0, $1 - 1) AS lane,
           LATERAL (SELECT FROM mechanism.outbox o WHERE o.lane = lane.lane ORDER BY position LIMIT 1) AS row
"""
"""One question for all lanes, answered from the index however much lies there."""
SELECT_LANE = """
    SELECT position, event_id, topic, key, subject, sequence, type, said_at, causation_id, data
      FROM mechanism.outbox
     WHERE lane = $1
     ORDER BY position
     LIMIT $2
"""
MOVE_SENT = """
      WITH sent AS (DELETE FROM mechanism.outbox WHERE position = ANY ($1::bigint[]) RETURNING *)
    INSERT INTO mechanism.outbox_archive
           (position, lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data,
            published_at)
    SELECT position, lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data, now()
      FROM sent
"""
SET_ASIDE = """
      WITH gone AS (DELETE FROM mechanism.outbox WHERE position = $1 RETURNING *)
    INSERT INTO mechanism.outbox_refused (event_id, topic, reason)
    SELECT event_id, topic, $2 FROM gone
"""
SELECT_AGE = """
    SELECT count(*) AS facts, coalesce(extract(epoch FROM now() - min(said_at)), 0) AS seconds
      FROM mechanism.outbox
"""
INVALID = (InvalidMessageError, MessageSizeTooLargeError, RecordListTooLargeError)


class SendFailed(Exception):
    """The broker did not acknowledge a batch; the producer must be thrown away."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(type(cause).__name__)
        self.invalid = isinstance(cause, INVALID)


@dataclass(slots=True)
class Relay:
    """One service's relay; several copies may run."""

    pool: Pool
    broker: Broker
    source: str
    batch_size: int = 2000
    pause_seconds: float = 0.02
    send_timeout_seconds: float = 20.0
    _producer: AIOKafkaProducer | None = field(default=None, init=False)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _halves: dict[int, int] = field(default_factory=dict, init=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; a fault of the world is waited out with growing pauses."""
        pause, watch = 0.2, asyncio.create_task(self._watch(stop))
        try:
            while not stop.is_set():
                try:
                    sent = await self.run_all_lanes()
                    pause = 0.2
                    if not sent:
                        await _wait(stop, self.pause_seconds)
                except (SendFailed, KafkaError, OSError, TimeoutError) as fault:
                    await self._drop_producer()
                    SENDS_FAILED.inc()
                    LOG.warning("send-failed", extra={"cause": type(fault).__name__})
                    await _wait(stop, pause)
                    pause = min(pause * 2, 30.0)
                except Exception as fault:
                    if not is_world_fault(fault):
                        raise
                    LOG.warning("database-away", extra={"cause": type(fault).__name__})
                    await _wait(stop, pause)
                    pause = min(pause * 2, 30.0)
        finally:
            watch.cancel()
            await self._drop_producer()

    async def run_all_lanes(self) -> int:
        """Send one batch of every lane that has facts, side by side; returns how many facts.

        A lane that fails fails alone; raises what the first of them raised once all have ended.
        """
        lanes = [row["lane"] for row in await self.pool.fetch(LANES_WITH_FACTS, LANES)]
        ended = await asyncio.gather(*map(self.run_once, lanes), return_exceptions=True)
        for end in ended:
            if isinstance(end, BaseException):
                raise end
        return sum(end for end in ended if isinstance(end, int))

    async def run_once(self, lane: int) -> int:
        """Send one batch of a lane; returns how many facts, 0 when idle or not our turn.

        Raises SendFailed when the broker refuses or stays silent; the rows stay where they are.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(TRY_LANE_LOCK, lane):
                return 0
            limit = self._halves.get(lane, self.batch_size)
            rows = await connection.fetch(SELECT_LANE, lane, limit)
            if not rows:
                return 0
            await crash_point("relay.claimed_not_sent")
            try:
                await asyncio.wait_for(self._send(rows), self.send_timeout_seconds)
            except (KafkaError, TimeoutError, OSError) as cause:
                failed = SendFailed(cause)
                if not failed.invalid or len(rows) > 1:
                    self._halves[lane] = max(1, len(rows) // 2) if failed.invalid else self.batch_size
                    raise failed from cause
                await self._drop_producer()
                await connection.execute(SET_ASIDE, rows[0]["position"], type(cause).__name__)
                FACTS_REFUSED.inc()
                self._halves.pop(lane, None)
                return 1
            await crash_point("relay.confirmed_not_marked")
            await connection.execute(MOVE_SENT, [row["position"] for row in rows])
            await crash_point("relay.marked_not_committed")
        await crash_point("relay.committed")
        FACTS_SENT.inc(len(rows))
        return len(rows)

    async def _send(self, rows: Sequence[Any]) -> None:
        producer = await self._sender()
        batches: dict[tuple[str, int], list[Any]] = defaultdict(list)
        partitions: dict[str, int] = {}
        for row in rows:
            topic = self.broker.on_wire(row["topic"])
            if topic not in partitions:
                partitions[topic] = len(await producer.partitions_for(topic))
            batches[topic, partition_of(row["key"], partitions[topic])].append(row)
        futures: list[Any] = []
        for (topic, partition), facts in batches.items():
            futures += await self._send_to(producer, topic, partition, facts)
        await asyncio.gather(*futures)

    async def _send_to(
        self, producer: AIOKafkaProducer, topic: str, partition: int, facts: list[Any]
    ) -> list[Any]:
        futures, batch = [], producer.create_batch()
        for row in facts:
            record = {
                "key": row["key"].encode(),
                "value": row["data"],
                "timestamp": int(row["said_at"].timestamp() * 1000),
                "headers": headers_of(
                    row["event_id"],
                    row["type"],
                    self.source,
                    row["subject"],
                    row["sequence"],
                    row["said_at"],
                    row["causation_id"],
                ),
            }
            if batch.append(**record) is None:
                batch.close()
                futures.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                if batch.append(**record) is None:
                    raise MessageSizeTooLargeError
        batch.close()
        futures.append(await producer.send_batch(batch, topic, partition=partition))
        return futures

    async def _sender(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                self._producer = await self.broker.producer()
            return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), 5.0)
            except (KafkaError, TimeoutError, OSError):
                LOG.warning("producer-left", extra={})

    async def _watch(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                row = await self.pool.fetchrow(SELECT_AGE)
                if row is not None:
                    UNSENT_FACTS.set(row["facts"])
                    OLDEST_UNSENT_SECONDS.set(float(row["seconds"]))
            except Exception as fault:
                if not is_world_fault(fault):
                    raise
            await _wait(stop, 1.0)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
