"""The outbox: facts leave through a table, in the transaction of what they tell of.

Why not a library: the row must be written by the caller's own connection, and its sequence counted
under the same lock; that is one statement here and a framework elsewhere.
"""

import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

import orjson

from services.chassis.database import Connection
from services.chassis.facts import LARGEST_FACT_BYTES, Fact, new_event_id

E = TypeVar("E")
LANES = 4

NEXT_SEQUENCE = """
    INSERT INTO mechanism.outbox_sequence AS held (topic, subject, last)
    SELECT topic, subject, count
      FROM unnest($1::text[], $2::text[], $3::bigint[]) AS said (topic, subject, count)
     ORDER BY topic, subject
    ON CONFLICT (topic, subject) DO UPDATE SET last = held.last + excluded.last
 RETURNING topic, subject, last
"""
INSERT_FACTS = """
    INSERT INTO mechanism.outbox
           (lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data)
    SELECT lane, event_id, topic, key, subject, sequence, type, $8, $9, data
      FROM unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
                  $10::bytea[]) WITH ORDINALITY
           AS said (lane, event_id, topic, key, subject, sequence, type, data, n)
     ORDER BY n
"""


class FactTooLarge(Exception):
    """A fact above the broker's limit; refused before it can stop a lane."""


def lane_of(key: str) -> int:
    """The lane of a key, the same in every process."""
    return zlib.crc32(key.encode()) % LANES


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key. Of twelve partitions a lane fills three, so its batches are few and large."""
    return zlib.crc32(key.encode()) % partitions


async def say(connection: Connection, facts: Sequence[Fact], causation: UUID | None = None) -> list[UUID]:
    """Write facts into the outbox inside the caller's transaction; returns their ids in order.

    The sequence of a subject is counted under a row lock, so two transactions about one aggregate
    follow each other. Raises FactTooLarge.
    """
    if not facts:
        return []
    counts: dict[tuple[str, str], int] = {}
    for fact in facts:
        counts[fact.topic, fact.subject] = counts.get((fact.topic, fact.subject), 0) + 1
    names = sorted(counts)
    rows = await connection.fetch(
        NEXT_SEQUENCE, [t for t, _ in names], [s for _, s in names], [counts[name] for name in names]
    )
    upcoming = {(r["topic"], r["subject"]): r["last"] - counts[r["topic"], r["subject"]] for r in rows}
    bodies = [orjson.dumps(dict(fact.data)) for fact in facts]
    if any(len(body) > LARGEST_FACT_BYTES for body in bodies):
        raise FactTooLarge
    sequences = []
    for fact in facts:
        upcoming[fact.topic, fact.subject] += 1
        sequences.append(upcoming[fact.topic, fact.subject])
    ids = [new_event_id() for _ in facts]
    await connection.execute(
        INSERT_FACTS,
        [lane_of(fact.key) for fact in facts],
        ids,
        [fact.topic for fact in facts],
        [fact.key for fact in facts],
        [fact.subject for fact in facts],
        sequences,
        [fact.type for fact in facts],
        datetime.now(UTC),
        causation,
        bodies,
    )
    return ids


class Outbox(Generic[E]):
    """A service's outbox as its use cases see it: domain events in, facts out."""

    def __init__(
        self, connection: Connection, publish: Callable[[E], Fact], *, causation: UUID | None = None
    ) -> None:
        self._connection = connection
        self._publish = publish
        self._causation = causation

    async def add(self, events: Iterable[E]) -> None:
        """Say what happened; it leaves when the transaction commits."""
        await say(self._connection, [self._publish(event) for event in events], self._causation)
