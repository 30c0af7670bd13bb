"""Dead letters under a person's eyes: list, show, replay, discard; each act is on the trail.

A replayed letter goes back among the facts that wait, where the running consumer tries it within a
second; so replaying twice does nothing more than once, and a letter that fails again is a dead letter
again. Discarding one needs two people and lets the facts it held go on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.audit import AuditTrail
from services.chassis.database import Connection
from services.chassis.delivery import KEEP_WAITING
from services.chassis.facts import Heard, Unreadable
from services.chassis.failpoints import crash_point
from services.chassis.inbox import Place, Sequences, claim
from services.chassis.stored_record import StoredRecord

SELECT_LETTERS = """
    SELECT d.id, d.consumer, d.event_id, d.topic, d.partition, d."offset", d.reason, d.attempts, d.since,
           d.record,
           (SELECT count(*) FROM mechanism.waiting w
             WHERE w.consumer = d.consumer AND w.topic = d.topic AND w.subject = d.subject) AS held
      FROM mechanism.dead_letter d
     WHERE ($1::bigint[] IS NULL OR d.id = ANY ($1::bigint[]))
       AND ($2::text IS NULL OR d.reason = $2)
       AND ($3::timestamptz IS NULL OR d.since >= $3)
     ORDER BY d.id
"""
LOCK_LETTERS = SELECT_LETTERS + "       FOR UPDATE OF d SKIP LOCKED"
DELETE_LETTER = "DELETE FROM mechanism.dead_letter WHERE id = $1"
KEEP_DISCARDED = """
    INSERT INTO mechanism.dead_letter_discarded (id, consumer, event_id, reason, asked_by, agreed_by)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
UNREADABLE, PUT_BACK = "unreadable", "put-back"


class LetterUnknown(Exception):
    """No dead letter has this id (any more)."""


class OneAlone(Exception):
    """Discarding needs two different people and a reason of at least three characters."""


class EarlierFirst(Exception):
    """An earlier fact of the same aggregate is missing still; see to that one first."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which letters: by id, by class of error, by age; all of them when nothing is said."""

    ids: Sequence[int] | None = None
    reason: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter; ``held`` counts the facts of its aggregate that wait behind it."""

    id: int
    consumer: str
    event_id: UUID | None
    topic: str
    partition: int
    offset: int
    reason: str
    attempts: int
    since: datetime
    held: int
    record: StoredRecord = field(repr=False)

    def fact(self) -> Heard | None:
        """The fact in it, or None when it cannot be read."""
        try:
            return Heard.read(self.record)
        except Unreadable:
            return None

    def envelope(self) -> Heard | None:
        """What its headers say, or None when even these cannot be read."""
        try:
            return Heard.read(self.record)
        except Unreadable as unreadable:
            return unreadable.envelope


def _letter(row: Any) -> Letter:
    return Letter(
        row["id"],
        row["consumer"],
        row["event_id"],
        row["topic"],
        row["partition"],
        row["offset"],
        row["reason"],
        row["attempts"],
        row["since"],
        row["held"],
        StoredRecord.unpack(row["record"]),
    )


async def list_letters(connection: Connection, chosen: Chosen | None = None) -> list[Letter]:
    """The letters chosen, oldest first."""
    chosen = chosen or Chosen()
    rows = await connection.fetch(SELECT_LETTERS, chosen.ids, chosen.reason, chosen.since)
    return [_letter(row) for row in rows]


async def show_letter(connection: Connection, letter_id: int) -> Letter:
    """One letter with its record. Raises LetterUnknown."""
    for letter in await list_letters(connection, Chosen([letter_id])):
        return letter
    raise LetterUnknown(letter_id)


async def replay(
    connection: Connection, chosen: Chosen, asked_by: str, *, dry_run: bool = False
) -> dict[int, str]:
    """Put letters back to be tried again; returns what becomes of each by id: put-back or unreadable.

    To be called in a transaction; with ``dry_run`` nothing is changed. A letter that cannot even be read
    stays where it is. A letter that another replay holds at this moment is left to it.
    """
    query = SELECT_LETTERS if dry_run else LOCK_LETTERS
    rows = await connection.fetch(query, chosen.ids, chosen.reason, chosen.since)
    endings: dict[int, str] = {}
    for letter in map(_letter, rows):
        fact = letter.fact()
        endings[letter.id] = UNREADABLE if fact is None else PUT_BACK
        if fact is None or dry_run:
            continue
        await connection.execute(
            KEEP_WAITING,
            letter.consumer,
            fact.event_id,
            fact.topic,
            fact.subject,
            fact.key,
            fact.sequence,
            "replay",
            letter.record.pack(),
        )
        await connection.execute(DELETE_LETTER, letter.id)
        await _note(connection, asked_by, "dead-letter-replayed", letter)
        await crash_point("dead_letters.put_back_not_committed")
    return endings


async def discard(
    connection: Connection,
    letter_id: int,
    *,
    asked_by: str,
    agreed_by: str,
    reason: str,
    compacted: Collection[str] = (),
) -> None:
    """Give a letter up for good, so that what it held goes on; to be called in a transaction.

    On a topic named in ``compacted`` nothing is held. Raises OneAlone, LetterUnknown, EarlierFirst.
    """
    if not asked_by or not agreed_by or asked_by == agreed_by or len(reason.strip()) < 3:
        raise OneAlone
    rows = await connection.fetch(LOCK_LETTERS, [letter_id], None, None)
    if not rows:
        raise LetterUnknown(letter_id)
    letter = _letter(rows[0])
    envelope = letter.envelope()
    if envelope is not None and envelope.topic not in compacted:
        await _pass_over(connection, letter.consumer, envelope)
    await connection.execute(
        KEEP_DISCARDED, letter.id, letter.consumer, letter.event_id, reason, asked_by, agreed_by
    )
    await connection.execute(DELETE_LETTER, letter.id)
    await _note(connection, asked_by, "dead-letter-discarded", letter, agreed_by=agreed_by)


async def _pass_over(connection: Connection, consumer: str, fact: Heard) -> None:
    sequences = Sequences(consumer, ())
    await sequences.lock(connection, [fact])
    place = sequences.place(fact)
    if place is Place.BEYOND:
        raise EarlierFirst
    await claim(connection, consumer, [fact])
    if place is Place.NEXT:
        sequences.advance(fact)
    await sequences.save(connection)


async def _note(
    connection: Connection, asked_by: str, action: str, letter: Letter, **codes: str | None
) -> None:
    await AuditTrail(connection, asked_by).note(
        action, "dead-letter", str(letter.id), consumer=letter.consumer, reason=letter.reason, **codes
    )
