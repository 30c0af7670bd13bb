"""Facts whose premise is missing: kept in order by aggregate, tried again on every new fact of it."""

import logging
import time
from collections.abc import Iterable
from typing import Generic

from services.chassis.database import Pool, is_world_fault
from services.chassis.delivery import Delivery, Ending, U
from services.chassis.facts import Heard, Unreadable
from services.chassis.metrics import (
    DEAD_LETTERS,
    OLDEST_DEAD_LETTER_SECONDS,
    OLDEST_WAITING_SECONDS,
    WAITING_FACTS,
)
from services.chassis.stored_record import StoredRecord

LOG = logging.getLogger(__name__)
ATTEMPTS = 5
SELECT_TRIABLE = """
    SELECT w.event_id
      FROM mechanism.waiting w
      LEFT JOIN mechanism.sequence s USING (consumer, topic, subject)
     WHERE w.consumer = $1 AND ($2::text[] IS NULL OR w.key = ANY ($2::text[]))
       AND (w.sequence <= coalesce(s.last, 0) + 1 OR w.topic = ANY ($3::text[]))
     ORDER BY w.since, w.sequence
     LIMIT 1000
"""
LOCK_WAITING = """
    SELECT record FROM mechanism.waiting WHERE consumer = $1 AND event_id = $2 FOR UPDATE SKIP LOCKED
"""
DELETE_WAITING = "DELETE FROM mechanism.waiting WHERE consumer = $1 AND event_id = $2"
COUNT = """
    SELECT (SELECT count(*) FROM mechanism.waiting WHERE consumer = $1) AS waiting,
           (SELECT coalesce(extract(epoch FROM now() - min(since)), 0)
              FROM mechanism.waiting WHERE consumer = $1) AS oldest,
           (SELECT count(*) FROM mechanism.dead_letter WHERE consumer = $1) AS dead,
           (SELECT coalesce(extract(epoch FROM now() - min(since)), 0)
              FROM mechanism.dead_letter WHERE consumer = $1) AS oldest_dead
"""


class Waiting(Generic[U]):
    """The waiting rows of one consumer."""

    def __init__(self, pool: Pool, delivery: Delivery[U]) -> None:
        self._pool, self._delivery = pool, delivery
        self._swept_at = 0.0
        self._failures: dict[str, int] = {}
        self._any = True

    async def retry(self, keys: Iterable[bytes | None]) -> int:
        """Try again what waits under these keys; once a second, whatever waits. Returns how many left."""
        sweep = time.monotonic() - self._swept_at > 1.0
        if sweep:
            self._swept_at = time.monotonic()
            await self._measure()
        if not sweep and not self._any:
            return 0
        named = {key.decode("utf-8", "replace") for key in keys if key}
        if not sweep and not named:
            return 0
        done = 0
        while True:
            async with self._pool.acquire() as connection:
                rows = await connection.fetch(
                    SELECT_TRIABLE,
                    self._delivery.consumer,
                    None if sweep else list(named),
                    list(self._delivery.compacted),
                )
            drained = 0
            for row in rows:
                drained += await self._try(row["event_id"])
            done += drained
            if not drained:
                return done

    async def _try(self, event_id: object) -> bool:
        name = self._delivery.consumer
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                packed = await connection.fetchval(LOCK_WAITING, name, event_id)
                if packed is None:
                    return False
                record = StoredRecord.unpack(packed)
                if await self._delivery.redeliver(connection, record) is Ending.WAITING:
                    return False
                await connection.execute(DELETE_WAITING, name, event_id)
            self._failures.pop(str(event_id), None)
            return True
        except Exception as fault:
            if is_world_fault(fault):
                raise
            LOG.warning("waiting-failed", extra={"consumer": name, "cause": type(fault).__name__})
            failures = self._failures[str(event_id)] = self._failures.get(str(event_id), 0) + 1
            if failures < ATTEMPTS:
                return False
            await self._bury(event_id, getattr(fault, "reason", type(fault).__name__), failures)
            return True

    async def _bury(self, event_id: object, reason: str, attempts: int) -> None:
        name = self._delivery.consumer
        async with self._pool.acquire() as connection, connection.transaction():
            packed = await connection.fetchval(LOCK_WAITING, name, event_id)
            if packed is None:
                return
            record = StoredRecord.unpack(packed)
            try:
                fact: Heard | None = Heard.read(record)
            except Unreadable as unreadable:
                fact = unreadable.envelope
            await self._delivery.bury(connection, record, fact, str(reason)[:100], attempts=attempts)
            await connection.execute(DELETE_WAITING, name, event_id)
        self._failures.pop(str(event_id), None)

    async def _measure(self) -> None:
        async with self._pool.acquire() as connection:
            row = await connection.fetchrow(COUNT, self._delivery.consumer)
        if row is None:
            return
        self._any = row["waiting"] > 0
        WAITING_FACTS.labels(self._delivery.consumer).set(row["waiting"])
        OLDEST_WAITING_SECONDS.labels(self._delivery.consumer).set(float(row["oldest"]))
        DEAD_LETTERS.labels(self._delivery.consumer).set(row["dead"])
        OLDEST_DEAD_LETTER_SECONDS.labels(self._delivery.consumer).set(float(row["oldest_dead"]))
