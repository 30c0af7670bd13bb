"""Analytics put together: an api that reads, a worker that counts, a stream that watches, two comparisons."""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import orjson

from services.analytics.adapters.archive_rebuilding import rebuild_from_archive
from services.analytics.adapters.desk_figures import keep_measured
from services.analytics.adapters.http import REFUSALS, router
from services.analytics.adapters.live_stream import LiveStream
from services.analytics.adapters.rebuilding import rebuild
from services.analytics.adapters.recomputing import recompute
from services.analytics.adapters.reference_files import read_codes, read_words
from services.analytics.adapters.stream import COMPACTED, NAME, ROUTES, TOPICS, count_batch
from services.analytics.adapters.work import PostgresUnit, unit_of
from services.analytics.domain.codes import Codes
from services.analytics.settings import AnalyticsSettings
from services.chassis.consumer import Consumer
from services.chassis.database import Pool, is_world_fault, open_pool
from services.chassis.health import Health, consumer_check, database_check
from services.chassis.http import make_app
from services.chassis.lifecycle import (
    RARELY,
    Job,
    Serving,
    Working,
    command,
    print_openapi,
    run_api,
    run_worker,
)
from services.chassis.security.permissions import Permissions, authenticated
from services.chassis.security.tokens import Verifier
from services.chassis.stored_record import StoredRecord

LOG = logging.getLogger(__name__)
TITLE = "信访举报统计分析 Petition analytics"
ROLES = Path(__file__).with_name("rules") / "roles.yaml"
PREFIX = "DENGWEN_ANALYTICS_"


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


@asynccontextmanager
async def serving(settings: AnalyticsSettings) -> AsyncIterator[Serving]:
    """The api process: it reads as the subject who asks, and writes nothing but the trail."""
    codes, words = read_codes(settings.reference_folder), read_words(settings.reference_folder)
    verifier = Verifier.read(settings.token_keys_file, "analytics")
    async with _pool(settings, "analytics-api") as pool:
        app = make_app("analytics", TITLE, REFUSALS)
        authenticated(app, verifier, Permissions.read(ROLES), pool)
        app.include_router(router(pool, codes, words, now))
        yield Serving(app, Health({"database": database_check(pool, "analytics")}))


@asynccontextmanager
async def working(settings: AnalyticsSettings) -> AsyncIterator[Working]:
    """The worker process: counts every fact, and looks from time to time whether the figures still agree."""
    codes = read_codes(settings.reference_folder)
    async with _pool(settings, "analytics-worker") as pool:
        consumer = counting(settings, pool, codes)
        checks = {"database": database_check(pool, "analytics"), "consumer": consumer_check(consumer)}
        jobs: dict[str, Job] = {
            "consumer": consumer.run,
            "recompute": _recomputing(settings, pool, codes),
            "measure": lambda stop: keep_measured(pool, now, stop),
        }
        yield Working(jobs, Health(checks))


def counting(settings: AnalyticsSettings, pool: Pool, codes: Codes) -> Consumer[PostgresUnit]:
    """The consumer that counts, a batch at a time."""
    return Consumer(
        name=NAME,
        topics=TOPICS,
        compacted=COMPACTED,
        routes=ROUTES,
        unit=lambda connection, _: unit_of(connection, codes),
        pool=pool,
        broker=settings.broker(),
        whole=count_batch,
        batch=settings.batch_facts,
    )


def _recomputing(settings: AnalyticsSettings, pool: Pool, codes: Codes) -> Job:
    async def run(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), settings.recompute_seconds)
            except TimeoutError:
                await _look(pool, codes)

    return run


async def _look(pool: Pool, codes: Codes) -> None:
    """Compare the figures with the facts once; when the world is away, the next look will do."""
    try:
        await recompute(pool, codes)
    except Exception as fault:  # house rule waived: sorted in the next line, all else is raised
        if not is_world_fault(fault):
            raise
        LOG.warning("recompute-waits", extra={"cause": type(fault).__name__})


@asynccontextmanager
async def streaming(settings: AnalyticsSettings) -> AsyncIterator[Working]:
    """The stream process: Faust reads, and the changed windows go to the database each second."""
    async with _pool(settings, "analytics-stream") as pool:
        live = LiveStream(
            settings.broker(),
            pool,
            now,
            settings.live_generation,
            settings.stream_buffer,
            settings.live_write_seconds,
        )

        async def reading() -> bool:
            return live.assigned

        checks = {"database": database_check(pool, "analytics"), "stream": reading}
        yield Working({"read": live.run, "write": live.write}, Health(checks))


@asynccontextmanager
async def _pool(settings: AnalyticsSettings, application: str) -> AsyncIterator[Pool]:
    dsn = settings.database_dsn.get_secret_value()
    pool = await open_pool(dsn, application=application, max_size=settings.pool_size)
    try:
        yield pool
    finally:
        await pool.close()


def _settings() -> AnalyticsSettings:
    return AnalyticsSettings.from_environ(PREFIX, os.environ)


def api() -> None:
    """Serve until told to stop."""
    run_api(_settings(), serving)


def worker() -> None:
    """Count until told to stop."""
    run_worker(_settings(), working)


def stream() -> None:
    """Watch the windows until told to stop."""
    run_worker(_settings(), streaming)


def compare_with_facts() -> None:
    """Recompute every figure by plain SQL from the facts (N1); exit 1 when one differs."""

    async def compare() -> None:
        settings = _settings()
        async with _pool(settings, "analytics-recompute") as pool:
            found = await recompute(pool, read_codes(settings.reference_folder))
        _report(asdict(found), differs=found.differing > 0)

    asyncio.run(compare())


def compare_with_topics() -> None:
    """Rebuild everything from offset 0 of the topics and compare by hash (N2); exit 1 when it differs."""

    async def compare() -> None:
        gc.set_threshold(*RARELY)
        settings = _settings()
        async with _pool(settings, "analytics-rebuild") as pool:
            found = await rebuild(pool, settings.broker(), read_codes(settings.reference_folder))
        _report(asdict(found) | {"differing": found.differing}, differs=bool(found.differing))

    asyncio.run(compare())


def compare_with_archives() -> None:
    """Rebuild everything from archived records, one packed record a line of standard input, and compare."""

    async def compare() -> None:
        gc.set_threshold(*RARELY)
        settings = _settings()
        records = (StoredRecord.unpack(line) for line in sys.stdin.buffer)
        async with _pool(settings, "analytics-rebuild") as pool:
            found = await rebuild_from_archive(pool, records, read_codes(settings.reference_folder))
        _report(asdict(found) | {"differing": found.differing}, differs=bool(found.differing))

    asyncio.run(compare())


def _report(found: dict[str, object], *, differs: bool) -> None:
    sys.stdout.write(orjson.dumps(found).decode() + "\n")
    if differs:
        sys.exit(1)


def openapi() -> None:
    """Print the OpenAPI document; it needs no database and no key."""
    app = make_app("analytics", TITLE, REFUSALS)
    app.include_router(router(None, read_codes(REFERENCE), None, now))  # type: ignore[arg-type]  # not called
    print_openapi(app)


REFERENCE = Path(__file__).resolve().parents[2] / "contracts" / "reference"


if __name__ == "__main__":
    command(
        {
            "api": api,
            "worker": worker,
            "stream": stream,
            "recompute": compare_with_facts,
            "rebuild": compare_with_topics,
            "rebuild-from-archives": compare_with_archives,
            "openapi": openapi,
        }
    )
