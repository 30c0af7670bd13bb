"""The review service put together: an api process and a worker process."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from services.chassis.calendar import Calendar
from services.chassis.clocks import ClockRules, Fired, run_clocks
from services.chassis.consumer import Consumer
from services.chassis.database import Connection, open_pool
from services.chassis.facts import Heard
from services.chassis.health import Health, consumer_check, database_check, key_check
from services.chassis.http import make_app
from services.chassis.lifecycle import Serving, Working, command, print_openapi, run_api, run_worker
from services.chassis.relay import Relay
from services.chassis.security.permissions import Permissions, authenticated
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import Verifier
from services.review.adapters.http import Counter, router
from services.review.adapters.refusals import REFUSALS
from services.review.adapters.stream import COMPACTED, CONSUMER, PREMISE, ROUTES, TOPICS
from services.review.adapters.work import PostgresUnit, Workshop
from services.review.application.calling_off import SYSTEM
from services.review.application.sweep_rounds import Told, mark_expired
from services.review.settings import ReviewSettings

TITLE = "检查督办与四轮审核 Review of assigned cases"
ROLES = Path(__file__).with_name("rules") / "roles.yaml"


def _now() -> datetime:
    return datetime.now(UTC)


def _workshop(settings: ReviewSettings) -> tuple[Workshop, KeyProvider]:
    keys = KeyProvider(settings.keys_folder)
    return Workshop(
        sealer=Sealer(keys, settings.sealing_suite, "review"),
        rules=ClockRules.read(settings.reference_folder / "clocks.yaml"),
        calendar=Calendar.read(settings.reference_folder),
        now=_now,
    ), keys


@asynccontextmanager
async def serving(settings: ReviewSettings) -> AsyncIterator[Serving]:
    """The api process: its routes, its pool, its keys."""
    workshop, keys = _workshop(settings)
    dsn = settings.database_dsn.get_secret_value()
    pool = await open_pool(dsn, application="review-api", max_size=settings.pool_size)
    try:
        app = make_app("review", TITLE, REFUSALS)
        secret = keys.secret("idempotency")
        counter = Counter(pool, workshop, secret, settings.missing_docs_resume_at_r4)
        verifier = Verifier.read(settings.token_keys_file, "review")
        authenticated(app, verifier, Permissions.read(ROLES), pool)
        app.include_router(router(counter))
        checks = {"database": database_check(pool, "review"), "keys": key_check(workshop.sealer)}
        yield Serving(app, Health(checks))
    finally:
        await pool.close()


@asynccontextmanager
async def working(settings: ReviewSettings) -> AsyncIterator[Working]:
    """The worker process: relay, consumer and clocks."""
    workshop, _ = _workshop(settings)
    dsn, broker = settings.database_dsn.get_secret_value(), settings.broker()
    pool = await open_pool(dsn, application="review-worker", max_size=settings.pool_size)

    def unit(connection: Connection, heard: Heard) -> PostgresUnit:
        return workshop.unit(connection, SYSTEM, causation=heard.event_id)

    relay = Relay(pool, broker, "/review", settings.relay_batch_size)
    consumer: Consumer[PostgresUnit] = Consumer(
        name=CONSUMER,
        topics=TOPICS,
        compacted=COMPACTED,
        routes=ROUTES,
        unit=unit,
        pool=pool,
        broker=broker,
        premise=PREMISE,
    )

    async def clocks(stop: asyncio.Event) -> None:
        await run_clocks(
            pool, workshop.rules, workshop.calendar, stop, settings.clock_sweep_seconds, _now, _tell(workshop)
        )

    try:
        checks = {
            "database": database_check(pool, "review"),
            "keys": key_check(workshop.sealer),
            "consumer": consumer_check(consumer),
        }
        jobs = {"relay": relay.run, "consumer": consumer.run, "clocks": clocks}
        yield Working(jobs, Health(checks))
    finally:
        await pool.close()


def _tell(workshop: Workshop) -> Callable[[Connection, Sequence[Fired]], Awaitable[None]]:
    async def told(connection: Connection, fired: Sequence[Fired]) -> None:
        unit = workshop.unit(connection, SYSTEM)
        await mark_expired([Told(one.rule_id, one.entity_id, one.kind.value) for one in fired], _now(), unit)

    return told


def api() -> None:
    """Serve until told to stop."""
    run_api(ReviewSettings.from_environ("DENGWEN_REVIEW_", os.environ), serving)


def worker() -> None:
    """Work until told to stop."""
    run_worker(ReviewSettings.from_environ("DENGWEN_REVIEW_", os.environ), working)


def openapi() -> None:
    """Print the OpenAPI document; it needs no database and no key."""
    print_openapi(described())


def described() -> FastAPI:
    """The app with its routes described, not to be called."""
    app = make_app("review", TITLE, REFUSALS)
    nothing: Any = None
    app.include_router(router(Counter(nothing, nothing, b"")))
    return app


if __name__ == "__main__":
    command({"api": api, "worker": worker, "openapi": openapi})
