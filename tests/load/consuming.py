"""P7: a whole consumer beside PostgreSQL alone writing the same rows by the same statements.

One pass is recorded: every statement with what it was given, transaction by transaction. The reference
plays that record on an empty clone; ours reads the topic from its start into another clone. What is
written is read back from both and must be the same number of rows in every table.
"""

import asyncio
import gc
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from services.chassis.consumer import Consumer
from services.chassis.database import Pool, open_pool
from services.chassis.delivery import Route
from services.chassis.facts import Fact, Heard, headers_of, new_event_id
from services.chassis.outbox import partition_of, say
from tests.load.measure import Goal, Series, interleaved
from tests.load.recording import Recorder, Statement, play
from tests.support.platform import Platform

P7 = Goal("P7", "consumer ÷ PostgreSQL alone, the same statements", "facts/s", 0.60, 0.85)
TOPIC = "petition.intake.reports.v1"
PARTITIONS = 12
SELECT_TABLES = """
    SELECT c.oid::regclass::text AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('business', 'mechanism') AND c.relkind = 'r'
     ORDER BY 1
"""
INSERT_AUDIT = """
    INSERT INTO mechanism.audit_event (subject, organ, action, entity, entity_id)
    SELECT 'service-bench', $2, 'open-triage', 'part', id FROM unnest($1::text[]) AS opened (id)
"""
SELECT_DONE = "SELECT coalesce(sum(next_offset), 0) FROM mechanism.consumer_position WHERE consumer = $1"
Make = Callable[[Pool], Consumer[Any]]


async def fill(platform: Platform, prefix: str, facts: Sequence[tuple[str, str, dict[str, object]]]) -> None:
    """Write facts (type, subject, data) to the topic as a relay would, counted by subject."""
    platform.make_topics([prefix + TOPIC], PARTITIONS)
    producer = await platform.broker(prefix).producer()
    try:
        sent, counted = [], Counter[str]()
        for kind, subject, data in facts:
            counted[subject] += 1
            event_id, now = new_event_id(), datetime.now(UTC)
            headers = headers_of(event_id, kind, "/intake", subject, counted[subject], now, None)
            sent.append(
                await producer.send(
                    prefix + TOPIC,
                    orjson.dumps(data),
                    key=subject.encode(),
                    partition=partition_of(subject, PARTITIONS),
                    headers=headers,
                )
            )
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def rate(make: Make, pool: Pool, name: str, total: int) -> float:
    """Facts a second from the first commit of the consumer to its last; joining the group is not counted."""
    stop = asyncio.Event()
    running = asyncio.create_task(make(pool).run(stop))
    first: tuple[float, int] | None = None
    try:
        while True:
            done = await pool.fetchval(SELECT_DONE, name)
            now = time.perf_counter()
            if first is None and done:
                first = now, int(done)
            if done >= total and first is not None:
                return (total - first[1]) / (now - first[0])
            if running.done():
                running.result()
            await asyncio.sleep(0.05)
    finally:
        stop.set()
        await running


async def rows_by_table(platform: Platform, database: str) -> dict[str, int]:
    """How many rows each table of a database holds."""
    connection = await asyncpg.connect(platform.server.dsn(database))
    try:
        names = [row["name"] for row in await connection.fetch(SELECT_TABLES)]
        return {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in names}
    finally:
        await connection.close()


@dataclass(slots=True)
class Bench:
    """A topic full of facts, and fresh databases for whoever reads it; each gets ``furnish``, SQL."""

    platform: Platform
    service: str
    consumer: str
    total: int
    make: Make
    furnish: str = ""
    recorded: list[list[Statement]] = field(default_factory=list)
    written: dict[str, int] = field(default_factory=dict)

    @asynccontextmanager
    async def clone(self) -> AsyncIterator[tuple[str, Pool]]:
        """An empty database of the service and a pool of its worker."""
        name = await self.platform.database(self.service)
        if self.furnish:
            await self._as_administrator(name, self.furnish)
        dsn = self.platform.dsn(name, self.service, "worker")
        pool = await open_pool(dsn, application="bench")
        try:
            yield name, pool
        finally:
            await pool.close()
            await self._drop(name)

    async def _drop(self, name: str) -> None:
        """A database left behind would be vacuumed while the next round is played."""
        await self._as_administrator("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    async def _as_administrator(self, database: str, sql: str) -> None:
        connection = await asyncpg.connect(self.platform.server.dsn(database))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def record(self) -> None:
        """The pass whose statements the reference plays."""
        async with self.clone() as (name, pool):
            recorder: Any = Recorder(pool)
            await rate(self.make, recorder, self.consumer, self.total)
            self.recorded = recorder.transactions
            self.written = await rows_by_table(self.platform, name)
        gc.collect()
        gc.freeze()  # no worker has this record in memory, nor looks through it for garbage

    async def ours(self) -> float:
        """The consumer into an empty clone."""
        async with self.clone() as (name, pool):
            found = await rate(self.make, pool, self.consumer, self.total)
            self._same(await rows_by_table(self.platform, name))
            return found

    async def alone(self) -> float:
        """The record into an empty clone."""
        async with self.clone() as (name, pool):
            began = time.perf_counter()
            await play(pool, self.recorded)
            took = time.perf_counter() - began
            self._same(await rows_by_table(self.platform, name))
            return self.total / took

    def _same(self, rows: dict[str, int]) -> None:
        different = {table for table in rows if rows[table] != self.written[table]}
        if different:
            raise AssertionError(f"not the same rows in {sorted(different)}")


def classified(report: UUID) -> tuple[str, str, dict[str, object]]:
    """One classified report of a register, as intake says it."""
    party = {
        "party": str(uuid4()),
        "party_type": "PERSON",
        "authority": "PROVINCIAL",
        "is_unit_head": False,
        "region": "520000",
    }
    data: dict[str, object] = {
        "report_id": str(report),
        "organ": "520000",
        "synthetic": True,
        "version": 1,
        "received_on": "2026-01-05",
        "channel": "LETTER",
        "source": "SELF_RECEIVED",
        "name_status": "ANONYMOUS",
        "reporter_count": 1,
        "nature": "N1",
        "occurrence": "INITIAL",
        "violations": ["V3"],
        "primary_violation": "V3",
        "themes": [],
        "oos_kinds": [],
        "has_oos_part": False,
        "oos_impact": False,
        "study_reasons": [],
        "urgency": "NORMAL",
        "taxonomy_version": "2026.1",
        "imported": True,
        "parties": [party],
    }
    return "intake.report-classified.v1", str(report), data


def triage_consumer(platform: Platform, prefix: str) -> Make:
    """Parts of referral opened set by set, each with an outbox row and a record of the trail.

    The decision order is left out: what is measured is the consumer, not the rule.
    """
    from services.referral.adapters import stream
    from services.referral.adapters.directory_store import DirectoryHistory
    from services.referral.adapters.work import PostgresUnit, Works
    from services.referral.domain.referral import Referral

    nothing: Any = None

    async def all_classified(told: Sequence[tuple[Any, Heard]], unit: PostgresUnit) -> None:
        parts = [Referral(one.report_id, one.organ, one.matter, one.on) for one, _ in told]
        await unit.referrals.add_all(parts, told[0][0].at)
        ids = [fact.subject for _, fact in told]
        facts = [
            Fact("petition.referral.reports.v1", i, i, "referral.report-accepted.v1", {"report_id": i})
            for i in ids
        ]
        await say(unit.connection, facts)
        await unit.connection.execute(INSERT_AUDIT, ids, "520000")

    async def one(told: Any, fact: Heard, unit: PostgresUnit) -> None:
        await all_classified([(told, fact)], unit)

    heard = stream.ROUTES["intake.report-classified.v1"]

    def make(pool: Pool) -> Consumer[Any]:
        works = Works(pool, nothing, nothing, nothing, DirectoryHistory())
        return Consumer(
            name=stream.CONSUMER,
            topics=[TOPIC],
            compacted=(),
            routes={"intake.report-classified.v1": Route(heard.model, one, all_classified, heard.meant)},
            unit=lambda connection, fact: works.unit(connection, causation=fact.event_id),
            pool=pool,
            broker=platform.broker(prefix),
        )

    return make


async def consuming(platform: Platform, total: int = 30_000) -> list[Series]:
    """The series of P7."""
    prefix = f"b{secrets.token_hex(4)}."
    await fill(platform, prefix, [classified(uuid4()) for _ in range(total)])
    bench = Bench(platform, "referral", "petition.referral", total, triage_consumer(platform, prefix))
    await bench.record()
    return [await interleaved(P7, bench.ours, bench.alone)]
