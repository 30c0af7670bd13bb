"""When a topic lost records: its owner says everything again, and its readers begin where the log begins.

What was applied stays applied once, for a fact keeps its id; what was lost arrives behind the rest and takes
its place by its sequence. Run it while the readers stand still: one that was stopped by a lost position does.

Why not a library: the archive and the positions are tables of ours.
"""

from collections.abc import Mapping
from contextlib import suppress

from services.chassis.database import Connection
from services.chassis.facts import Heard, Unreadable
from services.chassis.inbox import claim
from services.chassis.stored_record import StoredRecord

SAY_AGAIN = """
      WITH back AS (DELETE FROM mechanism.outbox_archive WHERE topic = $1 RETURNING *)
    INSERT INTO mechanism.outbox
           (lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data)
    SELECT lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data
      FROM back
     ORDER BY position
"""
BEGIN_AGAIN = """
    UPDATE mechanism.consumer_position p
       SET next_offset = log.begins
      FROM unnest($2::int[], $3::bigint[], $4::bigint[]) AS log (partition, begins, ends)
     WHERE p.topic = $1 AND p.partition = log.partition
       AND p.next_offset NOT BETWEEN log.begins AND log.ends
"""

SAY_EVERYTHING_AGAIN = """
      WITH back AS (DELETE FROM mechanism.outbox_archive RETURNING *),
           unsent AS (DELETE FROM mechanism.outbox RETURNING *)
    INSERT INTO mechanism.outbox
           (lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data)
    SELECT lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data
      FROM (SELECT position, lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data
              FROM back
             UNION ALL
            SELECT position, lane, event_id, topic, key, subject, sequence, type, said_at, causation_id, data
              FROM unsent) AS said
     ORDER BY position
"""
BEGIN_EVERYTHING_AGAIN = "UPDATE mechanism.consumer_position SET next_offset = 0"
SELECT_LETTERS = "SELECT consumer, record FROM mechanism.dead_letter WHERE event_id IS NOT NULL ORDER BY id"
LEAVE_THE_LOG = 'UPDATE mechanism.dead_letter SET "offset" = -id WHERE "offset" >= 0'
"""Places in a log that is gone; in the new one they would be those of other records."""


async def say_again(connection: Connection, topic: str) -> int:
    """Put the whole archive of a topic back into its owner's outbox, in order; returns how many facts."""
    return _count(await connection.execute(SAY_AGAIN, topic))


async def begin_again(connection: Connection, topic: str, held: Mapping[int, tuple[int, int]]) -> int:
    """Set each position that lies outside its partition to where the log begins; returns how many.

    ``held`` are the first offset and the one after the last, by partition.
    """
    begins, ends = [begin for begin, _ in held.values()], [end for _, end in held.values()]
    return _count(await connection.execute(BEGIN_AGAIN, topic, list(held), begins, ends))


async def say_everything_again(connection: Connection) -> int:
    """For a broker that lost everything: this service's whole archive, and what it had not sent, in order.

    Its own readers begin where an empty log begins; a fact that is a dead letter here stays the one it is,
    for the reader knows it when it comes again. Run it while nothing of the service runs; returns how many
    facts will be said.
    """
    async with connection.transaction():
        await connection.execute(BEGIN_EVERYTHING_AGAIN)
        for row in await connection.fetch(SELECT_LETTERS):
            with suppress(Unreadable):
                fact = Heard.read(StoredRecord.unpack(row["record"]))
                await claim(connection, row["consumer"], [fact])
        await connection.execute(LEAVE_THE_LOG)
        return _count(await connection.execute(SAY_EVERYTHING_AGAIN))


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
