"""The composition root of intake: which part is plugged in where, and the processes it offers."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from services.chassis.calendar import Calendar
from services.chassis.calling import Caller
from services.chassis.clocks import ClockRules, run_clocks
from services.chassis.consumer import Consumer
from services.chassis.database import Connection, Pool, open_pool
from services.chassis.facts import Heard
from services.chassis.health import Health, consumer_check, database_check, key_check
from services.chassis.lifecycle import Job, Serving, Working, command, print_openapi, run_api, run_worker
from services.chassis.relay import Relay
from services.chassis.security.permissions import Permissions
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import Verifier, load_private
from services.intake.adapters import rule_files, stream
from services.intake.adapters.exclusion_round import ExclusionWorker
from services.intake.adapters.http import intake_app
from services.intake.adapters.http_desk import Counter
from services.intake.adapters.identity_steps import IdentityWorker
from services.intake.adapters.import_http import import_routes
from services.intake.adapters.import_worker import ImportWorker
from services.intake.adapters.register_mapping_file import read_spellings
from services.intake.adapters.visit_steps import VisitWorker
from services.intake.adapters.work import PostgresUnit, Tools
from services.intake.domain.errors import PremiseMissing
from services.intake.settings import IntakeSettings

SERVICE = "intake"


def now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


def _settings() -> IntakeSettings:
    return IntakeSettings.from_environ("DENGWEN_INTAKE_", os.environ)


def _tools(settings: IntakeSettings, keys: KeyProvider) -> Tools:
    return Tools(
        sealer=Sealer(keys, database=SERVICE),
        calendar=Calendar.read(settings.reference_folder),
        clock_rules=ClockRules.read(settings.reference_folder / "clocks.yaml"),
        rules=rule_files.read_rules(settings.reference_folder),
        now=now,
    )


@asynccontextmanager
async def _pool(settings: IntakeSettings, process: str) -> AsyncIterator[Pool]:
    dsn = settings.database_dsn.get_secret_value()
    pool = await open_pool(dsn, application=f"{SERVICE}-{process}", max_size=settings.pool_size)
    try:
        yield pool
    finally:
        await pool.close()


def _caller(settings: IntakeSettings, address: str, audience: str) -> Caller:
    return Caller(address, load_private(settings.service_key_file), SERVICE, audience)


@asynccontextmanager
async def serving(settings: IntakeSettings) -> AsyncIterator[Serving]:
    """The api process; a report with a named reporter needs the vault, an anonymous one does not."""
    keys = KeyProvider(settings.keys_folder)
    tools = _tools(settings, keys)
    async with _pool(settings, "api") as pool, _caller(settings, settings.vault_url, "vault") as vault:
        counter = Counter(pool, tools, keys.secret("idempotency"), vault, now)
        app = intake_app(
            counter,
            Verifier.read(settings.token_keys_file, SERVICE),
            rule_files.permissions(),
            pool,
            import_routes(
                pool, tools, read_spellings(settings.reference_folder), now, keys.secret("idempotency")
            ),
            rule_files.read_code_lists(settings.reference_folder),
        )
        checks = {"database": database_check(pool, SERVICE), "keys": key_check(tools.sealer)}
        yield Serving(app, Health(checks))


@asynccontextmanager
async def working(settings: IntakeSettings) -> AsyncIterator[Working]:
    """The worker process: relay, consumer, clocks, register import, and the steps that call others."""
    tools = _tools(settings, KeyProvider(settings.keys_folder))
    async with (
        _pool(settings, "worker") as pool,
        _caller(settings, settings.vault_url, "vault") as vault,
        _caller(settings, settings.reception_url, "reception") as reception,
    ):
        consumer = _consumer(settings, pool, tools)
        identities = IdentityWorker(
            pool, tools, vault, now, settings.identity_sweep_seconds, settings.identity_grace_seconds
        )
        jobs: dict[str, Job] = {
            "relay": Relay(pool, settings.broker(), f"/{SERVICE}", settings.relay_batch_size).run,
            "consumer": consumer.run,
            "clocks": partial(_clocks, pool=pool, tools=tools, every_seconds=settings.clock_sweep_seconds),
            "import": ImportWorker(pool, tools, vault, now).run,
            "identities": identities.run,
            "visits": VisitWorker(pool, tools, reception, now, settings.visit_sweep_seconds).run,
            "exclusions": ExclusionWorker(pool, tools, now, settings.exclusion_sweep_seconds).run,
        }
        checks = {
            "database": database_check(pool, SERVICE),
            "keys": key_check(tools.sealer),
            "consumer": consumer_check(consumer),
        }
        yield Working(jobs, Health(checks))


def _consumer(settings: IntakeSettings, pool: Pool, tools: Tools) -> Consumer[PostgresUnit]:
    def unit(connection: Connection, fact: Heard) -> PostgresUnit:
        return PostgresUnit(connection, tools, f"service-{SERVICE}", causation=fact.event_id)

    return Consumer(
        name=stream.CONSUMER,
        topics=stream.TOPICS,
        compacted=stream.COMPACTED,
        routes=stream.ROUTES,
        unit=unit,
        pool=pool,
        broker=settings.broker(),
        premise=(PremiseMissing,),
    )


async def _clocks(stop: asyncio.Event, *, pool: Pool, tools: Tools, every_seconds: float) -> None:
    await run_clocks(pool, tools.clock_rules, tools.calendar, stop, every_seconds, now)


def api() -> None:
    """``python -m services.intake.main api``."""
    run_api(_settings(), serving)


def worker() -> None:
    """``python -m services.intake.main worker``."""
    run_worker(_settings(), working)


def openapi() -> None:
    """Print the OpenAPI document; needs neither database nor keys."""
    nothing: Any = None
    counter = Counter(nothing, nothing, b"", nothing, now)
    imports = import_routes(nothing, nothing, nothing, now, b"")
    app = intake_app(counter, Verifier({}, SERVICE), Permissions({}), nothing, imports, nothing)
    print_openapi(app)


if __name__ == "__main__":
    command({"api": api, "worker": worker, "openapi": openapi})
