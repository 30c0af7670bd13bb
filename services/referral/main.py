"""The composition root of referral: which part is plugged in where, and the processes it offers."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from services.chassis.calendar import Calendar
from services.chassis.clocks import ClockRules, run_clocks
from services.chassis.consumer import Consumer
from services.chassis.database import Connection, Pool, open_pool
from services.chassis.facts import Heard
from services.chassis.health import Health, consumer_check, database_check, key_check
from services.chassis.lifecycle import Job, Serving, Working, command, print_openapi, run_api, run_worker
from services.chassis.relay import Relay
from services.chassis.security.permissions import Permissions
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import Verifier
from services.referral.adapters import rule_files, stream
from services.referral.adapters.directory_store import DirectoryHistory
from services.referral.adapters.directory_sweep import run_directory_sweep
from services.referral.adapters.http import referral_app
from services.referral.adapters.http_desk import Counter
from services.referral.adapters.work import PostgresUnit, Works
from services.referral.domain.errors import PremiseMissing
from services.referral.settings import ReferralSettings

SERVICE = "referral"


def now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


def _settings() -> ReferralSettings:
    return ReferralSettings.from_environ("DENGWEN_REFERRAL_", os.environ)


def _works(settings: ReferralSettings, pool: Pool, keys: KeyProvider) -> Works:
    return Works(
        pool=pool,
        sealer=Sealer(keys, database=SERVICE),
        rules=ClockRules.read(settings.reference_folder / "clocks.yaml"),
        calendar=Calendar.read(settings.reference_folder),
        history=DirectoryHistory(),
    )


@asynccontextmanager
async def _pool(settings: ReferralSettings, process: str) -> AsyncIterator[Pool]:
    dsn = settings.database_dsn.get_secret_value()
    pool = await open_pool(dsn, application=f"{SERVICE}-{process}", max_size=settings.pool_size)
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def serving(settings: ReferralSettings) -> AsyncIterator[Serving]:
    """The api process."""
    keys = KeyProvider(settings.keys_folder)
    async with _pool(settings, "api") as pool:
        works = _works(settings, pool, keys)
        app = referral_app(
            Counter(works, keys.secret("idempotency"), now),
            Verifier.read(settings.token_keys_file, SERVICE),
            rule_files.permissions(),
            pool,
        )
        checks = {"database": database_check(pool, SERVICE), "keys": key_check(works.sealer)}
        yield Serving(app, Health(checks))


@asynccontextmanager
async def working(settings: ReferralSettings) -> AsyncIterator[Working]:
    """The worker process: relay, consumer, clocks, and the sweep after a changed directory."""
    broker = settings.broker()
    async with _pool(settings, "worker") as pool:
        works = _works(settings, pool, KeyProvider(settings.keys_folder))
        consumer = _consumer(settings, works)
        relay = Relay(pool, broker, f"/{SERVICE}", settings.relay_batch_size)
        jobs: dict[str, Job] = {
            "relay": relay.run,
            "consumer": consumer.run,
            "clocks": partial(_clocks, pool=pool, works=works, every_seconds=settings.clock_sweep_seconds),
            "directory": partial(_sweep, works=works, every_seconds=settings.directory_sweep_seconds),
        }
        checks = {
            "database": database_check(pool, SERVICE),
            "keys": key_check(works.sealer),
            "consumer": consumer_check(consumer),
        }
        yield Working(jobs, Health(checks))


def _consumer(settings: ReferralSettings, works: Works) -> Consumer[PostgresUnit]:
    def unit(connection: Connection, fact: Heard) -> PostgresUnit:
        return works.unit(connection, causation=fact.event_id)

    return Consumer(
        name=stream.CONSUMER,
        topics=stream.TOPICS,
        compacted=stream.COMPACTED,
        routes=stream.ROUTES,
        unit=unit,
        pool=works.pool,
        broker=settings.broker(),
        premise=(PremiseMissing,),
    )


async def _clocks(stop: asyncio.Event, *, pool: Pool, works: Works, every_seconds: float) -> None:
    await run_clocks(pool, works.rules, works.calendar, stop, every_seconds, now)


async def _sweep(stop: asyncio.Event, *, works: Works, every_seconds: float) -> None:
    await run_directory_sweep(works, now, every_seconds, stop)


def api() -> None:
    """``python -m services.referral.main api``."""
    run_api(_settings(), serving)


def worker() -> None:
    """``python -m services.referral.main worker``."""
    run_worker(_settings(), working)


def openapi() -> None:
    """Print the OpenAPI document; needs neither database nor keys."""
    nothing: Any = None
    app = referral_app(Counter(nothing, b"", now), Verifier({}, SERVICE), Permissions({}), nothing)
    print_openapi(app)


if __name__ == "__main__":
    command({"api": api, "worker": worker, "openapi": openapi})
