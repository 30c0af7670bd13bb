"""N2: everything once more from the topics, into tables of its own, and compared by hash.

The comparison stands on one snapshot: the consumer's positions and the hashes of its tables at one moment.
The topics are then read from offset 0 to exactly those positions, in the order of each aggregate's sequence.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer
from pydantic import ValidationError

from services.analytics.adapters.recomputing import Comparison, keep
from services.analytics.adapters.stream import COMPACTED, NAME, ROUTES, count_batch
from services.analytics.adapters.work import LOOK_AT_SHADOW, unit_of
from services.analytics.domain.codes import Codes
from services.chassis.broker import Broker, TopicPartition
from services.chassis.database import Connection, Pool, transaction
from services.chassis.facts import Heard, Unreadable
from services.chassis.inbox import SELECT_POSITIONS
from services.chassis.stored_record import StoredRecord

TABLES = ("fact", "receipt", "part", "passage", "visit", "session", "entry", "organ_line", "exclusion")
EMPTY = "; ".join(f"DELETE FROM shadow.{table}" for table in TABLES)  # noqa: S608 - the closed list above
HASH = " UNION ALL ".join(
    f"SELECT '{table}' AS name, count(*) AS rows,"  # noqa: S608 - the closed list above
    f" coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS hash FROM {table} t"
    for table in TABLES
)
BATCH = 5000
SILENT_SECONDS = 30.0


class TopicCutShort(Exception):
    """A topic ends, or begins, inside what was counted: its records are gone and no rebuild can be had."""


@dataclass(frozen=True, slots=True)
class TableHash:
    """How many rows a table has, and a hash that does not depend on their order."""

    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Both states by table; ``records`` were read."""

    records: int
    kept: dict[str, TableHash]
    rebuilt: dict[str, TableHash]

    @property
    def differing(self) -> list[str]:
        """The tables that differ."""
        return [name for name in TABLES if self.kept[name] != self.rebuilt[name]]


@dataclass(slots=True)
class _Order:
    """Gives facts on in the order of their aggregates, each once; what comes too early waits."""

    last: dict[tuple[str, str], int] = field(default_factory=dict)
    early: dict[tuple[str, str], dict[int, Heard]] = field(default_factory=dict)

    def pass_on(self, fact: Heard) -> list[Heard]:
        name = (fact.topic, fact.subject)
        last = self.last.get(name, 0)
        if fact.sequence <= last:
            return []
        if fact.sequence > last + 1 and fact.topic not in COMPACTED:
            self.early.setdefault(name, {})[fact.sequence] = fact
            return []
        passed, following = [], self.early.get(name, {})
        step: Heard | None = fact
        while step is not None and self._readable(step):
            self.last[name] = step.sequence
            passed.append(step)
            step = following.pop(step.sequence + 1, None)
        return passed

    def _readable(self, fact: Heard) -> bool:
        """Whether the fact can be counted; one that can't is a dead letter, and holds what is behind it."""
        route = ROUTES.get(fact.type)
        if route is None:
            return not any(fact.type.rpartition(".v")[0] == kind.rpartition(".v")[0] for kind in ROUTES)
        try:
            route.model.model_validate(fact.data)
        except ValidationError:
            return False
        return True


async def rebuild(pool: Pool, broker: Broker, codes: Codes) -> Rebuilt:
    """Build everything again beside what stands, and compare. Raises TopicCutShort."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        ends = {
            (row["topic"], row["partition"]): row["next_offset"]
            for row in await connection.fetch(SELECT_POSITIONS, NAME)
        }
        kept = await hashes(connection)
    return await build_anew(pool, codes, kept, _records(broker, ends))


async def build_anew(
    pool: Pool, codes: Codes, kept: dict[str, TableHash], batches: AsyncIterator[Sequence[Heard]]
) -> Rebuilt:
    """Build everything from facts in any order, hold it against ``kept``, and write down what was found."""
    async with transaction(pool) as connection:
        await connection.execute(EMPTY)
    records, order = 0, _Order()
    async for batch in batches:
        records += len(batch)
        facts = [passed for fact in batch for passed in order.pass_on(fact)]
        heard = [(ROUTES[f.type].model.model_validate(f.data), f) for f in facts if f.type in ROUTES]
        if heard:
            async with transaction(pool) as connection:
                await connection.execute(LOOK_AT_SHADOW)
                await count_batch(heard, unit_of(connection, codes))
    async with transaction(pool) as connection:
        await connection.execute(LOOK_AT_SHADOW)
        rebuilt = Rebuilt(records, kept, await hashes(connection))
    async with transaction(pool) as connection:
        rows = sum(table.rows for table in kept.values())
        await keep(connection, "rebuild", Comparison(rows, len(rebuilt.differing)))
    return rebuilt


async def hashes(connection: Connection) -> dict[str, TableHash]:
    """Rows and hash of every table in the schema that the transaction looks at."""
    await connection.execute("SET LOCAL statement_timeout = '600s'")
    rows = await connection.fetch(HASH, timeout=600)
    return {row["name"]: TableHash(row["rows"], row["hash"]) for row in rows}


async def _records(broker: Broker, ends: dict[tuple[str, int], int]) -> AsyncIterator[Sequence[Heard]]:
    """All facts before the positions ``ends``, a batch at a time; what is no fact is passed over."""
    reader = await broker.reader()
    try:
        left = {TopicPartition(broker.on_wire(t), p): end for (t, p), end in ends.items() if end > 0}
        reader.assign(list(left))
        for partition in left:
            reader.seek(partition, 0)
        while left:
            polled = await asyncio.wait_for(_poll(reader), SILENT_SECONDS)
            if not polled:
                raise TopicCutShort(", ".join(sorted({partition.topic for partition in left})))
            batch: list[Heard] = []
            for partition, records in polled.items():
                batch += _facts(broker, [r for r in records if r.offset < left.get(partition, 0)])
                if partition in left and records[-1].offset >= left[partition] - 1:
                    del left[partition]
                    reader.pause(partition)
            yield batch
    finally:
        await reader.stop()


async def _poll(reader: AIOKafkaConsumer) -> dict[Any, Any]:
    found: dict[Any, Any] = await reader.getmany(timeout_ms=10_000, max_records=BATCH)
    return found


def _facts(broker: Broker, records: Sequence[Any]) -> list[Heard]:
    facts = []
    for record in records:
        topic = broker.plain(record.topic)
        stored = StoredRecord(
            topic, record.partition, record.offset, record.key, record.value, tuple(record.headers)
        )
        try:
            facts.append(Heard.read(stored))
        except Unreadable:
            continue
    return facts
