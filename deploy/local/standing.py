"""How the running platform stands: lag, outbox, waiting and dead letters, clocks, read as an operator."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
from confluent_kafka import Consumer, TopicPartition

from deploy.local.processes import WITH_KAFKA, Installation
from deploy.topics import signed_in
from services.chassis.calendar import local_day

SELECT_OUTBOX = """
    SELECT count(*) AS unsent, coalesce(extract(epoch FROM now() - min(said_at)), 0) AS oldest_seconds
      FROM mechanism.outbox
"""
SELECT_CONSUMERS = """
    SELECT c.name,
           (SELECT count(*) FROM mechanism.waiting w WHERE w.consumer = c.name) AS waiting,
           (SELECT count(*) FROM mechanism.dead_letter d WHERE d.consumer = c.name) AS dead
      FROM mechanism.consumer c
     ORDER BY c.name
"""
SELECT_POSITIONS = "SELECT consumer, topic, partition, next_offset FROM mechanism.consumer_position"
SELECT_CLOCKS = """
    SELECT count(*) FILTER (WHERE state = 'RUNNING' AND due_on >= $1) AS running,
           count(*) FILTER (WHERE state = 'RUNNING' AND due_on BETWEEN $1 AND $1 + 3) AS soon,
           count(*) FILTER (WHERE met_on IS NULL AND state <> 'WAIVED' AND due_on < $1) AS late
      FROM mechanism.clock
"""
ASK_SECONDS = 5.0
Position = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """One consumer: how far it is behind, in records and in seconds, and what it could not apply."""

    name: str
    lag_records: int
    lag_seconds: float
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class Desk:
    """One service: what it has not said yet, its consumers, its clocks."""

    service: str
    unsent: int
    oldest_unsent_seconds: float
    readers: tuple[Reader, ...]
    clocks_running: int
    clocks_due_soon: int
    clocks_late: int


async def look(here: Installation) -> list[Desk]:
    """The standing of all five services."""
    topic = _Log(here)
    try:
        return list(await asyncio.gather(*(_service(here, service, topic) for service in WITH_KAFKA)))
    finally:
        topic.close()


async def _service(here: Installation, service: str, topic: "_Log") -> Desk:
    connection = await asyncpg.connect(here.dsn(service, "worker"))
    try:
        outbox = await connection.fetchrow(SELECT_OUTBOX)
        consumers = await connection.fetch(SELECT_CONSUMERS)
        positions = await connection.fetch(SELECT_POSITIONS)
        clocks = await connection.fetchrow(SELECT_CLOCKS, local_day(datetime.now(UTC)))
    finally:
        await connection.close()
    readers = []
    for row in consumers:
        own = [dict(position) for position in positions if position["consumer"] == row["name"]]
        records, seconds = await asyncio.to_thread(topic.lag, own)
        readers.append(Reader(row["name"], records, seconds, row["waiting"], row["dead"]))
    return Desk(
        service,
        outbox["unsent"] if outbox else 0,
        float(outbox["oldest_seconds"]) if outbox else 0.0,
        tuple(readers),
        clocks["running"] if clocks else 0,
        clocks["soon"] if clocks else 0,
        clocks["late"] if clocks else 0,
    )


class _Log:
    """The ends of the topics, asked as the administrator."""

    def __init__(self, here: Installation) -> None:
        self._client = Consumer(
            {
                **signed_in(here.bootstrap, "admin", here.secrets["kafka_admin"]),
                "group.id": "petition.status",
                "enable.auto.commit": False,
                "log_level": 0,
            }
        )

    def lag(self, positions: Sequence[Position]) -> tuple[int, float]:
        """Records between the positions and the ends, and the age of the oldest of them in seconds."""
        behind: list[TopicPartition] = []
        records = 0
        for row in positions:
            partition = TopicPartition(row["topic"], row["partition"], row["next_offset"])
            _, end = self._client.get_watermark_offsets(partition, timeout=ASK_SECONDS)
            if end > row["next_offset"]:
                records += end - row["next_offset"]
                behind.append(partition)
        return records, max((self._age(partition) for partition in behind[:3]), default=0.0)

    def _age(self, partition: TopicPartition) -> float:
        self._client.assign([partition])
        record = self._client.poll(ASK_SECONDS)
        self._client.unassign()
        if record is None or record.error() is not None:
            return 0.0
        _, milliseconds = record.timestamp()
        return max(0.0, datetime.now(UTC).timestamp() - milliseconds / 1000)

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()
