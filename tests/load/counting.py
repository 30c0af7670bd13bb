"""P9: figures counted durably by the chassis' consumer beside a reader that only fetches and parses.

Ours claims each fact in the inbox, keeps its sequence, adds it to its count of the day and moves the
position, all in one transaction. The reader keeps nothing, so the ratio says how much of a stream's speed
is left once every fact is counted exactly once. Beside it, without a gate: the reader when it checks each
record as the consumer must; analytics' whole worker, which also keeps every fact, receipt, part and
passage; its recorded statements alone; and counts and position alone.
"""

import secrets
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import orjson
from aiokafka import TopicPartition

from services.analytics.adapters.reference_files import read_codes
from services.analytics.adapters.stream import NAME, ROUTES, TOPICS
from services.analytics.adapters.vocabulary import MODELS
from services.analytics.main import counting as counting_consumer
from services.analytics.settings import AnalyticsSettings
from services.chassis.consumer import Consumer
from services.chassis.database import Connection, Pool
from services.chassis.delivery import Delivery, Route
from services.chassis.facts import Heard
from services.chassis.stored_record import StoredRecord
from tests.load.consuming import PARTITIONS, TOPIC, Bench, Make, classified, fill, rate
from tests.load.measure import Goal, Meter, Round, Series, Side, interleaved
from tests.support.installation import REFERENCE
from tests.support.platform import Platform

P9 = Goal("P9", "durable counts with inbox, sequence, position ÷ fetch and parse", "facts/s", 0.20, 0.40)
P9_READ = Goal("P9", "the same ÷ fetch, read and check as a consumer must", "facts/s", None, None)
P9_WORKER = Goal("P9", "analytics' whole worker ÷ fetch and parse", "facts/s", None, None)
P9_ALONE = Goal("P9", "analytics' whole worker ÷ PostgreSQL alone, its statements", "facts/s", None, None)
P9_COUNTS = Goal("P9", "counts and position alone ÷ fetch and parse", "facts/s", None, None)
CREATE_COUNTS = """
    CREATE TABLE day_count (
        day date, organ text, channel text, type text, count bigint NOT NULL,
        PRIMARY KEY (day, organ, channel, type)
    );
    CREATE TABLE reader_position (partition integer PRIMARY KEY, next_offset bigint NOT NULL);
    GRANT ALL ON day_count, reader_position TO PUBLIC
"""
UPSERT_COUNTS = """
    INSERT INTO day_count AS d (day, organ, channel, type, count)
    SELECT day, organ, channel, type, count
      FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::bigint[])
           AS heard (day, organ, channel, type, count)
    ON CONFLICT (day, organ, channel, type) DO UPDATE SET count = d.count + excluded.count
"""
UPSERT_POSITIONS = """
    INSERT INTO reader_position (partition, next_offset)
    SELECT partition, next_offset FROM unnest($1::int[], $2::bigint[]) AS read (partition, next_offset)
    ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset
"""
SUM_COUNTS = "SELECT coalesce(sum(count), 0) FROM day_count"
KINDS = ("intake.report-registered.v1", "intake.report-classified.v1")
BATCH = 5000
"""Facts in one transaction, as analytics' worker takes them."""
Take = Callable[[StoredRecord], object]
Keep = Callable[[Mapping[int, int]], Awaitable[None]]


class Unequal(AssertionError):
    """What was counted is not what was said."""


def registered(report: UUID, number: int) -> tuple[str, str, dict[str, object]]:
    """The receipt of a report of a register, as intake says it."""
    data: dict[str, object] = {
        "report_id": str(report),
        "organ": "520000",
        "synthetic": True,
        "report_no": f"520000-2026-{number:06}",
        "kind": "FIRST",
        "received_on": "2026-01-05",
        "registered_on": "2026-01-05",
        "channel": "LETTER",
        "source": "SELF_RECEIVED",
        "name_status": "ANONYMOUS",
        "reporter_count": 1,
        "imported": True,
    }
    return "intake.report-registered.v1", str(report), data


def figures_consumer(platform: Platform, prefix: str) -> Make:
    """The consumer as analytics' worker makes it."""
    codes, broker = read_codes(REFERENCE), platform.broker(prefix)
    settings = AnalyticsSettings.model_validate(
        {
            "database_dsn": "given by the pool",
            "kafka_bootstrap": broker.bootstrap,
            "kafka_username": broker.username,
            "kafka_password": broker.password,
            "kafka_prefix": prefix,
            "http_port": 0,
            "operations_port": 0,
            "reference_folder": REFERENCE,
            "keys_folder": REFERENCE,
            "token_keys_file": REFERENCE,
            "service_key_file": REFERENCE,
        }
    )

    def make(pool: Pool) -> Consumer[Any]:
        return counting_consumer(settings, pool, codes)

    return make


def counts_consumer(platform: Platform, prefix: str) -> Make:
    """The chassis' consumer with analytics' models, adding each fact to its count of the day."""

    async def count_all(heard: Sequence[tuple[Any, Heard]], connection: Connection) -> None:
        counts = Counter((told.received_on, told.organ, told.channel, fact.type) for told, fact in heard)
        columns = [list(column) for column in zip(*counts, strict=True)]
        await connection.execute(UPSERT_COUNTS, *columns, list(counts.values()))

    async def count(told: Any, fact: Heard, connection: Connection) -> None:
        await count_all([(told, fact)], connection)

    def make(pool: Pool) -> Consumer[Any]:
        return Consumer(
            name=NAME,
            topics=[TOPIC],
            compacted=(),
            routes={kind: Route(MODELS[kind], count) for kind in KINDS},
            unit=lambda connection, _: connection,
            pool=pool,
            broker=platform.broker(prefix),
            whole=count_all,
            batch=BATCH,
        )

    return make


async def read_all(
    platform: Platform, prefix: str, total: int, take: Take, keep: Keep | None = None
) -> float:
    """Facts a second from the first batch of a plain reader to its last; ``keep`` follows each batch."""
    reader = await platform.broker(prefix).reader()
    try:
        partitions = [TopicPartition(prefix + TOPIC, n) for n in range(PARTITIONS)]
        reader.assign(partitions)
        await reader.seek_to_beginning(*partitions)
        done, first, began = 0, 0, 0.0
        while done < total:
            polled = await reader.getmany(timeout_ms=1000, max_records=5000)
            for partition, records in polled.items():
                for r in records:
                    take(StoredRecord(TOPIC, partition.partition, r.offset, r.key, r.value, r.headers))
                done += len(records)
            if keep is not None:
                await keep({p.partition: records[-1].offset + 1 for p, records in polled.items()})
            if not first:
                first, began = done, time.perf_counter()
        return (total - first) / (time.perf_counter() - began)
    finally:
        await reader.stop()


async def counts_alone(bench: Bench, prefix: str) -> float:
    """Counts by day, organ, channel and type, and the position, batch by batch; nothing else is kept."""
    heard = Counter[tuple[date, str, str, str]]()

    def count(record: StoredRecord) -> None:
        data = orjson.loads(record.value or b"")
        kind = dict(record.headers)["ce_type"].decode()
        heard[date.fromisoformat(data["received_on"]), data["organ"], data["channel"], kind] += 1

    async with bench.clone() as (_, pool):

        async def keep(offsets: Mapping[int, int]) -> None:
            async with pool.acquire() as connection, connection.transaction():
                columns = [list(column) for column in zip(*heard, strict=True)]
                await connection.execute(UPSERT_COUNTS, *columns, list(heard.values()))
                await connection.execute(UPSERT_POSITIONS, list(offsets), list(offsets.values()))
            heard.clear()

        found = await read_all(bench.platform, prefix, bench.total, count, keep)
        await _check(pool, bench.total)
    return found


async def counted_durably(bench: Bench, make: Make) -> float:
    """Facts a second of the consumer that counts; every one of them must have been counted once."""
    async with bench.clone() as (_, pool):
        found = await rate(make, pool, NAME, bench.total)
        await _check(pool, bench.total)
    return found


async def _check(pool: Pool, total: int) -> None:
    if await pool.fetchval(SUM_COUNTS) != total:
        raise Unequal


async def counting(platform: Platform, total: int = 60_000) -> list[Series]:
    """The series of P9: two facts a report, all of them counted."""
    prefix = f"b{secrets.token_hex(4)}."
    platform.make_topics([prefix + topic for topic in TOPICS if topic != TOPIC], 1)
    reports = [uuid4() for _ in range(total // 2)]
    facts = [f for n, report in enumerate(reports) for f in (registered(report, n), classified(report))]
    await fill(platform, prefix, facts)
    worker = Bench(platform, "analytics", NAME, total, figures_consumer(platform, prefix), CREATE_COUNTS)
    await worker.record()
    if (worker.written["business.fact"], worker.written["business.receipt"]) != (total, total // 2):
        raise Unequal
    counts = counts_consumer(platform, prefix)
    prepare = Delivery(NAME, ROUTES, (), lambda connection, _: connection).prepare

    async def ours() -> float:
        return await counted_durably(worker, counts)

    async def parse() -> float:
        return await read_all(platform, prefix, total, lambda record: orjson.loads(record.value or b""))

    async def check() -> float:
        return await read_all(platform, prefix, total, prepare)

    figures = await interleaved(P9, ours, parse)
    counted = statistics.median(r.ours for r in figures.rounds)
    fetched = statistics.median(r.reference for r in figures.rounds)
    whole = await worker.ours()
    return [
        figures,
        await _shown(P9_READ, counted, check),
        Series(P9_WORKER, (Round(whole, fetched, 0.0),)),
        await _shown(P9_ALONE, whole, worker.alone),
        await _counted(worker, prefix, fetched),
    ]


async def _counted(bench: Bench, prefix: str, fetched: float) -> Series:
    meter = Meter()
    return Series(P9_COUNTS, (Round(await counts_alone(bench, prefix), fetched, meter.others()),))


async def _shown(goal: Goal, ours: float, reference: Side) -> Series:
    meter = Meter()
    return Series(goal, (Round(ours, await reference(), meter.others()),))
