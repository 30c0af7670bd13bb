"""When a topic lost records: its owner says everything again, and its readers begin where the log begins.

What was applied stays applied once, for a fact keeps its id; what was lost arrives behind the rest and takes
its place by its sequence. Run it while the readers stand still: one that was stopped by a lost position does.

Why not a library: the archive and the positions are tables of ours.
"""

from collections.abc import Mapping

from services.chassis.database import Connection

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


async def say_again(connection: Connection, topic: str) -> int:
    """Put the whole archive of a topic back into its owner's outbox, in order; returns how many facts."""
    return _count(await connection.execute(SAY_AGAIN, topic))


async def begin_again(connection: Connection, topic: str, held: Mapping[int, tuple[int, int]]) -> int:
    """Set each position that lies outside its partition to where the log begins; returns how many.

    ``held`` are the first offset and the one after the last, by partition.
    """
    begins, ends = [begin for begin, _ in held.values()], [end for _, end in held.values()]
    return _count(await connection.execute(BEGIN_AGAIN, topic, list(held), begins, ends))


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
