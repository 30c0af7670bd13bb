"""What a consumer knows in its database: claims, sequences, positions; set by set, in one transaction."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from services.chassis.database import Connection
from services.chassis.facts import Heard

CLAIM = """
    INSERT INTO mechanism.inbox (consumer, event_id, digest)
    SELECT $1, event_id, digest FROM unnest($2::uuid[], $3::bytea[]) AS heard (event_id, digest)
    ON CONFLICT DO NOTHING
 RETURNING event_id
"""
SELECT_CLAIMED = (
    "SELECT event_id, digest FROM mechanism.inbox WHERE consumer = $1 AND event_id = ANY ($2::uuid[])"
)
MAKE_SEQUENCES = """
    INSERT INTO mechanism.sequence (consumer, topic, subject, last)
    SELECT $1, topic, subject, last
      FROM unnest($2::text[], $3::text[], $4::bigint[]) AS named (topic, subject, last)
     ORDER BY topic, subject
    ON CONFLICT DO NOTHING
 RETURNING topic, subject, last
"""
LOCK_SEQUENCES = """
    SELECT s.topic, s.subject, s.last
      FROM mechanism.sequence s
      JOIN unnest($2::text[], $3::text[]) AS named (topic, subject) USING (topic, subject)
     WHERE s.consumer = $1
     ORDER BY s.topic, s.subject
       FOR UPDATE OF s
"""
SAVE_SEQUENCES = """
    UPDATE mechanism.sequence s
       SET last = named.last
      FROM unnest($2::text[], $3::text[], $4::bigint[]) AS named (topic, subject, last)
     WHERE s.consumer = $1 AND s.topic = named.topic AND s.subject = named.subject
"""
APPLIED = ("consumer", "topic", "subject", "sequence")
MOVE_POSITIONS = """
    UPDATE mechanism.consumer_position p
       SET next_offset = moved.next_offset
      FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[])
           AS moved (topic, partition, read_at, next_offset)
     WHERE p.consumer = $1 AND p.topic = moved.topic AND p.partition = moved.partition
       AND p.next_offset = moved.read_at
"""
SELECT_POSITIONS = "SELECT topic, partition, next_offset FROM mechanism.consumer_position WHERE consumer = $1"
FIRST_POSITIONS = """
    INSERT INTO mechanism.consumer_position (consumer, topic, partition, next_offset)
    SELECT $1, topic, partition, 0 FROM unnest($2::text[], $3::int[]) AS first (topic, partition)
    ON CONFLICT DO NOTHING
"""
Name = tuple[str, str]
"""Topic and subject: one aggregate on one topic."""


class Zombie(Exception):
    """Somebody else moved our position: this consumer is no longer the owner."""


class Place(Enum):
    """Where a fact stands in the order of its aggregate."""

    BEHIND = "behind"
    NEXT = "next"
    BEYOND = "beyond"


@dataclass(slots=True)
class Sequences:
    """The last applied sequences of the aggregates of one batch, locked until the commit.

    A row that is new is made with the greatest sequence its facts say, which is what nearly always stands
    there in the end; ``save`` mends the others. Whoever locked must therefore save before the commit.
    """

    consumer: str
    compacted: Collection[str]
    last: dict[Name, int] = field(default_factory=dict)
    advanced: list[Heard] = field(default_factory=list)
    stored: dict[Name, int] = field(default_factory=dict)

    async def lock(self, connection: Connection, facts: Sequence[Heard]) -> None:
        """Read and lock the rows of all aggregates named, making those that are new."""
        greatest: dict[Name, int] = {}
        for fact in facts:
            name = (fact.topic, fact.subject)
            greatest[name] = max(fact.sequence, greatest.get(name, 0))
        names = sorted(greatest)
        made = await connection.fetch(
            MAKE_SEQUENCES, self.consumer, *_columns(names), [greatest[name] for name in names]
        )
        self.stored = {(row["topic"], row["subject"]): row["last"] for row in made}
        self.last = dict.fromkeys(self.stored, 0)
        if len(made) < len(names):
            known = _columns([name for name in names if name not in self.stored])
            rows = await connection.fetch(LOCK_SEQUENCES, self.consumer, *known)
            self.stored |= (there := {(row["topic"], row["subject"]): row["last"] for row in rows})
            self.last |= there

    def place(self, fact: Heard) -> Place:
        """Where ``fact`` stands; on a compacted topic every greater whole state is the next."""
        last = self.last[fact.topic, fact.subject]
        if fact.sequence <= last:
            return Place.BEHIND
        if fact.sequence == last + 1 or fact.topic in self.compacted:
            return Place.NEXT
        return Place.BEYOND

    def advance(self, fact: Heard) -> None:
        """Count a fact, heard or not."""
        self.last[fact.topic, fact.subject] = fact.sequence
        self.advanced.append(fact)

    async def save(self, connection: Connection) -> None:
        """Write where each aggregate stands, and what was advanced in the order in which it was applied."""
        other = [name for name, last in self.last.items() if last != self.stored[name]]
        if other:
            await connection.execute(
                SAVE_SEQUENCES, self.consumer, *_columns(other), [self.last[name] for name in other]
            )
        if self.advanced:
            rows = [(self.consumer, fact.topic, fact.subject, fact.sequence) for fact in self.advanced]
            await connection.copy_records_to_table(
                "applied", schema_name="mechanism", columns=APPLIED, records=rows
            )


def _columns(names: Sequence[Name]) -> tuple[list[str], list[str]]:
    return [topic for topic, _ in names], [subject for _, subject in names]


def digest_of(fact: Heard) -> bytes:
    """What makes two records of one id the same: type, subject, sequence and body."""
    text = f"{fact.type}\n{fact.subject}\n{fact.sequence}\n".encode()
    return hashlib.sha256(text + fact.raw).digest()


async def claim(connection: Connection, consumer: str, facts: Sequence[Heard]) -> tuple[set[UUID], set[UUID]]:
    """Claim facts in one statement; returns the ids that are ours now and those reused wrongly.

    An id in neither set is known already: a duplicate whose effect stands.
    """
    digests: dict[UUID, bytes] = {}
    reused: set[UUID] = set()
    for fact in facts:
        digest = digest_of(fact)
        if digests.setdefault(fact.event_id, digest) != digest:
            reused.add(fact.event_id)
    rows = await connection.fetch(CLAIM, consumer, list(digests), list(digests.values()))
    ours: set[UUID] = {row["event_id"] for row in rows}
    known = [event_id for event_id in digests if event_id not in ours]
    if known:
        for row in await connection.fetch(SELECT_CLAIMED, consumer, known):
            event_id = UUID(str(row["event_id"]))
            if row["digest"] != digests[event_id]:
                reused.add(event_id)
    return ours, reused


async def move_positions(
    connection: Connection, consumer: str, moves: Mapping[tuple[str, int], tuple[int, int]]
) -> None:
    """Move every position from where it was read to the next offset, or raise Zombie."""
    done = await connection.execute(
        MOVE_POSITIONS,
        consumer,
        [topic for topic, _ in moves],
        [partition for _, partition in moves],
        [read_at for read_at, _ in moves.values()],
        [following for _, following in moves.values()],
    )
    if done != f"UPDATE {len(moves)}":
        raise Zombie(consumer)
