"""P5 and P6: the relay beside the same rows without Kafka, and beside the two plain ways of sending.

As the relay does, the references take their lanes side by side, but for the one that sends row by row.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.chassis.broker import Broker
from services.chassis.database import Pool, open_pool
from services.chassis.facts import headers_of
from services.chassis.outbox import LANES
from services.chassis.relay import MOVE_SENT, SELECT_LANE, Relay
from tests.load.measure import Goal, Series, interleaved
from tests.support.platform import Platform

TOPIC = "petition.intake.reports.v1"
BATCH = 2000
FILL = """
    INSERT INTO mechanism.outbox (lane, event_id, topic, key, subject, sequence, type, said_at, data)
    SELECT n % 4, gen_random_uuid(), $1, id::text, id::text, 1, 'intake.report-registered.v1', now(), $3
      FROM (SELECT n, gen_random_uuid() AS id FROM generate_series(1, $2::int) AS n) AS made
"""
BODY = (
    b'{"report_id":"00000000-0000-4000-8000-000000000000","organ":"520000","synthetic":true,"kind":"FIRST",'
    b'"report_no":"520000-2026-000001","received_on":"2026-01-05","registered_on":"2026-01-05",'
    b'"channel":"LETTER","source":"SELF_RECEIVED","name_status":"ANONYMOUS","reporter_count":1,"imported":false}'
)
P5 = Goal("P5", "relay ÷ the same read and archive move without Kafka", "rows/s", 0.30, 0.60)
P6_GATHER = Goal("P6", "relay ÷ send and gather", "rows/s", 1.4, 2.0)
P6_WAIT = Goal("P6", "relay ÷ send and wait, row by row", "rows/s", 20.0, 40.0)
Send = Callable[[Any, Sequence[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outbox:
    """A database whose outbox is filled anew for every side of every round."""

    pool: Pool
    admin: Any
    broker: Broker

    async def fill(self, rows: int) -> None:
        """Put ``rows`` facts into the outbox, and let the server finish what that left behind."""
        await self.admin.execute("TRUNCATE mechanism.outbox, mechanism.outbox_archive")
        await self.admin.execute(FILL, TOPIC, rows, BODY)
        await self.admin.execute("VACUUM ANALYZE mechanism.outbox")
        await self.admin.execute("CHECKPOINT")

    async def by_relay(self, rows: int) -> float:
        """Rows a second by the relay."""
        await self.fill(rows)
        relay, stop = Relay(self.pool, self.broker, "/intake", batch_size=BATCH), asyncio.Event()
        began = time.perf_counter()
        sent = 0
        while sent < rows:
            sent += await relay.run_all_lanes()
        took = time.perf_counter() - began
        stop.set()
        await relay.run(stop)
        return rows / took

    async def without_kafka(self, rows: int) -> float:
        """Rows a second when the same rows are read and moved, and nothing is sent."""
        await self.fill(rows)
        return await self._move_all(rows, None, _send_nothing)

    async def by_gathering(self, rows: int) -> float:
        """Rows a second when each batch is sent row by row and awaited at its end."""
        await self.fill(rows)
        producer = await self.broker.producer()
        try:
            return await self._move_all(rows, producer, self.gather)
        finally:
            await producer.stop()

    async def by_waiting(self, rows: int) -> float:
        """Rows a second when each row is awaited before the next, as the plainest relay would."""
        await self.fill(rows)
        producer = await self.broker.producer()
        began = time.perf_counter()
        try:
            for lane in range(LANES):
                while await self._move(lane, producer, self.wait):
                    pass
        finally:
            await producer.stop()
        return rows / (time.perf_counter() - began)

    async def _move_all(self, rows: int, producer: Any, send: Send) -> float:
        began, moved = time.perf_counter(), 0
        while moved < rows:
            moved += sum(await asyncio.gather(*[self._move(lane, producer, send) for lane in range(LANES)]))
        return rows / (time.perf_counter() - began)

    async def _move(self, lane: int, producer: Any, send: Send) -> int:
        async with self.pool.acquire() as connection, connection.transaction():
            found = await connection.fetch(SELECT_LANE, lane, BATCH)
            await send(producer, found)
            await connection.execute(MOVE_SENT, [row["position"] for row in found])
            return len(found)

    def record(self, row: Any) -> dict[str, Any]:
        """What a producer's ``send`` takes for one row."""
        headers = headers_of(
            row["event_id"], row["type"], "/intake", row["subject"], row["sequence"], row["said_at"], None
        )
        return {
            "topic": self.broker.on_wire(row["topic"]),
            "key": row["key"].encode(),
            "value": row["data"],
            "headers": headers,
        }

    async def gather(self, producer: Any, rows: Sequence[Any]) -> None:
        """``send`` each, then await all acknowledgements."""
        await asyncio.gather(*[await producer.send(**self.record(row)) for row in rows])

    async def wait(self, producer: Any, rows: Sequence[Any]) -> None:
        """``send_and_wait`` each."""
        for row in rows:
            await producer.send_and_wait(**self.record(row))


async def _send_nothing(_: Any, __: Sequence[Any]) -> None:
    return


@asynccontextmanager
async def an_outbox(platform: Platform) -> AsyncIterator[Outbox]:
    """An outbox on a database and a topic of its own."""
    prefix = f"b{secrets.token_hex(4)}."
    platform.make_topics([prefix + TOPIC], 12)
    name = await platform.database("intake")
    pool = await open_pool(platform.dsn(name, "intake", "worker"), application="bench")
    admin = await asyncpg.connect(platform.server.dsn(name))
    try:
        yield Outbox(pool, admin, platform.broker(prefix))
    finally:
        await admin.close()
        await pool.close()


async def relaying(platform: Platform, rows: int = 60_000, slow_rows: int = 4_000) -> list[Series]:
    """The series of P5 and of both ratios of P6."""
    async with an_outbox(platform) as outbox:
        await outbox.by_relay(200_000)
        return [
            await interleaved(P5, lambda: outbox.by_relay(rows), lambda: outbox.without_kafka(rows)),
            await interleaved(
                P6_GATHER, lambda: outbox.by_relay(rows // 2), lambda: outbox.by_gathering(rows // 2)
            ),
            await interleaved(
                P6_WAIT, lambda: outbox.by_relay(rows // 2), lambda: outbox.by_waiting(slow_rows)
            ),
        ]
