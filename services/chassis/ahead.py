"""One batch ahead: the next records are fetched and read while PostgreSQL works on the present ones.

Nothing is skipped by it, for two reasons of which each would do. What the client hands out belongs to an
epoch, and taking positions begins a new one by seeking, so that whatever an earlier epoch fetched comes
again and is void here. And a batch says at which offset each of its partitions begins; the consumer uses
it only where its position has got that far.

Why not a library: no client reads ahead of positions that stand in a database.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer

from services.chassis.broker import Broker, TopicPartition
from services.chassis.delivery import Prepared
from services.chassis.stored_record import StoredRecord

WAIT_MS = 200
HANDFUL = 60
"""Records taken from the client at once: about a third of a millisecond."""
SLICE = 20
"""Records read between two looks at what PostgreSQL answered: a third of a millisecond."""
Name = tuple[str, int]
"""Topic and partition."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records in the order of each partition, and the offset from which on a partition's are all here."""

    epoch: int
    begins: Mapping[Name, int]
    records: Sequence[Prepared]


class Ahead:
    """Reads for one consumer; ``most`` records a batch, twice as many in memory."""

    def __init__(self, broker: Broker, prepare: Callable[[StoredRecord], Prepared], most: int) -> None:
        self._broker, self._prepare, self._most = broker, prepare, most
        self._epoch = 0
        self._following: dict[Name, int] = {}
        self._reading: asyncio.Task[Batch] | None = None

    def begin(self, positions: Mapping[Name, int]) -> None:
        """The client was sought to these positions: what was handed out before is void."""
        self._epoch += 1
        self._following = dict(positions)

    async def batch(self, consumer: AIOKafkaConsumer) -> Batch:
        """The next batch, empty when none came in time; the one after it is read from here on."""
        reading, self._reading = self._reading or asyncio.create_task(self._read(consumer)), None
        found = await reading
        self._reading = asyncio.create_task(self._read(consumer))
        return found if found.epoch == self._epoch else Batch(self._epoch, {}, ())

    async def stop(self) -> None:
        """Give up what is being read; it comes again from the positions."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._reading
            self._reading = None

    async def _read(self, consumer: AIOKafkaConsumer) -> Batch:
        """Whatever the client holds already, up to a whole batch; waits for the first record only."""
        epoch, begins, found = self._epoch, dict[Name, int](), list[Prepared]()
        while (room := self._most - len(found)) > 0:
            wait = 0 if found else WAIT_MS
            polled = await consumer.getmany(timeout_ms=wait, max_records=min(room, HANDFUL))
            if self._epoch != epoch:
                epoch, begins, found = self._epoch, {}, []
            if not polled:
                break
            records = self._note(polled, begins)
            for start in range(0, len(records), SLICE):
                found += [self._prepare(record) for record in records[start : start + SLICE]]
                await asyncio.sleep(0)
        return Batch(epoch, begins, found)

    def _note(
        self, polled: Mapping[TopicPartition, Sequence[Any]], begins: dict[Name, int]
    ) -> list[StoredRecord]:
        """The records of partitions whose position is known; the others come again when it is."""
        records: list[StoredRecord] = []
        for partition, handed in polled.items():
            name = (self._broker.plain(partition.topic), partition.partition)
            if name not in self._following:
                continue
            begins.setdefault(name, self._following[name])
            self._following[name] = handed[-1].offset + 1
            records += [StoredRecord(*name, r.offset, r.key, r.value, tuple(r.headers)) for r in handed]
        return records
