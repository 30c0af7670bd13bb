"""The delivery of records: handled, known, passed, waiting or a dead letter; never lost."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.chassis.database import Connection
from services.chassis.facts import Heard, Unreadable
from services.chassis.failpoints import crash_point
from services.chassis.inbox import Place, Sequences, claim
from services.chassis.stored_record import StoredRecord

U = TypeVar("U")
Reaction = Callable[[Any, Heard, U], Awaitable[None]]
SetReaction = Callable[[Sequence[tuple[Any, Heard]], U], Awaitable[None]]
Gathered = list[tuple[Any, Heard]]
Set = dict[UUID, tuple["Prepared", Heard]]
Pairs = Sequence[tuple["Prepared", Heard | Unreadable]]

KEEP_WAITING = """
    INSERT INTO mechanism.waiting (consumer, event_id, topic, subject, key, sequence, reason, record)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT DO NOTHING
"""
KEEP_DEAD = """
    INSERT INTO mechanism.dead_letter
           (consumer, event_id, topic, subject, key, sequence, partition, "offset", reason, attempts, record)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT DO NOTHING
"""


class Ending(Enum):
    """The five ways a record ends; only they let the position move."""

    HANDLED = "handled"
    KNOWN = "known"
    PASSED = "passed"
    WAITING = "waiting"
    DEAD = "dead"


class Refusal(Exception):
    """A record that can never be handled; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Route(Generic[U]):
    """How one type is heard: a tolerant model, what follows, and perhaps the same for a set.

    ``meant`` makes of a model and its fact what the reactions are told instead of the model; it is done
    while PostgreSQL works on the batch before, perhaps twice, and must be pure.
    """

    model: type[BaseModel]
    reaction: Reaction[U]
    set_reaction: SetReaction[U] | None = None
    meant: Callable[[Any, Heard], object] | None = None

    def told(self, fact: Heard) -> object:
        """What the reactions are told. Raises pydantic's ValidationError."""
        model = self.model.model_validate(fact.data)
        return model if self.meant is None else self.meant(model, fact)


class Prepared(NamedTuple):
    """A record, and what could be read before its transaction: its fact or why it is none, what it tells."""

    record: StoredRecord
    fact: Heard | Unreadable | None = None
    told: object | None = None


@dataclass(frozen=True, slots=True)
class Delivery(Generic[U]):
    """Brings records to their endings inside the caller's transaction.

    What it raises is the caller's to judge: a fault of the world is waited out; anything else sends
    the records through alone, and the fifth time makes one a dead letter. ``premise`` are the
    exceptions by which a reaction says that a fact of another topic is not here yet. ``whole`` gets all
    facts of a batch that are next, in their order and whatever their type, instead of the routes' reactions;
    a record that goes alone, or waited, takes its route.
    """

    consumer: str
    routes: Mapping[str, Route[U]]
    compacted: Collection[str]
    unit: Callable[[Connection, Heard], U]
    premise: tuple[type[Exception], ...] = ()
    whole: SetReaction[U] | None = None

    def prepare(self, record: StoredRecord) -> Prepared:
        """Read a record ahead; whatever is wrong with it is raised when it is delivered, never here."""
        fact: Heard | Unreadable | None = None
        try:
            fact = self._read(record)
            if isinstance(fact, Unreadable) or fact.type not in self.routes:
                return Prepared(record, fact)
            return Prepared(record, fact, self.routes[fact.type].told(fact))
        except Exception:  # no record may stop the reading; the delivery judges it again
            return Prepared(record, fact)

    async def deliver(
        self, connection: Connection, records: Sequence[Prepared], *, alone: bool
    ) -> list[Ending]:
        """Bring records to their endings, in order; ``alone`` when there is just one to be judged."""
        facts = [self._read(one.record) if one.fact is None else one.fact for one in records]
        good = [fact for fact in facts if isinstance(fact, Heard)]
        sequences = Sequences(self.consumer, self.compacted)
        await sequences.lock(connection, good)
        ours, reused = await claim(connection, self.consumer, [f for f in good if f.type in self.routes])
        await crash_point("consumer.claimed_not_applied")
        pairs = list(zip(records, facts, strict=True))
        endings, sets = [], self._sets(pairs, sequences, ours) if not alone else {}
        gathered: Gathered | None = [] if self.whole is not None and not alone else None
        for one, fact in pairs:
            if isinstance(fact, Unreadable):
                await self.bury(connection, one.record, fact.envelope, fact.reason, attempts=1)
                endings.append(Ending.DEAD)
            elif fact.event_id in reused:
                await self.bury(connection, one.record, fact, "id-reused", attempts=1)
                endings.append(Ending.DEAD)
            else:
                fresh = fact.type not in self.routes or fact.event_id in ours
                ours.discard(fact.event_id)
                ending = self._at_once(one, fact, sequences, fresh, sets, gathered)
                if ending is None:
                    ending = await self._by_itself(connection, one, fact, sequences, alone=alone)
                endings.append(ending)
        for kind, batch in sets.items():
            await self._apply_set(
                connection, kind, [pair for event_id, pair in batch.items() if event_id not in reused]
            )
        if gathered and self.whole is not None:
            await self.whole(gathered, self.unit(connection, gathered[0][1]))
        await crash_point("consumer.applied_not_committed")
        await sequences.save(connection)
        return endings

    async def redeliver(self, connection: Connection, record: StoredRecord) -> Ending:
        """Try a claimed record once more: one that waited, or a dead letter being replayed."""
        fact = self._read(record)
        if isinstance(fact, Unreadable):
            raise Refusal(fact.reason)
        sequences = Sequences(self.consumer, self.compacted)
        await sequences.lock(connection, [fact])
        await claim(connection, self.consumer, [fact] if fact.type in self.routes else [])
        one = Prepared(record, fact)
        ending = self._at_once(one, fact, sequences, True, {}, None)
        if ending is None:
            ending = await self._by_itself(connection, one, fact, sequences, alone=True)
        await sequences.save(connection)
        return ending

    def _read(self, record: StoredRecord) -> Heard | Unreadable:
        try:
            fact = Heard.read(record)
        except Unreadable as unreadable:
            return unreadable
        if fact.type not in self.routes and self._other_version(fact.type):
            return Unreadable("unknown-version", fact)
        return fact

    def _other_version(self, kind: str) -> bool:
        name, dot, version = kind.rpartition(".v")
        if not dot or not version.isdigit():
            name = kind
        return any(heard.rpartition(".v")[0] == name for heard in self.routes)

    def _sets(self, pairs: Pairs, sequences: Sequences, ours: Collection[Any]) -> dict[str, Set]:
        if all(route.set_reaction is None for route in self.routes.values()):
            return {}
        heard = [(one, fact) for one, fact in pairs if isinstance(fact, Heard) and fact.type in self.routes]
        times = Counter((fact.topic, fact.subject) for _, fact in heard)
        return {
            kind: {
                fact.event_id: (one, fact)
                for one, fact in heard
                if fact.type == kind
                and fact.event_id in ours
                and times[fact.topic, fact.subject] == 1
                and sequences.place(fact) is Place.NEXT
            }
            for kind, route in self.routes.items()
            if route.set_reaction is not None
        }

    def _at_once(
        self,
        one: Prepared,
        fact: Heard,
        sequences: Sequences,
        fresh: bool,
        sets: dict[str, Set],
        gathered: Gathered | None,
    ) -> Ending | None:
        """The ending of a fact that needs no statement of its own; None if it waits or goes by itself."""
        place, route = sequences.place(fact), self.routes.get(fact.type)
        if place is Place.BEYOND:
            return None
        if place is Place.BEHIND or not fresh:
            return Ending.KNOWN
        if route is None:
            sequences.advance(fact)
            return Ending.PASSED
        if gathered is not None:
            gathered.append((self._told(route, one, fact), fact))
        elif fact.event_id not in sets.get(fact.type, ()):
            return None
        sequences.advance(fact)
        return Ending.HANDLED

    async def _by_itself(
        self, connection: Connection, one: Prepared, fact: Heard, sequences: Sequences, *, alone: bool
    ) -> Ending:
        """Let one fact react, or put it aside when what it stands on is not here."""
        if sequences.place(fact) is Place.BEYOND:
            await self.keep_waiting(connection, one.record, fact, "gap")
            return Ending.WAITING
        route = self.routes[fact.type]
        try:
            if alone:
                async with connection.transaction():
                    await self._react(connection, route, one, fact)
            else:
                await self._react(connection, route, one, fact)
        except self.premise as missing:
            if not alone:
                raise
            await self.keep_waiting(connection, one.record, fact, type(missing).__name__)
            return Ending.WAITING
        sequences.advance(fact)
        return Ending.HANDLED

    async def _react(self, connection: Connection, route: Route[U], one: Prepared, fact: Heard) -> None:
        await route.reaction(self._told(route, one, fact), fact, self.unit(connection, fact))

    def _told(self, route: Route[U], one: Prepared, fact: Heard) -> object:
        if one.told is not None:
            return one.told
        try:
            return route.told(fact)
        except ValidationError as refused:
            raise Refusal("body-refused") from refused

    async def _apply_set(
        self, connection: Connection, kind: str, pairs: Sequence[tuple[Prepared, Heard]]
    ) -> None:
        route = self.routes[kind]
        if pairs and route.set_reaction is not None:
            told = [(self._told(route, one, fact), fact) for one, fact in pairs]
            await route.set_reaction(told, self.unit(connection, pairs[0][1]))

    async def keep_waiting(
        self, connection: Connection, record: StoredRecord, fact: Heard, reason: str
    ) -> None:
        """Put a fact aside until what it stands on is here."""
        await connection.execute(
            KEEP_WAITING,
            self.consumer,
            fact.event_id,
            fact.topic,
            fact.subject,
            fact.key,
            fact.sequence,
            reason,
            record.pack(),
        )

    async def bury(
        self, connection: Connection, record: StoredRecord, fact: Heard | None, reason: str, *, attempts: int
    ) -> None:
        """Write a dead letter; later facts of its aggregate wait behind it by the gap it leaves."""
        await connection.execute(
            KEEP_DEAD,
            self.consumer,
            fact.event_id if fact else None,
            record.topic,
            fact.subject if fact else None,
            fact.key if fact else None,
            fact.sequence if fact else None,
            record.partition,
            record.offset,
            reason,
            attempts,
            record.pack(),
        )
